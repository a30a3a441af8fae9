/** `kafkascope replay`: a recording's requests sent again, and its answers held against the new ones. */
import { Command } from 'commander'
import { micros, Tap } from '../client/tap.ts'
import { EncodeError } from '../codec/encode.ts'
import { type JsonObject, printJson } from '../codec/json-text.ts'
import { Pipeline } from '../findings/pipeline.ts'
import { Ids } from '../replay/ids.ts'
import { type Plan, planOf, type Recorded } from '../replay/plan.ts'
import { type Outcome, Player, type SendStep } from '../replay/player.ts'
import { rewritten } from '../replay/request.ts'
import { Judge } from '../replay/verdict.ts'
import type { Exchange } from '../session/exchange.ts'
import { contextOf } from './captures.ts'
import { CliError } from './errors.ts'
import { type Io, processIo } from './io.ts'
import { exchangeFilter, several } from './read-options.ts'
import { jsonView, lineView, type ReadView } from './read-view.ts'
import { openRecorder, type Recorder } from './recorder.ts'
import { type ReplayOptions, type ReplaySettings, replaySettings } from './replay-options.ts'
import { openRecording, type Recording } from './replay-recording.ts'
import { differenceJson, differenceLine, problemJson, problemLine, ReplayTally } from './replay-view.ts'
import { signalled } from './signals.ts'

export interface ReplayIo extends Io {
  /** Aborted when the replay is to end. */
  readonly stop: AbortController
}

/** How long a request is asked again whose answer says "not yet". */
const PATIENCE_MS = 20_000

/** Differences of one answer that are printed for people. */
const MAX_SHOWN = 10

type Filter = ((json: JsonObject) => boolean) | null

/**
 * Replays a recording. Returns the exit status: 2 if the file is damaged (what came before is replayed), 1 if an answer
 * differs or is missing, as all are where nothing listens, else 0. Throws CliError where the command line is bad or the
 * file can't be read.
 */
export async function run(file: string, options: ReplayOptions, io: ReplayIo): Promise<number> {
  const settings = await replaySettings(options)
  const filter = await exchangeFilter(viewOptions(options), 'replay')
  const recording = await openRecording('replay', file, options, io)
  for (const text of [...recording.damages, ...recording.notices]) io.stderr.write(`replay: ${text}\n`)
  const plan = planOf(recording.exchanges, settings)
  const sends = checkedSends(plan, settings)
  if (sends.length === 0) {
    const why = [...plan.leftOut].map(([reason, count]) => `${count} ${reason}`).join('; ')
    throw new CliError(`replay: nothing of the recording is left to be sent: ${why}`)
  }
  let failed: boolean
  if (options.dryRun) failed = await dryRun(sends, plan, recording, settings, options, filter, io)
  else {
    const recorder = openRecorder('replay', options, (text) => io.stderr.write(`replay: ${text}\n`), [file])
    try {
      failed = await new Replay(recording, plan, settings, options, io, recorder).play(filter)
    } finally {
      await recorder?.close()
    }
  }
  if (recording.damages.length > 0) return 2
  return failed ? 1 : 0
}

/** The times of `--from` and `--to` of `read` are none here. */
const viewOptions = ({ to: _to, ...options }: ReplayOptions) => options

/** The requests that are sent. Throws CliError where an edit does not fit one: better now than halfway. */
function checkedSends({ steps }: Plan, { edits }: ReplaySettings): SendStep[] {
  const sends = steps.filter((step) => step.kind === 'send')
  for (const { request, recorded, connection } of sends) {
    const edit = edits.get(recorded.exchange.api)
    if (edit === undefined) continue
    try {
      rewritten(request, edit, new Ids(), connection)
    } catch (error) {
      if (!(error instanceof EncodeError)) throw error
      const { api, apiVersion, id } = recorded.exchange
      throw new CliError(`replay: --edit: ${api} v${apiVersion}, exchange ${id}: ${error.message}`)
    }
  }
  return sends
}

