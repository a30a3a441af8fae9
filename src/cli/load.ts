/** `kafkascope load`: drives a broker, and says what it made of it. */
import { Command } from 'commander'
import { safe } from '../bytes/safe-text.ts'
import { BrokerError } from '../client/cluster.ts'
import { ClientError } from '../client/errors.ts'
import { CliError } from './errors.ts'
import { processIo, type Sink, writeLine } from './io.ts'
import { Inspection } from './load-inspect.ts'
import { type LoadOptions, loadPlan } from './load-options.ts'
import { type LoadProgress, LoadRun } from './load-run.ts'
import { problemsOf } from './load-verdict.ts'
import { eventText, jsonLines, progressLine, summaryLines } from './load-view.ts'
import { openRecorder } from './recorder.ts'
import { interrupted } from './signals.ts'

/** What `run` needs of the world. */
export interface LoadIo {
  readonly stdout: Sink
  readonly stderr: Sink
  /** Columns of stderr where it is a terminal that can show a bar; else null. */
  readonly columns: number | null
  /** Resolves when the run is to end early. */
  readonly interrupted: Promise<void>
}

const BAR_MS = 200

/** Returns the exit status: 1 where something is wrong with the run, or on the wire. Throws CliError. */
export async function run(brokers: readonly string[], options: LoadOptions, io: LoadIo): Promise<number> {
  const plan = loadPlan(brokers, options)
  const aside = new Aside(io, options.quiet ?? false)
  const recorder = openRecorder('load', options, (text) => aside.warn(text))
  const inspection = new Inspection(options.inspect ?? true, recorder)
  const tap = (options.inspect ?? true) || recorder ? inspection.tap : null
  const hooks = {
    onEvent: (...[{ name }, event]: Parameters<LoadRunHooks['onEvent']>) => aside.say(`${name} ${eventText(event)}`),
    onNotice: (text: string) => aside.say(safe(text)),
  }
  const loading = new LoadRun(plan, hooks, tap)
  try {
    aside.follow(() => loading.progress)
    const result = await loading.run(io.interrupted)
    inspection.end()
    aside.unfollow()
    const problems = problemsOf(result)
    const lines = (options.json ? jsonLines : summaryLines)(plan, result, inspection, problems)
    for (const line of lines) await writeLine(io.stdout, line)
    return problems.length > 0 || inspection.severities.error > 0 ? 1 : 0
  } catch (error) {
    if (error instanceof ClientError || error instanceof BrokerError) throw new CliError(`load: ${safe(error.message)}`)
    throw error
  } finally {
    aside.unfollow()
    await recorder?.close()
  }
}

type LoadRunHooks = ConstructorParameters<typeof LoadRun>[1]

/** What goes to stderr: notices, and on a terminal a bar beneath them. */
class Aside {
  private readonly io: LoadIo
  private readonly quiet: boolean
  private timer: NodeJS.Timeout | null = null
  private drawn = false

  constructor(io: LoadIo, quiet: boolean) {
    this.io = io
    this.quiet = quiet
  }

  say(text: string): void {
    if (!this.quiet) this.warn(text)
  }

  warn(text: string): void {
    this.wipe()
    this.io.stderr.write(`load: ${text}\n`)
  }

  /** Draws a bar over and over, where there is a terminal for it. */
  follow(progress: () => LoadProgress): void {
    const { columns } = this.io
    if (columns === null || this.quiet) return
    this.timer = setInterval(() => {
      this.wipe()
      this.io.stderr.write(progressLine(progress()).slice(0, columns - 1))
      this.drawn = true
    }, BAR_MS)
  }

  unfollow(): void {
    if (this.timer) clearInterval(this.timer)
    this.timer = null
    this.wipe()
  }

  /** To the line's begin, and what is on it erased (ECMA-48: EL). */
  private wipe(): void {
    if (this.drawn) this.io.stderr.write('\r\u001b[K')
    this.drawn = false
  }
}

