/** `kafkascope read`: captures, pipeline and view put together. */
import { Command } from 'commander'
import { safe } from '../bytes/safe-text.ts'
import { Assembler } from '../capture/assembler.ts'
import { type CaptureInput, type FileDamage, type PacketHandler, readPackets } from '../capture/capture-files.ts'
import { TlsDecryptor } from '../capture/tls/decryptor.ts'
import type { KeyLog } from '../capture/tls/key-log.ts'
import type { ExpandContext } from '../codec/expand.ts'
import type { JsonObject, JsonValue } from '../codec/json-text.ts'
import { type Observed, Pipeline } from '../findings/pipeline.ts'
import { clockText } from '../report/format.ts'
import type { Segment } from '../session/segment.ts'
import { contextOf, damageText, MAX_TLS, openCaptures, unseenText } from './captures.ts'
import { type Io, processIo } from './io.ts'
import { connectionOptions, exchangeFilter, keysOf, limitOf, type ReadOptions, several } from './read-options.ts'
import { Progress } from './read-progress.ts'
import { jsonView, lineView, type ReadView, screenView, statsView } from './read-view.ts'
import { openRecorder, type Recorder } from './recorder.ts'
import { signalled } from './signals.ts'

/** What `run` needs of the world. */
export interface ReadIo extends Io {
  /** Whether stdout is a terminal that can show a screen, and stderr one that can show a bar. */
  readonly screen: boolean
  readonly bar: boolean
  /** Aborted when the reading is to end. */
  readonly stop: AbortController
}

/**
 * Reads captures and shows what is in them. Returns the exit status: 2 if a file is damaged (what came before is
 * shown), 1 if a finding of severity error was seen, else 0. Throws CliError where the command line is bad or a file
 * can't be opened.
 */
export async function run(files: readonly string[], options: ReadOptions, io: ReadIo): Promise<number> {
  const keys = keysOf(options)
  const connections = connectionOptions(options)
  const limit = limitOf(options)
  const filter = await exchangeFilter(options)
  const inputs = await openCaptures('read', files, io, options.follow ? io.stop.signal : undefined)
  const recorder = openRecorder('read', options, (text) => io.stderr.write(`read: ${text}\n`), files)
  let left: () => void = () => {}
  const quit = new Promise<void>((resolve) => {
    left = resolve
  })
  const onQuit = (): void => {
    io.stop.abort()
    left()
  }
  const pipeline = new Pipeline()
  const context = contextOf(pipeline.session)
  const useScreen = io.screen && !options.json && !options.stats
  const screen = useScreen
    ? await screenView(options, filter, context, files.map((file) => safe(file)).join(' '), onQuit)
    : null
  const view = screen ?? (await plainView(options, filter, context, io))
  const verbose = options.verbose === true && !screen
  const reading = new Reading({
    pipeline,
    verbose,
    view,
    keys,
    connections,
    limit,
    recorder,
    whole: filter === null,
    io,
    inputs,
  })
  let damages: readonly FileDamage[]
  try {
    damages = await readPackets(inputs, reading)
    reading.end(damages)
    if (screen && !io.stop.signal.aborted) await quit
  } finally {
    screen?.close()
    await recorder?.close()
  }
  for (const damage of damages) io.stderr.write(`kafkascope: read: ${damageText(damage)}\n`)
  if (damages.length > 0) return 2
  return reading.failed ? 1 : 0
}

const plainView = (
  options: ReadOptions,
  filter: ((json: JsonObject) => boolean) | null,
  context: ExpandContext,
  { stdout, stderr }: Io,
): Promise<ReadView> => {
  if (options.json) return jsonView(options, filter, context, stdout)
  return options.stats
    ? statsView(options, filter, context, stdout)
    : lineView(options, filter, context, stdout, stderr)
}

interface Setup {
  readonly view: ReadView
  readonly keys: KeyLog
  readonly connections: ReturnType<typeof connectionOptions>
  readonly limit: number
  readonly recorder: Recorder | null
  /** No filter: recordings hold everything as it came. */
  readonly whole: boolean
  readonly io: ReadIo
  readonly inputs: readonly CaptureInput[]
  readonly verbose: boolean
  readonly pipeline: Pipeline
}

class Reading implements PacketHandler {
  failed = false
  private shown = 0
  private readonly setup: Setup
  private readonly pipeline: Pipeline
  private readonly tls: TlsDecryptor
  private readonly assembler: Assembler
  private readonly progressBar: Progress
  private time = 0

  constructor(setup: Setup) {
    this.setup = setup
    this.pipeline = setup.pipeline
    this.tls = new TlsDecryptor(setup.keys)
    this.assembler = new Assembler({ ...setup.connections, tls: this.tls }, (segment) => this.segment(segment))
    const total = setup.inputs.reduce((sum, { source }) => sum + (source.size ?? 0), 0)
    this.progressBar = new Progress(setup.io.stderr, setup.io.bar ? total : 0, Date.now())
  }

  get stopped(): boolean {
    const { io, limit } = this.setup
    return this.shown >= limit || io.stop.signal.aborted || io.stdout.closed
  }

  packet(packet: Parameters<PacketHandler['packet']>[0]): void {
    this.time = packet.time
    this.assembler.packet(packet)
  }

