/** `kafkascope proxy`: relay, pipeline and view put together. */
import { closeSync } from 'node:fs'
import { Command } from 'commander'
import type { StartOptions } from '../broker/server.ts'
import type { ExpandContext } from '../codec/expand.ts'
import type { JsonObject } from '../codec/json-text.ts'
import type { Observed, Pipeline } from '../findings/pipeline.ts'
import { type HostPort, printHostPort } from '../proxy/address.ts'
import type { Limits } from '../proxy/api-limits.ts'
import type { BrokerRow, Notice } from '../proxy/notice.ts'
import { yieldToRelay } from '../proxy/priority.ts'
import { prepareRelay, type RelayHandle, startRelay } from '../proxy/relay-host.ts'
import { keepable, type Segment } from '../session/segment.ts'
import { printedBugs, withBugOption } from './bug-option.ts'
import { CliError } from './errors.ts'
import { processIo, type Sink } from './io.ts'
import { filterProblem, problemText } from './problem.ts'
import {
  advertisedHost,
  checkOptions,
  clientTls,
  embeddedNodes,
  listenAddress,
  openKeyLog,
  ownAddress,
  type ProxyOptions,
  refuseItself,
  upstreamAddress,
  upstreamTls,
} from './proxy-options.ts'
import { jsonView, lineView, type ProxyView, screenView } from './proxy-view.ts'
import type { Recorder } from './recorder.ts'
import { interrupted } from './signals.ts'

/** What `run` needs of the world. */
export interface ProxyIo {
  readonly stdout: Sink
  readonly stderr: Sink
  /** Whether stdout is a terminal that can show a screen. */
  readonly screen: boolean
  /** Resolves when the proxy is to end. */
  readonly interrupted: Promise<void>
  /** Relay in this thread. */
  readonly inThread?: boolean
}

/**
 * Runs until it is interrupted, then says what it saw. Returns the exit status: 1 if a finding of severity error was
 * seen, else 0. Throws CliError where the command line or the address to listen on is bad.
 */
export async function run(options: ProxyOptions, io: ProxyIo): Promise<number> {
  checkOptions(options)
  const listen = listenAddress(options)
  const upstream = upstreamAddress(options)
  await refuseItself(listen, upstream)
  const nodes = embeddedNodes(options)
  const apiLimits = await limitsOf(options)
  const planted = options.bug ? (await import('./planted-bugs.ts')).plantedBugs('proxy', options.bug, !upstream) : []
  const setup = { listen, advertise: advertisedHost(options), upstreamTls: upstreamTls(options) }
  const filter = await filterOf(options)
  const keyLogFd = openKeyLog(options)
  const { tls, caFile, cleanUp } = await clientTls(options, listen)
  const session = new ProxySession(options)
  await session.record(options).catch((error: unknown) => {
    cleanUp()
    throw error
  })
  // Thread, pipeline and broker load at the same time: a start should take no longer than a blink.
  const thread = io.inThread ? null : prepareRelay()
  // The embedded broker lives in this thread, and answers clients from it.
  if (thread && upstream) yieldToRelay()
  let relay: RelayHandle | null = null
  let embedded: Awaited<ReturnType<typeof startEmbedded>> | null = null
  try {
    if (!upstream) embedded = await startEmbedded(options, nodes, (line) => session.warn(line))
    const { host, port } = upstream ?? embedded!
    const starting = startRelay(
      {
        ...setup,
        upstream: { host, port },
        rewrite: options.rewrite ?? true,
        // The embedded broker plants them itself, before they come here.
        bugs: upstream ? (options.bug ?? []) : [],
        apiLimits,
        tls,
        strict: options.strict ?? false,
        keyLogFd,
        inThread: io.inThread ?? false,
      },
      session.hooks,
      thread,
    )
    await Promise.all([session.load(), starting.catch(() => {})])
    relay = await starting.catch((error: NodeJS.ErrnoException) => {
      throw new CliError(`proxy: can't listen on ${printHostPort(listen.host, listen.port)}: ${problemText(error)}`)
    })
    session.notice(`listening on ${printHostPort(relay.address.host, relay.address.port)}${tls ? ' with TLS' : ''}`)
    if (caFile) session.notice(`the certificate was made for this run; clients must trust the CA in ${caFile}`)
    if (setup.upstreamTls?.insecure) session.warn('certificates of brokers are not verified (--upstream-insecure)')
    if (embedded) {
      const where = options.data === undefined ? ', in memory' : ''
      session.notice(`no --upstream: the broker behind this is the embedded one${where}`)
    }
    for (const each of planted) session.warn(`planted: ${each}`)
    const own = ownAddress(relay.address, setup.advertise)
    const title = `${own} -> ${embedded ? 'embedded broker' : printHostPort(host, port)}`
    session.show(await makeView(options, filter, session.context, io, title, session.quit))
    await Promise.race([io.interrupted, session.ended])
    const counts = await relay.close()
    relay = null
    await session.finish(counts)
  } finally {
    await relay?.close()
    await thread?.terminate()
    await embedded?.close()
    await session.recorded()
    if (keyLogFd !== null) closeSync(keyLogFd)
    cleanUp()
  }
  return session.failed ? 1 : 0
}

