/** `kafkascope diff`: two sessions, or two messages, held against each other. */
import { readFileSync } from 'node:fs'
import { Command, Option } from 'commander'
import { safeShort } from '../bytes/safe-text.ts'
import { printJson } from '../codec/json-text.ts'
import type { Item, Told } from '../diff/model.ts'
import { AsLogged } from '../diff/request-log.ts'
import { ignored, parseRules, RuleError, Rules } from '../diff/rules.ts'
import { SessionDiff } from '../diff/sessions.ts'
import type { Rule } from '../diff/volatile.ts'
import { WireItem } from '../diff/wire-side.ts'
import { exchangeJson } from '../report/exchange-json.ts'
import { diffPage, type PagePair } from '../report/html/diff-page.ts'
import { isRequestLog, readSession, type SessionInput } from './diff-input.ts'
import { differenceJson, summaryJson } from './diff-json.ts'
import { isAddress, type LiveOptions, liveSessions } from './diff-live.ts'
import { messageSession } from './diff-message.ts'
import { requireTerminal, showSessions, type Terminal } from './diff-screen.ts'
import { differenceText, fieldsOf, TextView, titleOf } from './diff-text.ts'
import { CliError } from './errors.ts'
import { type Io, processIo, writeLine } from './io.ts'
import { OutputFile } from './output-file.ts'
import { fileText, problemText } from './problem.ts'
import { connectionOptions, exchangeFilter, keysOf, several } from './read-options.ts'
import { refuseWithout } from './refuse.ts'
import { signalled } from './signals.ts'

export interface DiffOptions extends LiveOptions {
  readonly ignore?: readonly string[]
  readonly rules?: string
  readonly json?: boolean
  readonly html?: string
  readonly tui?: boolean
  readonly color?: boolean
  readonly all?: boolean
  readonly quiet?: boolean
  readonly message?: boolean
  readonly api?: string
  readonly apiVersion?: string
  readonly kind?: 'request' | 'response'
}

/** `stop` is aborted when sending to a live broker is to end; `terminal` is where `--tui` shows its screen. */
export type DiffIo = Io & { readonly stop?: AbortSignal; readonly terminal?: Terminal }

const EXAMPLES = `
A and B are captures or recordings; one may be what a broker's kafka.request.logger wrote: then values alone are compared.
B may be a live broker: the requests of A are sent to it, as replay does, and the answers compared.
Exit status: 0 where nothing differs but what is bound to, 1 where something does, 2 for bad input.

Examples:
  kafkascope diff good.pcapng bad.pcapng
  kafkascope diff a.pcapng b.pcapng --ignore Fetch.response.responses.partitions.records --filter 'api == "Fetch"'
  kafkascope diff wire.pcapng kafka-request.log
  kafkascope diff good.pcapng bad.pcapng --tui
  kafkascope diff good.pcapng 127.0.0.1:9092
  kafkascope diff --requests good.pcapng kafka-1:9092 kafka-2:9092
  kafkascope diff --message --api Heartbeat --api-version 0 --kind response 0000 001b
`

