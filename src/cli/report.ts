/** `kafkascope report`: captures as one HTML page that a colleague opens from an e-mail. */
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { Command } from 'commander'
import type { AssemblerOptions } from '../capture/assembler.ts'
import type { CaptureInput } from '../capture/capture-files.ts'
import type { KeyLog } from '../capture/tls/key-log.ts'
import { type Observed, Pipeline } from '../findings/pipeline.ts'
import { plural, sizeText } from '../report/format.ts'
import { ReportCollector } from '../report/html/collect.ts'
import { pageHtml } from '../report/html/html.ts'
import { DEFAULT_LIMITS } from '../report/html/limits.ts'
import { pageScript } from '../report/html/page-script.ts'
import type { Exchange } from '../session/exchange.ts'
import { contextOf, openCaptures } from './captures.ts'
import { CliError } from './errors.ts'
import { type Io, processIo } from './io.ts'
import { OutputFile } from './output-file.ts'
import { fileText, problemText } from './problem.ts'
import { type ChoiceOptions, connectionOptions, exchangeFilter, keysOf, several, timeFilter } from './read-options.ts'
import { observeCaptures, type Reading } from './report-input.ts'

export interface ReportOptions extends ChoiceOptions {
  readonly output: string
  readonly limit?: string
  readonly showSecrets?: boolean
  readonly title?: string
  readonly quiet?: boolean
}

const EXAMPLES = `
The page holds everything it needs and asks nothing of any network. What is over its limits is counted and said there.

Examples:
  kafkascope report session.pcapng -o report.html
  kafkascope report a.pcap.gz b.pcap.gz -o orders.html --filter 'request.body.topics.name == "orders"'
  tcpdump -w - port 9092 | kafkascope report - -o report.html
`

export function reportCommand(): Command {
  return new Command('report')
    .description('captures as one self-contained HTML page')
    .argument('<file...>', 'captures: pcap or pcapng, gzip allowed; - is stdin')
    .requiredOption('-o, --output <file>', 'the page to write')
    .option('--title <text>', 'the title of the page (default: the names of the captures)')
    .option('--port <port>', 'port of a broker; only such connections are read (more than once for more)', several)
    .option('--broker <address:port>', 'likewise by address and port', several)
    .option('--keylog <file>', 'secrets of TLS connections, in the SSLKEYLOGFILE format')
    .option('--filter <expression>', 'only exchanges of which it holds; nested bytes are expanded for it')
    .option('--from <time>', 'only exchanges from this time on: ISO 8601, or seconds since 1970')
    .option('--to <time>', 'only exchanges up to this time')
    .option('--limit <n>', `exchanges in the list, the first ones (default: ${DEFAULT_LIMITS.exchanges})`)
    .option('--show-secrets', 'leave passwords, tokens and proofs as they are')
    .option('-q, --quiet', 'no progress and no summary on stderr')
    .addHelpText('after', EXAMPLES)
    .action(async (files: string[], options: ReportOptions) => {
      process.exitCode = await run(files, options, processIo(), process.stderr.isTTY === true && !options.quiet)
    })
}

/**
 * Runs the command, with `bar` a progress bar on stderr; returns the exit status: 1 where a finding of severity error is in the page, 2 where a capture is
 * damaged (the page then holds what was read; where that is nothing, there is none). Throws CliError on a bad command line or files that can't be used.
 */
export async function run(files: readonly string[], options: ReportOptions, io: Io, bar = false): Promise<number> {
  const filter =
    (await exchangeFilter(options.filter === undefined ? {} : { filter: options.filter }, 'report')) ?? undefined
  const limit = limitOf(options.limit)
  const keys = keysOf(options, 'report')
  const inTime = timeFilter(options, 'report')
  const which = connectionOptions(options, 'report')
  const script = pageScript()
  const findingDocs = await readFile(new URL(docsUrl(), import.meta.url), 'utf8').catch(() => '')
  const inputs = await openCaptures('report', files, io)
  const output = await OutputFile.open(options.output).catch((error: unknown) => {
    throw new CliError(`report: can't write ${fileText(options.output)}: ${problemText(error)}`)
  })
  try {
    const limits = limit === null ? {} : { exchanges: limit }
    const pipeline = new Pipeline()
    const context = contextOf(pipeline.session)
    const collector = new ReportCollector({
      context,
      filter,
      showSecrets: options.showSecrets ?? false,
      limits,
      findingDocs,
    })
    const { damages, notices } = await collect(inputs, { keys, which, inTime }, pipeline, collector, io, bar)
    const names = files.map((file) => (file === '-' ? 'standard input' : basename(file)))
    const index = collector.index({
      title: options.title ?? names.slice(0, 3).join(', '),
      sources: names,
      made: Date.now() * 1000,
      version: await versionOf(),
      filter: options.filter ?? null,
      notices: [...damages.map((text) => `Not read to its end: ${text}`), ...notices],
    })
    if (damages.length === inputs.length && index.exchanges === 0) {
      await output.discard()
      io.stderr.write(`report: nothing could be read; ${fileText(options.output)} is not written\n`)
      return 2
    }
    for (const piece of pageHtml(index, collector.chunks.done, script)) await output.write(piece)
    await output.close()
    const found = plural(index.severities.error, 'error')
    const told = `${plural(index.exchanges, 'exchange')}, ${found}, ${sizeText(output.size)}`
    if (!options.quiet) io.stderr.write(`report: ${fileText(options.output)}: ${told}\n`)
    return damages.length > 0 ? 2 : collector.failed ? 1 : 0
  } catch (error) {
    await output.discard()
    throw error
  }
}

/** What of the captures is wanted. */
interface Choice {
  readonly keys: KeyLog
  readonly which: AssemblerOptions
  readonly inTime: ((exchange: Exchange) => boolean) | null
}

/** Reads the captures into the collector, and says what is damaged. */
async function collect(
  inputs: readonly CaptureInput[],
  { keys, which, inTime }: Choice,
  pipeline: Pipeline,
  collector: ReportCollector,
  io: Io,
  bar: boolean,
): Promise<Reading> {
  const add = (observed: Observed): void => {
    if (observed.type !== 'exchange' || !inTime || inTime(observed.exchange)) collector.add(observed)
  }
  const reading = await observeCaptures(inputs, { keys, which, bar, pipeline }, io, add)
  for (const damage of reading.damages) io.stderr.write(`kafkascope: report: ${damage}\n`)
  return reading
}

function limitOf(text: string | undefined): number | null {
  if (text === undefined) return null
  if (!/^\d{1,7}$/.test(text) || Number(text) === 0) throw new CliError(`report: --limit ${text}: want 1 to 9999999`)
  return Number(text)
}

/** The docs folder beside `src`, or beside `dist`, where the built program lies one folder deeper. */
const docsUrl = (): string =>
  import.meta.url.includes('/dist/src/cli/') ? '../../../docs/FINDINGS.md' : '../../docs/FINDINGS.md'

async function versionOf(): Promise<string> {
  const file = docsUrl().replace('docs/FINDINGS.md', 'package.json')
  const text = await readFile(new URL(file, import.meta.url), 'utf8').catch(() => '{}')
  return String((JSON.parse(text) as { version?: string }).version ?? '')
}