  room(): Promise<void> | null {
    const { stdout } = this.setup.io
    if (!this.behind) return this.setup.recorder?.drained() ?? null
    return stdout.drained().then(() => this.caughtUp())
  }

  private behind = false

  private caughtUp(): void {
    this.behind = false
  }

  secrets(keyLog: string): void {
    this.setup.keys.add(keyLog)
  }

  progress(): void {
    this.progressBar.update(
      this.setup.inputs.reduce((sum, { source }) => sum + source.position, 0),
      Date.now(),
    )
    // Once for so many bytes is enough: what is written in between is bounded by what they hold.
    this.behind = true
  }

  idle(): void {
    this.assembler.hurry()
  }

  private segment(segment: Segment): void {
    const { recorder, whole } = this.setup
    const all = this.pipeline.push(segment)
    for (const observed of all) this.observe(observed)
    if (whole) recorder?.segment(segment, all)
  }

  private observe(observed: Observed): void {
    const { view, limit, recorder, whole } = this.setup
    this.say(observed)
    if (this.shown >= limit) return
    if (hasError(observed)) this.failed = true
    const shown = view.push(observed)
    if (shown) this.shown++
    if (whole || !recorder) return
    if (shown && observed.type === 'exchange') recorder.exchange(observed.exchange, observed.findings)
    if (observed.type === 'closed') recorder.closed(observed.connection, observed.time)
  }

  /** `--verbose`: connections, as they open and close. */
  private say(observed: Observed): void {
    if (!this.setup.verbose || (observed.type !== 'connection' && observed.type !== 'closed')) return
    const { connection } = observed
    const time = observed.type === 'closed' ? observed.time : connection.opened
    const what = observed.type === 'closed' ? 'closed' : connection.midstream ? 'open before the capture' : 'opened'
    const { id, client, broker } = connection
    this.setup.io.stderr.write(`${clockText(time)} connection ${id} ${what}: ${safe(client)} -> ${safe(broker)}\n`)
  }

  end(damages: readonly FileDamage[]): void {
    this.assembler.end()
    for (const observed of this.pipeline.end(this.time)) this.observe(observed)
    this.progressBar.clear()
    const { packets, otherPackets, notKafka, tlsWithoutKeys, forgotten } = this.assembler.counts
    const tls = [...this.tls.infos()].slice(0, MAX_TLS)
    const json: JsonObject = {
      packets,
      packetsWithoutTcp: otherPackets,
      connectionsNotKafka: notKafka,
      tlsWithoutKeys,
      connectionsForgotten: forgotten,
      tls: tls.map((info): JsonValue => ({ ...info, protocols: [...info.protocols] })),
      damaged: damages.map((damage): JsonValue => ({ ...damage })),
    }
    this.setup.view.end(json, unseenText(this.assembler.counts, tls))
  }
}

function hasError(observed: Observed): boolean {
  if (observed.type === 'finding') return observed.finding.severity === 'error'
  return observed.type === 'exchange' && observed.findings.some(({ severity }) => severity === 'error')
}

/** The command, to be added to the program. Its action sets the exit status and throws CliError. */
export function readCommand(): Command {
  return new Command('read')
    .description('analyse captures: pcap, pcapng, either gzip\'d, or a stream ("-")')
    .argument('<FILE...>', 'captures, merged by time; - for standard input')
    .option('--follow', 'go on as files grow')
    .option('--port <PORT>', 'port of a broker; only such connections are read (more than once for more)', several)
    .option('--broker <ADDRESS:PORT>', 'likewise by address and port', several)
    .option('--keylog <FILE>', 'keys of TLS connections (SSLKEYLOGFILE)')
    .option('--filter <EXPR>', "show exchanges that this holds for: api == 'Fetch' and latencyMs > 10")
    .option('--limit <N>', 'stop after so many exchanges')
    .option('--from <TIME>', 'show exchanges from this time on: ISO 8601, or seconds since 1970')
    .option('--to <TIME>', 'show exchanges up to this time')
    .option('--stats', 'statistics only: by API and version, client, connection; groups and findings')
    .option('--json', 'one JSON object per line on stdout')
    .option('--fields', 'with --json: place and type of every field')
    .option('--hex', 'with --json: frames in hex')
    .option('--expand', 'with --json: what records and nested messages hold')
    .option('--record <FILE>', 'write what is shown as pcapng')
    .option('--record-size <BYTES>', 'begin another file after so many, as in 100MB')
    .option('--record-time <TIME>', 'begin another file after so long, as in 10m')
    .option('--show-secrets', 'passwords, tokens and proofs as they are')
    .option('--no-color', 'no colours')
    .option('-q, --quiet', 'no summary')
    .option('-v, --verbose', 'say when connections open and close')
    .action(async (files: string[], options: ReadOptions) => {
      const io = processIo()
      const screen = process.stdout.isTTY === true && process.env.TERM !== 'dumb'
      const stop = signalled()
      process.exitCode = await run(files, options, {
        ...io,
        screen,
        bar: process.stderr.isTTY === true && !screen,
        stop,
      })
      if (files.includes('-')) process.stdin.destroy()
    })
}