/** The command, to be added to the program. Its action sets the exit status and throws CliError. */
export function diffCommand(): Command {
  return new Command('diff')
    .description('two captures or recordings, or two messages, field by field and byte by byte')
    .argument('<A>', 'a capture, - for stdin; with --message, hex')
    .argument('<B>', "what it is compared with: likewise, a broker's request log, or a live broker (HOST:PORT)")
    .option('--requests <FILE>', 'A and B are live brokers, which are sent the requests of this recording')
    .option('--speed <N>', 'of a live broker: so many times faster than recorded, or max (default: 1)')
    .option('--tls', 'TLS to live brokers, certificate and name verified')
    .option('--tls-ca <FILE>', 'trust this CA and no other, PEM')
    .option('--tls-cert <FILE>', 'certificate to show them, PEM')
    .option('--tls-key <FILE>', 'its key, PEM')
    .option('--tls-insecure', 'verify neither certificate nor name')
    .option('--sasl <MECHANISM>', 'log in to live brokers: PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512')
    .option('--sasl-user <NAME>', 'as whom')
    .option('--sasl-password <TEXT>', 'with which password (default: what KAFKASCOPE_PASSWORD holds)')
    .option('--ignore <PATH>', 'a field that may differ, as in Fetch.response.throttleTimeMs (more than once)', several)
    .option('--rules <FILE>', 'more that is bound to differ: docs/DIFF.md says how it is written')
    .option('--filter <EXPR>', 'tell only of exchanges that this holds for: of A, and those that B alone has')
    .option('--port <PORT>', 'port of a broker; only such connections are read (more than once for more)', several)
    .option('--broker <ADDRESS:PORT>', 'likewise by address and port', several)
    .option('--keylog <FILE>', 'keys of TLS connections (SSLKEYLOGFILE)')
    .option('--json', 'one JSON object per difference on stdout, a summary last')
    .option('--html <FILE>', 'write the differences as one HTML page')
    .option('--tui', 'show them on a screen: fields and bytes of A and B side by side, n for the next difference')
    .option('--all', 'show every difference: without it, of those in one field the first three')
    .option('--message', 'A and B are two messages in hex')
    .option('--api <NAME>', 'with --message: the API, or the name of a message')
    .option('--api-version <N>', 'with --message: its version')
    .addOption(new Option('--kind <KIND>', 'with --message: which of an API').choices(['request', 'response']))
    .option('--show-secrets', 'passwords, tokens and proofs as they are')
    .option('--no-color', 'no colours on the screen of --tui (elsewhere there are none)')
    .option('-q, --quiet', 'no summary')
    .addHelpText('after', EXAMPLES)
    .action(async (a: string, b: string, options: DiffOptions) => {
      const live = isAddress(a) || isAddress(b)
      process.exitCode = await run(a, b, options, live ? { ...processIo(), stop: signalled().signal } : processIo())
    })
}

/** Runs the command; returns the exit status. Throws CliError on a bad command line or files that can't be used. */
export async function run(a: string, b: string, options: DiffOptions, io: DiffIo): Promise<number> {
  const terminal = io.terminal ?? { input: process.stdin, output: process.stdout }
  if (options.tui) requireTerminal([a, b], options, terminal)
  const rules = rulesOf(options)
  const filter = await exchangeFilter(options, 'diff')
  const live = isAddress(a) || isAddress(b)
  const [left, right] = options.message
    ? [messageSession('A', a, options), messageSession('B', b, options)]
    : live
      ? await liveSessions(a, b, rules, options, { ...io, stop: io.stop ?? new AbortController().signal })
      : await sessions(a, b, options, io)
  const damages = [...left.damages, ...right.damages]
  for (const damage of damages) io.stderr.write(`kafkascope: diff: ${damage}\n`)
  for (const [name, session] of [[a, left] as const, [b, right] as const]) {
    if (session.items.length > 0) continue
    const what = session.log ? 'no line of kafka.request.logger' : 'no exchange'
    throw new CliError(`diff: ${fileText(name)}: ${what} is in it`)
  }
  if (!live) {
    const unused = {
      '--requests': options.requests,
      '--speed': options.speed,
      '--sasl': options.sasl,
      '--tls': options.tls,
    }
    refuseWithout('diff', 'a live broker', unused)
  }
  const logs = left.log || right.log
  const prepared = (session: SessionInput): readonly Item[] =>
    logs && !session.log ? session.items.map((item) => new AsLogged(item)) : session.items
  const byId = ({ items }: SessionInput): Map<number, Item> => new Map(items.map((item) => [item.id, item]))
  const originals = filter && { a: byId(left), b: byId(right) }
  const wanted =
    filter &&
    ((item: Item, inA: boolean): boolean => {
      const original = originals![inA ? 'a' : 'b'].get(item.id)
      if (!(original instanceof WireItem)) return true
      return filter(exchangeJson(original.exchange, original.findings, { expand: true }))
    })
  const standing = logs ? undefined : { a: left.standing, b: right.standing }
  const log = left.log === right.log ? undefined : left.log ? 'a' : 'b'
  const telling = { wanted: wanted ?? undefined, equal: options.tui ?? false }
  const diff = new SessionDiff(prepared(left), prepared(right), { rules, log, standing, ...telling })
  if (options.tui) await showSessions(diff, rules, [a, b], options, terminal)
  else await tell(diff, options, io, damages, `${fileText(a)} and ${fileText(b)}`)
  if (damages.length > 0) return 2
  return diff.summary().differences > 0 ? 1 : 0
}

