/** `kafkascope conform`: asks a broker what a Kafka broker must do, and says where it does not. */
import { writeFile } from 'node:fs/promises'
import { Command } from 'commander'
import { safe } from '../bytes/safe-text.ts'
import type { ConnectionOptions } from '../client/connection.ts'
import { ClientError } from '../client/errors.ts'
import { catalogue } from '../conform/catalogue.ts'
import { compareResults } from '../conform/compare.ts'
import { advertisedBy, knownRanges } from '../conform/reach.ts'
import { newPrefix, runConform } from '../conform/run.ts'
import { countsOf, jsonLines, junit, markdown, textLines } from './conform-view.ts'
import { brokerAddress, saslOptions, type TlsGiven, tlsOptions } from './connection-options.ts'
import { CliError } from './errors.ts'
import { processIo, type Sink, writeLine } from './io.ts'
import { problemText } from './problem.ts'
import { signalled } from './signals.ts'

export interface ConformOptions extends Pick<TlsGiven, 'tls' | 'tlsCa' | 'tlsInsecure'> {
  readonly reference?: string
  readonly only?: readonly string[]
  readonly list?: boolean
  readonly seed?: string
  readonly json?: boolean
  readonly markdown?: boolean
  readonly junit?: string
  readonly skipped?: boolean
  readonly sasl?: string
  readonly user?: string
  readonly password?: string
}

export interface ConformIo {
  readonly stdout: Sink
  readonly stderr: Sink
  /** Aborted when the run is to end early. */
  readonly signal: AbortSignal
}

/** Returns the exit status: 1 where a check fails or the reference answers otherwise. Throws CliError. */
export async function run(target: string | undefined, options: ConformOptions, io: ConformIo): Promise<number> {
  const wants = wanted(options.only ?? [])
  const connection = connectionOptions(options)
  try {
    if (options.list) return await list(target, wants, connection, io)
    if (target === undefined) throw new CliError('conform: want a broker: HOST:PORT')
    const address = brokerAddress('conform', '', target)
    const seed = seedOf(options.seed ?? '1')
    const common = { connection, seed, wants, signal: io.signal, prefix: newPrefix() }
    const reference = options.reference === undefined ? null : brokerAddress('conform', '', options.reference)
    // Before the long run: whether there is a reference at all.
    if (reference) await advertisedBy(reference, connection)
    const result = await runConform({ address, ...common })
    const other = reference && !io.signal.aborted ? await runConform({ address: reference, ...common }) : null
    const differences = other ? compareResults(result, other) : null
    if (options.junit !== undefined) await save(options.junit, junit(result))
    const lines = options.json
      ? jsonLines(result, differences)
      : options.markdown
        ? markdown(result)
        : textLines(result, differences, options.skipped ?? false)
    for (const line of lines) await writeLine(io.stdout, line)
    if (io.signal.aborted) io.stderr.write('conform: ended early; what was made is removed\n')
    const gone = [result.gone, other?.gone && `the reference: ${other.gone}`].filter((text) => typeof text === 'string')
    for (const text of gone) io.stderr.write(`conform: ${safe(text)}\n`)
    if (result.results.length === 0) throw new CliError('conform: --only fits no check; see --list')
    const fine = countsOf(result.results).fail === 0 && (differences?.length ?? 0) === 0 && gone.length === 0
    return fine && !io.signal.aborted ? 0 : 1
  } catch (error) {
    if (error instanceof ClientError) throw new CliError(`conform: ${safe(error.message)}`)
    throw error
  }
}

/** Of a broker, what would be asked of it; else everything that is known. */
async function list(
  target: string | undefined,
  wants: (id: string) => boolean,
  connection: ConnectionOptions,
  { stdout }: ConformIo,
): Promise<number> {
  const advertised =
    target === undefined ? knownRanges() : await advertisedBy(brokerAddress('conform', '', target), connection)
  for (const { id, title, source } of catalogue(advertised)) {
    if (wants(id)) await writeLine(stdout, `${id}  ${title} [${source}]`)
  }
  return 0
}

/** An id, or a glob in which `*` stands for anything; several are alternatives. */
function wanted(globs: readonly string[]): (id: string) => boolean {
  if (globs.length === 0) return () => true
  const patterns = globs.map((glob) => {
    const parts = glob.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    return new RegExp(`^${parts.join('.*')}$`, 'i')
  })
  return (id) => patterns.some((pattern) => pattern.test(id))
}

function seedOf(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new CliError(`conform: --seed: want a whole number, have ${JSON.stringify(text)}`)
}

function connectionOptions(options: ConformOptions): ConnectionOptions {
  const { tls, tlsCa, tlsInsecure, sasl, user, password } = options
  const wanted = (tls ?? false) || tlsCa !== undefined || (tlsInsecure ?? false)
  return {
    tls: tlsOptions('conform', { ...options, tls: wanted }),
    sasl: saslOptions('conform', { sasl, user, password }),
  }
}

async function save(path: string, text: string): Promise<void> {
  await writeFile(path, text).catch((error: unknown) => {
    throw new CliError(`conform: --junit: ${problemText(error)}`)
  })
}

const HELP = `
Topics and groups that it makes begin with kafkascope-conform- and a random number, and are deleted at the end, also
after Ctrl-C. A transactional id can't be deleted: the broker forgets it after transactional.id.expiration.ms.

A broker that does not answer any more ends the run; what is said of it until then is printed.

Exit status: 0 no check failed; 1 one failed, the reference answered otherwise, or the broker went; 2 no broker, or none
that answers as one, a bad command line.`

/** The command, to be added to the program. Its action sets the exit status and throws CliError. */
export function conformCommand(): Command {
  const collect = (text: string, before: readonly string[] = []): string[] => [...before, text]
  return new Command('conform')
    .description('asks a broker what a Kafka broker must do: every API at every version it advertises, and more')
    .argument('[HOST:PORT]', 'the broker')
    .option('--reference <HOST:PORT>', 'ask this one the same, and show where its answers differ')
    .option('--only <GLOB>', 'checks whose id fits, as in api/Fetch/* ; repeatable', collect)
    .option('--list', 'print the checks, of a broker or of all that is known, and ask nothing')
    .option('--seed <N>', 'for what is chosen at random (default: 1)')
    .option('--skipped', 'also a line for each check that was skipped, with the reason')
    .option('--json', 'one JSON object per line on stdout')
    .option('--markdown', 'a table by theme')
    .option('--junit <FILE>', 'also write the results as XML')
    .option('--tls', 'TLS to the broker, certificate and name verified')
    .option('--tls-ca <FILE>', 'trust this CA and no other, PEM')
    .option('--tls-insecure', 'verify neither certificate nor name')
    .option('--sasl <MECHANISM>', 'log in: PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512')
    .option('--user <NAME>', 'as whom')
    .option('--password <TEXT>', 'with which password (default: what KAFKASCOPE_PASSWORD holds)')
    .addHelpText('after', HELP)
    .action(async (target: string | undefined, options: ConformOptions) => {
      const { stdout, stderr } = processIo()
      process.exitCode = await run(target, options, { stdout, stderr, signal: signalled().signal })
    })
}