/** What is between relay and view: the pipeline, and what came before the view was there. */
class ProxySession {
  failed = false
  /** Resolves when the person leaves the screen, or the relay has died. */
  readonly ended: Promise<void>
  quit: () => void = () => {}
  private pipeline: Pipeline | null = null
  private view: ProxyView | null = null
  private recorder: Recorder | null = null
  /** What came before the pipeline was there, and before the view was. */
  private readonly first: Segment[] = []
  private readonly early: ((view: ProxyView) => void)[] = []
  private readonly verbose: boolean

  constructor(options: ProxyOptions) {
    this.verbose = options.verbose ?? false
    this.ended = new Promise((resolve) => {
      this.quit = resolve
    })
  }

  /** Begins the recording that the options ask for. Throws CliError. */
  async record(options: ProxyOptions): Promise<void> {
    if (options.record === undefined && options.recordSize === undefined && options.recordTime === undefined) return
    const { openRecorder } = await import('./recorder.ts')
    this.recorder = openRecorder('proxy', options, (text) => this.warn(text))
  }

  /** Resolves when the recording is complete. */
  async recorded(): Promise<void> {
    const { recorder } = this
    this.recorder = null
    await recorder?.close()
  }

  /** Loads the pipeline: half of what a start takes. */
  async load(): Promise<void> {
    const { Pipeline } = await import('../findings/pipeline.ts')
    this.pipeline = new Pipeline()
    for (const segment of this.first.splice(0)) this.hooks.onSegment(segment)
  }

  /** What the session has learned so far, for what nested bytes hold. */
  readonly context: ExpandContext = {
    topicName: (id) => this.pipeline?.session.state.topicNames.get(id) ?? null,
  }

  readonly hooks = {
    onSegment: (segment: Segment): void => {
      if (!this.pipeline) {
        this.first.push(keepable(segment))
        return
      }
      const all = this.pipeline.push(segment)
      for (const observed of all) this.observe(observed)
      this.recorder?.segment(segment, all)
    },
    onNotice: (notice: Notice): void => this.tell((view) => view.notice(notice)),
    onBrokers: (rows: BrokerRow[]): void => this.tell((view) => view.brokers(rows)),
    onDeath: (error: Error): void => {
      this.warn(`the relay ended: ${error.message}`)
      this.failed = true
      this.quit()
    },
  }

  notice(text: string): void {
    this.hooks.onNotice({ level: 'info', text })
  }

  warn(text: string): void {
    this.hooks.onNotice({ level: 'warning', text })
  }

  show(view: ProxyView): void {
    this.view = view
    for (const tell of this.early.splice(0)) tell(view)
  }

  async finish(counts: Parameters<ProxyView['end']>[0]): Promise<void> {
    for (const observed of this.pipeline?.end(Date.now() * 1000) ?? []) this.observe(observed)
    await this.recorded()
    await this.view?.end(counts)
  }

  private observe(observed: Observed): void {
    if (hasError(observed)) this.failed = true
    this.tell((view) => view.push(observed))
    if (!this.verbose || (observed.type !== 'connection' && observed.type !== 'closed')) return
    const { id, client, broker } = observed.connection
    this.notice(`connection ${id} ${client} -> ${broker} ${observed.type === 'closed' ? 'closed' : 'opened'}`)
  }

  private tell(tell: (view: ProxyView) => void): void {
    if (this.view) tell(this.view)
    else this.early.push(tell)
  }
}

function hasError(observed: Observed): boolean {
  if (observed.type === 'finding') return observed.finding.severity === 'error'
  return observed.type === 'exchange' && observed.findings.some(({ severity }) => severity === 'error')
}

async function limitsOf({ apiVersions }: ProxyOptions): Promise<Limits | null> {
  if (apiVersions === undefined) return null
  const { apiLimitsOf } = await import('./api-versions-option.ts')
  return apiLimitsOf('proxy', apiVersions)
}

/** The broker behind the proxy. `say` is told why it closed a connection, and what it found torn. Throws CliError. */
async function startEmbedded(
  options: ProxyOptions,
  nodes: number,
  say: (line: string) => void,
): Promise<HostPort & { close(): Promise<void> }> {
  const { startBroker } = await import('../broker/server.ts')
  const place = { host: '127.0.0.1', port: 0, nodes }
  const { bug = [], data, saslUsers, saslMechanisms, saslReauth, acls } = options
  const plain = [data, saslUsers, saslMechanisms, saslReauth, acls].every((each) => each === undefined)
  const modes = plain ? {} : await modesOf(options, say)
  if (bug.length === 0) return startBroker({ ...place, ...modes })
  const [{ Planter }, { parseBug }] = await Promise.all([import('../bugs/planter.ts'), import('../bugs/spec.ts')])
  return startBroker({ ...place, ...modes, bugs: new Planter(bug.map(parseBug)) })
}