async function sessions(a: string, b: string, options: DiffOptions, io: Io): Promise<[SessionInput, SessionInput]> {
  const keys = keysOf(options, 'diff')
  const which = connectionOptions(options, 'diff')
  const logs = [a, b].map((name) => name !== '-' && isRequestLog(name))
  if (a === '-' && b === '-') throw new CliError('diff: standard input can be one of them')
  const reading = { keys, which, showSecrets: options.showSecrets ?? false, expand: !logs.includes(true) }
  return [await readSession(a, reading, io), await readSession(b, reading, io)]
}

async function tell(
  diff: SessionDiff,
  options: DiffOptions,
  io: Io,
  damages: readonly string[],
  title: string,
): Promise<void> {
  const view = new TextView(options.all ?? false)
  const page: PagePair[] = []
  for (const told of diff.run()) {
    if (options.html !== undefined && page.length < MAX_PAGE) page.push(pagePair(told))
    if (options.json) {
      for (const difference of told.differences) await writeLine(io.stdout, printJson(differenceJson(told, difference)))
    } else for (const row of view.rows(told)) await writeLine(io.stdout, row)
    if (io.stdout.closed) break
  }
  const summary = diff.summary()
  const end = view.end(summary)
  if (options.json) await writeLine(io.stdout, printJson(summaryJson(summary, damages)))
  else if (!options.quiet) for (const row of end) await writeLine(io.stdout, row)
  if (options.html === undefined) return
  const left = summary.differing > page.length ? [`The first ${page.length} of ${summary.differing} are shown.`] : []
  await writePage(options.html, title, [...end.filter((row) => row !== ''), ...left], page)
}

/** Pairs of exchanges on a page. */
const MAX_PAGE = 2000

const pagePair = (told: Told): PagePair => ({
  title: titleOf(told),
  differences: told.differences
    .slice(0, 100)
    .map((difference) => ({ text: differenceText(difference), fields: fieldsOf(told, difference) })),
})

async function writePage(file: string, title: string, notes: readonly string[], pairs: readonly PagePair[]) {
  const output = await OutputFile.open(file).catch((error: unknown) => {
    throw new CliError(`diff: can't write ${fileText(file)}: ${problemText(error)}`)
  })
  try {
    for (const piece of diffPage(title, notes, pairs)) await output.write(piece)
    await output.close()
  } catch (error) {
    await output.discard()
    throw error
  }
}

function rulesOf({ ignore, rules }: DiffOptions): Rules {
  const own: Rule[] = []
  try {
    for (const path of ignore ?? []) own.push(ignored(path))
  } catch (error) {
    throw new CliError(`diff: --ignore: ${safeShort((error as Error).message, 300)}`)
  }
  if (rules !== undefined) {
    try {
      own.push(...parseRules(readFileSync(rules, 'utf8')))
    } catch (error) {
      const text = error instanceof RuleError ? safeShort(error.message, 300) : problemText(error)
      throw new CliError(`diff: --rules: ${fileText(rules)}: ${text}`)
    }
  }
  return new Rules(own)
}