/** Shows the requests as they would be sent, with the recording's ids. */
async function dryRun(
  sends: readonly SendStep[],
  plan: Plan,
  { context }: Recording,
  { edits }: ReplaySettings,
  options: ReplayOptions,
  filter: Filter,
  io: ReplayIo,
): Promise<boolean> {
  const view = await (options.json
    ? jsonView(viewOptions(options), filter, context, io.stdout)
    : lineView(viewOptions(options), filter, context, io.stdout, io.stderr))
  const connections = new Set<number>()
  for (const { recorded, request, connection } of sends) {
    const { exchange } = recorded
    if (!connections.has(exchange.connection.id)) {
      connections.add(exchange.connection.id)
      view.push({ type: 'connection', connection: exchange.connection })
    }
    const { frame } = rewritten(request, edits.get(exchange.api), new Ids(), connection)
    const sent: Exchange = {
      ...exchange,
      request: { ...request, bytes: frame, size: frame.length },
      response: null,
      noResponse: null,
    }
    view.push({ type: 'exchange', exchange: sent, findings: [] })
    if (io.stdout.closed) break
    await io.stdout.drained()
  }
  const tally = new ReplayTally(plan.leftOut)
  view.end({ dryRun: true, notSent: Object.fromEntries(plan.leftOut) }, tally.words().slice(1))
  return false
}

/** One replay: what passes is looked at, shown, recorded and compared. */
class Replay {
  private readonly plan: Plan
  private readonly settings: ReplaySettings
  private readonly options: ReplayOptions
  private readonly io: ReplayIo
  private readonly recorder: Recorder | null
  private readonly pipeline = new Pipeline()
  private readonly ids = new Ids()
  private readonly tally: ReplayTally
  private readonly judge: Judge
  private view: ReadView | null = null
  /** The step whose request is being written. */
  private current: SendStep | null = null
  private readonly steps = new WeakMap<Exchange, SendStep>()
  /** The last exchange of each step, and whether the filter lets it be shown. */
  private readonly latest = new WeakMap<SendStep, Recorded & { readonly shown: boolean }>()

  constructor(
    recording: Recording,
    plan: Plan,
    settings: ReplaySettings,
    options: ReplayOptions,
    io: ReplayIo,
    recorder: Recorder | null,
  ) {
    this.plan = plan
    this.settings = settings
    this.options = options
    this.io = io
    this.recorder = recorder
    this.tally = new ReplayTally(plan.leftOut)
    const shown = { showSecrets: options.showSecrets ?? false, expand: true }
    this.judge = new Judge(
      settings.rules,
      this.ids,
      { ...shown, context: recording.context },
      { ...shown, context: contextOf(this.pipeline.session) },
    )
  }

  /** Returns whether something was otherwise than recorded. */
  async play(filter: Filter): Promise<boolean> {
    const context = contextOf(this.pipeline.session)
    const options = viewOptions(this.options)
    this.view = await (options.json
      ? jsonView(options, filter, context, this.io.stdout)
      : lineView(options, filter, context, this.io.stdout, this.io.stderr))
    const { target, connection, speed, edits, timeoutMs } = this.settings
    const tap = new Tap((segment) => {
      const observed = this.pipeline.push(segment)
      this.recorder?.segment(segment, observed)
      this.observe(observed)
    })
    const player = new Player(this.plan, this.ids, {
      target: target!,
      connection: { ...connection, tap },
      ...{ speed, edits, timeoutMs, patienceMs: PATIENCE_MS, signal: this.io.stop.signal },
      sending: (step, write) => {
        this.current = step
        this.tally.sent += this.latest.has(step) ? 0 : 1
        write()
        this.current = null
      },
      ended: (step, outcome) => this.ended(step, outcome),
    })
    await player.play()
    this.observe(this.pipeline.end(micros()))
    this.tally.reopened = player.reopened
    this.tally.interrupted = this.io.stop.signal.aborted
    this.view.end({ replay: this.tally.json(this.judge.bound) }, this.tally.words())
    return this.tally.failed
  }

  private observe(observed: ReturnType<Pipeline['push']>): void {
    for (const each of observed) {
      if ((each.type === 'request' || each.type === 'exchange') && this.current) {
        this.steps.set(each.exchange, this.current)
      }
      const shown = this.view!.push(each)
      if (each.type !== 'exchange') continue
      const step = this.steps.get(each.exchange)
      if (step) this.latest.set(step, { exchange: each.exchange, findings: each.findings, shown })
    }
  }