/** What the embedded broker is told to keep, and to ask of its clients. */
async function modesOf(options: ProxyOptions, say: (line: string) => void): Promise<StartOptions> {
  const { accessOf, saslOf, storageOf } = await import('./broker-options.ts')
  const sasl = saslOf('proxy', options)
  const access = accessOf('proxy', options)
  const storage = storageOf('proxy', options, say)
  return { log: say, ...(sasl && { sasl }), ...(access && { access }), ...(storage && { storage }) }
}

async function filterOf({ filter }: ProxyOptions): Promise<((json: JsonObject) => boolean) | null> {
  if (filter === undefined) return null
  const { compileFilter } = await import('../filter/filter.ts')
  try {
    return compileFilter(filter)
  } catch (error) {
    throw new CliError(`proxy: --filter: ${filterProblem(error)}`)
  }
}

async function makeView(
  options: ProxyOptions,
  filter: ((json: JsonObject) => boolean) | null,
  context: ExpandContext,
  io: ProxyIo,
  subtitle: string,
  quit: () => void,
): Promise<ProxyView> {
  if (options.json) return jsonView(options, filter, context, io.stdout, io.stderr)
  if (!io.screen) return lineView(options, filter, context, io.stdout, io.stderr, false)
  return screenView(options, context, subtitle, io.stderr, quit)
}

/** How long output that nobody reads may keep the process from ending. */
const LAST_WORDS_MS = 2000

/** The command, to be added to the program. Its action sets the exit status and throws CliError. */
export function proxyCommand(): Command {
  const command = new Command('proxy')
    .description('man in the middle: relay, decode and show the traffic between clients and brokers')
    .option('--listen <HOST:PORT>', 'address to listen on (default: 127.0.0.1:9092)')
    .option('--upstream <HOST:PORT>', 'broker to stand in front of (default: the embedded broker)')
    .option('--brokers <N>', 'without --upstream: nodes of the embedded broker (default: 1)')
    .option('--data <DIR>', 'without --upstream: keep topics, records, offsets and settings there over restarts')
    .option('--sasl-users <FILE>', 'without --upstream: clients must log in; lines of USER:PASSWORD')
    .option('--sasl-mechanisms <LIST>', 'some of PLAIN,SCRAM-SHA-256,SCRAM-SHA-512 (default: all)')
    .option('--sasl-reauth <MS>', 'how long a login lasts (default: for ever)')
    .option('--acls <FILE>', 'without --upstream: who may do what (docs/BROKER.md)')
    .option('--api-versions <RELEASE|FILE>', "limit what ApiVersions answers advertise to another broker's: 3.9.2, say")
    .option('--advertise <HOST>', 'host that clients are told to connect to (default: the one listened on)')
    .option('--no-rewrite', "leave brokers' addresses in answers as they are")
    .option('--tls', 'TLS to clients')
    .option('--tls-cert <FILE>', 'certificate to show clients, PEM (default: one made now)')
    .option('--tls-key <FILE>', 'its key, PEM')
    .option('--tls-ca-out <FILE>', 'where to write the CA of a certificate made now (default: a new temporary file)')
    .option('--upstream-tls', 'TLS to brokers, certificate and name verified')
    .option('--upstream-ca <FILE>', 'trust this CA and no other, PEM')
    .option('--upstream-cert <FILE>', 'certificate to show brokers, PEM')
    .option('--upstream-key <FILE>', 'its key, PEM')
    .option('--upstream-insecure', 'verify neither certificate nor name')
    .option('--keylog-out <FILE>', 'append the keys of TLS connections, for Wireshark')
    .option('--record <FILE>', 'write what passes to a pcapng file, for Wireshark or kafkascope read')
    .option('--record-size <SIZE>', 'begin another file, FILE_00002 and so on, where this one has so many bytes: 100MB')
    .option('--record-time <TIME>', 'begin another file after so long: 30s, 10m, 1h')
    .option('--strict', 'slow the relay down rather than leave bytes unobserved')
    .option('--filter <EXPR>', "show exchanges that this holds for: api == 'Fetch' and latencyMs > 10")
    .option('--json', 'one JSON object per line on stdout')
    .option('--fields', 'with --json: place and type of every field')
    .option('--hex', 'with --json: frames in hex')
    .option('--expand', 'with --json: what records and nested messages hold')
    .option('--show-secrets', 'passwords, tokens and proofs as they are')
    .option('--no-color', 'no colours')
    .option('-q, --quiet', 'say nothing but warnings on stderr')
    .option('-v, --verbose', 'say when connections open and close')
    .addHelpText(
      'after',
      '\nAnswers are shown as the broker sent them, before addresses in them are rewritten; with --bug,\nas the client gets them.',
    )
    .action(async (options: ProxyOptions) => {
      if (await printedBugs(options.bug)) return
      const { stdout, stderr } = processIo()
      const screen = process.stdout.isTTY === true && process.env.TERM !== 'dumb'
      process.exitCode = await run(options, { stdout, stderr, screen, interrupted: interrupted() })
      process.stdin.pause()
      setTimeout(() => process.exit(), LAST_WORDS_MS).unref()
    })
  return withBugOption(command, 'for trying out clients')
}