const HELP = `
--scenario groups: 5,000 messages a second, 128 under way at once, and three consumers that join one group one second
after another, with JoinGroup v5, for eight seconds. It fails if a consumer is left without partitions, or a message is
lost, or read twice after the last rebalance. Other options change what it does.

Exit status: 0 all went well; 1 something is wrong with the run, or a finding of severity error was made on its wire;
2 no broker, no topic, a bad command line.`

const again = (text: string, before: readonly string[] = []): string[] => [...before, text]

/** The command, to be added to the program. Its action sets the exit status and throws CliError. */
export function loadCommand(): Command {
  return new Command('load')
    .description(
      'drives a broker: produces at a given concurrency and rate, consumes in a group, counts what came of it',
    )
    .argument('[HOST:PORT...]', 'brokers to ask first (default: 127.0.0.1:9092)')
    .option('--scenario <NAME>', 'groups: producers, then three consumers one second apart in one group')
    .option('--topic <NAME>', 'write to this one (default: one made for the run, deleted after it)')
    .option('--partitions <N>', 'partitions of a topic that is made (default: 6)')
    .option('--keep', 'do not delete the topic that was made')
    .option('--concurrency <N>', 'messages under way at once (default: 128)')
    .option('--producers <N>', 'producers, each with connections of its own (default: 1)')
    .option('--rate <N>', 'messages a second (default: as fast as they are acknowledged)')
    .option('--duration <TIME>', 'how long to produce: 500ms, 10s, 1m (default: 10s)')
    .option('--warmup <TIME>', 'count no latencies of messages due in the first so long (default: 0s)')
    .option('--count <N>', 'how many messages to produce')
    .option('--size <BYTES>', 'bytes of a value (default: 100)')
    .option('--keys <N>', 'different keys (default: 0, messages without one)')
    .option('--codec <NAME>', 'none, gzip, snappy, lz4 or zstd (default: none)')
    .option('--acks <N>', 'all, 1 or 0 (default: all)')
    .option('--consumers <N>', 'consumers in one group (default: 0)')
    .option('--stagger <TIME>', 'start each consumer so long after the one before (default: 0s)')
    .option('--group <NAME>', 'their group (default: one made for the run)')
    .option('--heartbeat <TIME>', 'how often consumers send one (default: 500ms)')
    .option('--drain <TIME>', 'how long to wait for messages to be read when none comes any more (default: 10s)')
    .option('--api-version <API=V>', 'speak this version of an API, as in Produce=7; repeatable', again)
    .option('--tls', 'TLS to brokers, certificate and name verified')
    .option('--tls-ca <FILE>', 'trust this CA and no other, PEM')
    .option('--tls-cert <FILE>', 'certificate to show brokers, PEM')
    .option('--tls-key <FILE>', 'its key, PEM')
    .option('--tls-insecure', 'verify neither certificate nor name')
    .option('--sasl <MECHANISM>', 'log in: PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512')
    .option('--user <NAME>', 'as whom')
    .option('--password <TEXT>', 'with which password (default: what KAFKASCOPE_PASSWORD holds)')
    .option('--record <FILE>', 'write what passes to a pcapng file, for Wireshark or kafkascope read')
    .option('--record-size <SIZE>', 'begin another file, FILE_00002 and so on, where this one has so many bytes: 100MB')
    .option('--record-time <TIME>', 'begin another file after so long: 30s, 10m, 1h')
    .option('--no-inspect', 'do not look for findings: takes less time from what is measured')
    .option('--json', 'one JSON object per line on stdout')
    .option('-q, --quiet', 'say nothing but warnings on stderr')
    .addHelpText('after', HELP)
    .action(async (brokers: readonly string[], options: LoadOptions) => {
      const { stdout, stderr } = processIo()
      const bar = process.stderr.isTTY === true && process.env.TERM !== 'dumb'
      // Some terminals do not say how wide they are.
      const columns = bar ? process.stderr.columns || 80 : null
      process.exitCode = await run(brokers, options, { stdout, stderr, columns, interrupted: interrupted() })
    })
}