  private ended(step: SendStep, { attempts, problem, changed }: Outcome): void {
    const { tally } = this
    if (attempts > 1) tally.askedAgain++
    if (changed) tally.changed++
    const { exchange } = step.recorded
    if (problem !== null) {
      // Where the recorded broker did not answer either, nothing is otherwise.
      if (!exchange.response || this.io.stop.signal.aborted) return
      tally.unanswered++
      this.say(
        () => problemLine(step, problem),
        () => problemJson(step, problem),
      )
      return
    }
    const latest = this.latest.get(step)
    if (!latest) return
    const { differences, newErrors } = this.judge.compare(step.recorded, latest)
    for (const code of newErrors) tally.error(code)
    if (differences.length > 0) tally.differing++
    else if (exchange.response || exchange.noResponse === 'acks=0') tally.alike++
    else tally.unknown++
    if (!latest.shown) return
    if (differences.length > MAX_SHOWN && !this.options.json) {
      this.io.stdout.write(`        ! ${differences.length} differences, of which the first ${MAX_SHOWN}:\n`)
    }
    for (const difference of this.options.json ? differences : differences.slice(0, MAX_SHOWN)) {
      this.say(
        () => differenceLine(difference),
        () => differenceJson(step, latest.exchange.id, difference),
      )
    }
  }

  private say(line: () => string, json: () => JsonObject): void {
    this.io.stdout.write(`${this.options.json ? printJson(json()) : line()}\n`)
  }
}

const HELP = `
A request is sent when its time has come and every answer is there that the recorded client had by then. Member ids,
generations, producer ids and epochs, topic ids and fetch sessions are those that the new broker gave; where nothing
changes, the bytes are those recorded. Logins are not replayed: --sasl logs in. What brokers say among themselves is not
sent, nor what the recorded broker was not ready for (NOT_COORDINATOR and the like). In differences A is the recording.

Exit status: 0 all answers are as recorded; 1 an answer differs or is missing (all, where nothing listens); 2 bad file or command line.`

/** The command, to be added to the program. Its action sets the exit status and throws CliError. */
export function replayCommand(): Command {
  return new Command('replay')
    .description('sends the requests of a recording again and compares the answers')
    .argument('<FILE>', "the recording: pcap or pcapng, either gzip'd; - for standard input")
    .option('--to <HOST:PORT>', 'the broker that gets them')
    .option('--speed <N>', 'so many times faster, or max (default: 1, as recorded)')
    .option('--only <API,...>', 'these APIs only', several)
    .option('--dry-run', 'show what would be sent')
    .option(
      '--edit <FILE>',
      'change requests: {"Produce": {"acks": 1}}, a JSON merge patch for each API, or a script (.js, .mjs)',
    )
    .option('--ignore <PATH>', 'do not compare this field, as in Fetch.response.responses', several)
    .option('--timeout <TIME>', 'how much longer than recorded an answer may take (default: 30s)')
    .option('--tls', 'TLS to the broker, certificate and name verified')
    .option('--tls-ca <FILE>', 'trust this CA and no other, PEM')
    .option('--tls-cert <FILE>', 'certificate to show the broker, PEM')
    .option('--tls-key <FILE>', 'its key, PEM')
    .option('--tls-insecure', 'verify neither certificate nor name')
    .option('--sasl <MECHANISM>', 'log in: PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512')
    .option('--sasl-user <NAME>', 'as whom')
    .option('--sasl-password <TEXT>', 'with which password (default: what KAFKASCOPE_PASSWORD holds)')
    .option('--port <PORT>', 'port of a recorded broker; only such connections are read (repeatable)', several)
    .option('--broker <ADDRESS:PORT>', 'likewise by address and port', several)
    .option('--keylog <FILE>', 'keys of recorded TLS connections (SSLKEYLOGFILE)')
    .option('--filter <EXPR>', 'show exchanges that this holds for; all are sent and compared')
    .option('--json', 'one JSON object per line on stdout')
    .option('--fields', 'with --json: place and type of every field')
    .option('--hex', 'with --json: frames in hex')
    .option('--expand', 'with --json: what records and nested messages hold')
    .option('--record <FILE>', 'write what passes as pcapng')
    .option('--record-size <BYTES>', 'begin another file after so many, as in 100MB')
    .option('--record-time <TIME>', 'begin another file after so long, as in 10m')
    .option('--show-secrets', 'passwords, tokens and proofs as they are')
    .option('-q, --quiet', 'no summary')
    .addHelpText('after', HELP)
    .action(async (file: string, options: ReplayOptions) => {
      const stop = signalled()
      process.exitCode = await run(file, options, { ...processIo(), stop })
      if (file === '-') process.stdin.destroy()
    })
}
