/** `kafkascope explain`: what a client's error about bytes means, and which frames of a capture it is about. */
import { readFile } from 'node:fs/promises'
import { Command } from 'commander'
import { safeShort } from '../bytes/safe-text.ts'
import { printJson } from '../codec/json-text.ts'
import { type Fit, fitOf, fitRank } from '../findings/explain/fits.ts'
import { explain, SENTENCES } from '../findings/explain/index.ts'
import { placeOf } from '../findings/explain/place.ts'
import type { Explained } from '../findings/explain/sentence.ts'
import type { Finding } from '../findings/finding.ts'
import type { Observed } from '../findings/pipeline.ts'
import { findingJson, seconds } from '../report/exchange-json.ts'
import { clockText, plural } from '../report/format.ts'
import { findingRows } from '../report/hex-view.ts'
import { entryOf } from '../report/html/finding-docs.ts'
import type { Exchange } from '../session/exchange.ts'
import { openCaptures } from './captures.ts'
import { CliError } from './errors.ts'
import { type Io, processIo, writeLine } from './io.ts'
import { connectionOptions, keysOf, several } from './read-options.ts'
import { refuseWithout } from './refuse.ts'
import { observeCaptures } from './report-input.ts'

export interface ExplainOptions {
  readonly in?: readonly string[]
  readonly port?: readonly string[]
  readonly broker?: readonly string[]
  readonly keylog?: string
  readonly limit?: string
  readonly json?: boolean
}

/** A finding that fits the error, and the exchange that it is in. */
interface Fitting {
  readonly fit: Fit
  readonly client: string
  readonly finding: Finding
  readonly exchange: Exchange | null
  readonly connection: number | null
  readonly time: number
}

const DEFAULT_LIMIT = 3
/** Fitting findings that are kept; beyond, they are counted. */
const MAX_KEPT = 1000
/** Of standard input. */
const MAX_TEXT = 64 * 1024

/**
 * Explains a client's error. Returns the exit status: 2 where the text is none that is known (what is known is printed) or
 * a capture is damaged, 1 where a frame with a finding of severity error fits it, else 0. Throws CliError.
 */
export async function run(words: readonly string[], options: ExplainOptions, io: Io): Promise<number> {
  if (options.in === undefined)
    refuseWithout('explain', '--in', { '--port': options.port, '--broker': options.broker, '--keylog': options.keylog })
  const limit = limitOf(options.limit)
  const text = words.length === 1 && words[0] === '-' ? await stdinText(io) : words.join(' ')
  if (text.trim() === '') throw new CliError("explain: want the text of a client's error, or - for standard input")
  const said = explain(text)
  if (said.length === 0) return unknown(text, options, io)
  const looked = options.in === undefined ? null : await look(text, said, options.in, options, io)
  if (options.json) await printJsonLines(said, looked, limit, io)
  else await printText(said, looked, limit, io)
  if (looked?.damaged) return 2
  return looked?.best.some(({ finding }) => finding.severity === 'error') ? 1 : 0
}

function limitOf(text: string | undefined): number {
  if (text === undefined) return DEFAULT_LIMIT
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new CliError(`explain: --limit: want 1 to 9999, have ${safeShort(text, 40)}`)
  return Number(text)
}

async function stdinText({ stdin }: Io): Promise<string> {
  let text = ''
  const decoder = new TextDecoder()
  for await (const chunk of stdin) {
    text += decoder.decode(chunk as Uint8Array, { stream: true })
    if (text.length >= MAX_TEXT) break
  }
  return text
}

/** Says that the text is not known, and what is. */
async function unknown(text: string, { json }: ExplainOptions, io: Io): Promise<number> {
  if (json) await writeLine(io.stdout, printJson({ type: 'summary', explained: 0 }))
  else {
    const lines = ['Known are errors like these:']
    for (const [client, sentences] of SENTENCES) {
      lines.push('', client, ...sentences.map(({ example }) => `  ${example}`))
    }
    await writeLine(io.stdout, lines.join('\n'))
  }
  io.stderr.write(`kafkascope: explain: not an error known here: ${safeShort(text.trim(), 100)}\n`)
  return 2
}

interface Looked {
  /** Those that fit best, in the order of the capture, and how many there are. */
  readonly best: readonly Fitting[]
  readonly count: number
  readonly exchanges: number
  readonly damaged: boolean
}

/** Reads captures and keeps what fits the error best. */
async function look(
  text: string,
  said: readonly Explained[],
  files: readonly string[],
  options: ExplainOptions,
  io: Io,
): Promise<Looked> {
  const keys = keysOf(options, 'explain')
  const which = connectionOptions(options, 'explain')
  const inputs = await openCaptures('explain', files, io)
  let best: Fitting[] = []
  let [count, exchanges, rank] = [0, 0, 0]
  const take = (observed: Observed): void => {
    if (observed.type === 'exchange') exchanges++
    for (const fitting of fittings(text, said, observed)) {
      const own = fitRank(fitting.fit)
      if (own < rank) continue
      if (own > rank) [best, count, rank] = [[], 0, own]
      count++
      if (best.length < MAX_KEPT) best.push(fitting)
    }
  }
  const reading = await observeCaptures(inputs, { keys, which }, io, take)
  for (const line of [...reading.damages, ...reading.notices]) io.stderr.write(`kafkascope: explain: ${line}\n`)
  return { best, count, exchanges, damaged: reading.damages.length > 0 }
}

/** The findings of one observation that fit, each with the sentence it fits best. */
function fittings(text: string, said: readonly Explained[], observed: Observed): Fitting[] {
  if (observed.type !== 'exchange' && observed.type !== 'finding') return []
  const alone = observed.type === 'finding'
  const exchange = alone ? null : observed.exchange
  const connection = alone ? observed.connection : observed.exchange.connection.id
  const time = alone ? observed.time : ((exchange?.response ?? exchange?.request)?.time ?? 0)
  return (alone ? [observed.finding] : observed.findings).flatMap((finding) => {
    let best: Fitting | null = null
    for (const each of said) {
      const fit = fitOf(text, each, finding, exchange)
      if (fit && (!best || fitRank(fit) > fitRank(best.fit)))
        best = { fit, client: each.client, finding, exchange, connection, time }
    }
    return best ?? []
  })
}

async function printJsonLines(said: readonly Explained[], looked: Looked | null, limit: number, io: Io): Promise<void> {
  for (const each of said)
    await writeLine(io.stdout, printJson({ type: 'explained', ...each, place: placeOf(each.facts) }))
  for (const { fit, client, finding, exchange, connection, time } of looked?.best.slice(0, limit) ?? []) {
    const about = exchange && {
      exchange: exchange.id,
      api: exchange.api,
      apiVersion: exchange.apiVersion,
      correlationId: exchange.correlationId,
      packet: exchange.response?.packet ?? null,
    }
    const json = { type: 'fit', fit, client, connection, time: seconds(time), ...about, finding: findingJson(finding) }
    await writeLine(io.stdout, printJson(json))
  }
  const counts = looked ? { exchanges: looked.exchanges, fits: looked.count } : {}
  await writeLine(io.stdout, printJson({ type: 'summary', explained: said.length, ...counts }))
}

async function printText(said: readonly Explained[], looked: Looked | null, limit: number, io: Io): Promise<void> {
  const lines: string[] = []
  for (const { client, means, facts } of said) {
    const place = placeOf(facts)
    lines.push(client, `  ${safeShort(means, 1000)}`)
    if (place !== null) lines.push(`  What it wanted is ${place}.`)
    lines.push('')
  }
  if (looked) lines.push(...lookedRows(looked, limit), '')
  const code = looked?.best[0]?.finding.code ?? said[0]!.codes[0]
  if (code !== undefined) lines.push(...(await docsRows(code)))
  await writeLine(io.stdout, lines.join('\n').trimEnd())
}

const FIT_TEXT: Readonly<Record<Fit, string>> = {
  exact: 'the client says these very words of it',
  likely: 'what the error says is so of it',
  possible: 'it is of that kind, and nothing speaks against it',
}

function lookedRows({ best, count, exchanges }: Looked, limit: number): string[] {
  if (best.length === 0) return [`Nothing in ${plural(exchanges, 'exchange')} fits it.`]
  const rows = [
    `${plural(count, 'finding')} in ${plural(exchanges, 'exchange')} ${count === 1 ? 'fits' : 'fit'} it: ${FIT_TEXT[best[0]!.fit]}.`,
  ]
  for (const { finding, exchange, connection, time } of best.slice(0, limit)) {
    const what = exchange
      ? `exchange ${exchange.id}, ${safeShort(exchange.api, 40)} v${exchange.apiVersion}, correlation id ${exchange.correlationId}`
      : 'a finding of no exchange'
    const packet = exchange?.response?.packet
    const where = `${connection === null ? '' : `, connection ${connection}`}, ${clockText(time)}${packet ? `, packet ${packet}` : ''}`
    const side = finding.kind === 'request' ? exchange?.request : exchange?.response
    rows.push('', what + where, ...findingRows(finding, side?.bytes ?? new Uint8Array(0)).map((row) => `  ${row}`))
  }
  if (count > limit) rows.push('', `(and ${count - Math.min(limit, best.length)} more: --limit)`)
  return rows
}

/** The entry of a finding in the docs. */
async function docsRows(code: string): Promise<string[]> {
  const file = import.meta.url.includes('/dist/src/cli/') ? '../../../docs/FINDINGS.md' : '../../docs/FINDINGS.md'
  const docs = await readFile(new URL(file, import.meta.url), 'utf8').catch(() => '')
  const entry = entryOf(docs, code)
  return entry === null ? [] : [code, '', ...entry.split('\n')]
}

/** The command, to be added to the program. Its action sets the exit status and throws CliError. */
export function explainCommand(): Command {
  return new Command('explain')
    .description("what a client's error about the bytes of an answer means, and which frames of a capture it is about")
    .argument('<text...>', 'the error, as the client printed it; - reads it from standard input')
    .option('--in <FILE>', 'look for it in this capture or recording; repeatable', several)
    .option('--port <PORT>', 'with --in: Kafka is spoken on this port; repeatable', several)
    .option('--broker <ADDRESS:PORT>', 'with --in: a broker is there; repeatable', several)
    .option('--keylog <FILE>', 'with --in: keys of its TLS connections')
    .option('--limit <N>', `frames to show (default: ${DEFAULT_LIMIT})`)
    .option('--json', 'one JSON object per line on stdout')
    .addHelpText(
      'after',
      `
Examples:
  kafkascope explain 'Protocol read buffer underflow for JoinGroup v5 at 4/4: expected 2 bytes > 0 remaining bytes'
  kafkascope explain 'non-nullable field leader was serialized as null' --in session.pcapng

Known are errors of librdkafka, the Java client, kafkajs, kafka-python, aiokafka, franz-go and Sarama. The exit status is
1 where a broken frame fits, 2 where the text is none that is known.`,
    )
    .action(async (words: readonly string[], options: ExplainOptions) => {
      process.exitCode = await run(words, options, processIo())
    })
}
