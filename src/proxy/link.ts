/**
 * One connection through the relay: the client's socket, the upstream's, and what flows between.
 *
 *     open ──▶ both ways ──▶ one side has ended (half-closed; the other goes on) ──▶ both ended, or one is gone ──▶ closed
 *
 * An end is passed on as an end, a reset as a reset, after all bytes that came before it.
 */
import type { Socket } from 'node:net'
import type { Direction } from '../session/segment.ts'
import type { AnswerEdit } from './api-limits.ts'
import { BugStream } from './bug-stream.ts'
import { findAddresses } from './carriers.ts'
import { Flow, Reason } from './flow.ts'
import type { Intake } from './intake.ts'
import type { Listeners } from './listeners.ts'
import { RequestTracker } from './requests.ts'
import { type HeldFrame, type HoldBudget, ResponseStream } from './responses.ts'
import { replaceAddresses } from './surgery.ts'

/** How long a reset waits for bytes before it to be taken by the other side. */
const LINGER_MS = 5000

export interface LinkHooks {
  /** Bytes as they came, before any rewriting. They are there until this returns. */
  observe(direction: Direction, bytes: Uint8Array): void
  /** One side has ended. */
  ended(direction: Direction): void
  /** Both sockets are gone. Once. */
  closed(): void
  /** An answer that was to be rewritten was not; `hidden`: but its addresses were hidden from the client. */
  untouched(frame: Pick<HeldFrame, 'request'>, why: string, hidden: boolean): void
}

/** A side of a connection; null: its socket is read as node reads by itself. */
export interface Side {
  readonly socket: Socket
  readonly intake: Intake | null
}

export class Link {
  readonly client: Socket
  readonly upstream: Socket
  private readonly requests: Flow
  private readonly responses: Flow
  private readonly tracker = new RequestTracker()
  private readonly stream: ResponseStream
  /** Null: nothing is rewritten. */
  private readonly listeners: Listeners | null
  private readonly hooks: LinkHooks
  private bugs: BugStream | null = null
  private open = 2

  constructor(from: Side, to: Side, listeners: Listeners | null, budget: HoldBudget, hooks: LinkHooks) {
    const client = from.socket
    const upstream = to.socket
    this.client = client
    this.upstream = upstream
    this.listeners = listeners
    this.hooks = hooks
    this.requests = new Flow(client, upstream, from.intake, (chunk) => this.fromClient(chunk))
    this.responses = new Flow(upstream, client, to.intake, (chunk) => this.fromUpstream(chunk))
    this.stream = new ResponseStream(this.tracker, budget, (request, size, hidden) =>
      hooks.untouched({ request }, `its ${size} bytes are more than is held back`, hidden),
    )
    client.on('end', () => {
      hooks.ended('request')
      upstream.end()
    })
    upstream.on('end', () => {
      if (this.bugs) this.answer(this.bugs.flush())
      hooks.ended('response')
      this.stream.flush(this.pass)
      client.end()
    })
    watchErrors(client, upstream)
    watchErrors(upstream, client)
    client.on('close', () => this.gone(upstream))
    upstream.on('close', () => this.gone(client))
  }

  /** Stops or starts reading both ways, for an observer that can't follow. */
  hold(stop: boolean): void {
    for (const flow of [this.requests, this.responses]) {
      if (stop) flow.pause(Reason.observer)
      else flow.resume(Reason.observer)
    }
  }

  /** Plants bugs in the answers from now on: what is observed and passed on is what was made of them. */
  plant(planter: AnswerEdit): void {
    this.bugs = new BugStream(planter)
  }

  destroy(): void {
    this.client.destroy()
    this.upstream.destroy()
  }

  private fromClient(chunk: Uint8Array): void {
    this.requests.write(chunk)
    if (this.listeners) this.tracker.scan(chunk)
    this.bugs?.asked(chunk)
    this.hooks.observe('request', chunk)
  }

  private fromUpstream(sent: Uint8Array): void {
    if (!this.bugs) return void this.answer(sent)
    this.answer(this.bugs.push(sent))
    if (!this.bugs.ended) return
    this.client.end()
    this.upstream.destroy()
  }

  private answer(chunk: Uint8Array): void {
    if (chunk.length === 0) return
    if (this.listeners) this.relay(chunk)
    else this.responses.write(chunk)
    this.hooks.observe('response', chunk)
  }

  private readonly pass = (bytes: Uint8Array): void => this.responses.write(bytes)

  /** Passes an answer's bytes on; true where they wait for a listener to open. */
  private relay(chunk: Uint8Array): boolean {
    let rest: Uint8Array | null = chunk
    while (rest) {
      const frame = this.stream.push(rest, this.pass)
      rest = this.stream.rest
      if (!frame) break
      const opening = this.rewrite(frame)
      if (opening === null) continue
      this.responses.pause(Reason.rewriting)
      const after = rest
      void opening.then(() => {
        this.rewrite(frame, true)
        const again = after !== null && this.relay(after)
        if (!again) this.responses.resume(Reason.rewriting)
      })
      return true
    }
    return false
  }

  /**
   * Passes a held frame on, rewritten; or, where brokers are new, returns a promise to wait for before it is called
   * again with `now`: then those that got no listener keep their addresses.
   */
  private rewrite(frame: HeldFrame, now = false): Promise<void> | null {
    const { apiKey, apiVersion } = frame.request
    const listeners = this.listeners!
    const found = findAddresses(frame.bytes, apiKey, apiVersion)
    if (typeof found === 'string') {
      this.hooks.untouched(frame, found, false)
      this.pass(frame.bytes)
      return null
    }
    const unknown = now ? [] : found.spans.filter((span) => !listeners.isKnown(span))
    if (unknown.length > 0) return openAll(listeners, unknown)
    this.pass(replaceAddresses(frame.bytes, found, (span) => listeners.addressFor(span, this.client)))
    return null
  }

  private gone(other: Socket): void {
    if (--this.open === 0) {
      this.hooks.closed()
      return
    }
    // Ended both ways it closes by itself once all is written; a socket that only this one fed is ended too.
    if (!other.destroyed && !other.writableEnded) other.end()
    if (!other.destroyed) other.once('finish', () => other.destroy())
    if (other.writableFinished) other.destroy()
  }
}

/** One after the other, so that ports are taken in the order in which the brokers stand. */
async function openAll(listeners: Listeners, spans: readonly Parameters<Listeners['open']>[0][]): Promise<void> {
  for (const span of spans) await listeners.open(span)
}

/** An error of one socket (a reset, mostly) resets the other, once what was written to it is gone. */
function watchErrors(socket: Socket, other: Socket): void {
  socket.on('error', () => {
    if (other.destroyed) return
    if (other.connecting || other.writableLength === 0) return reset(other)
    const timer = setTimeout(() => reset(other), LINGER_MS)
    other.once('drain', () => reset(other))
    other.once('close', () => clearTimeout(timer))
  })
}

/** Closes with RST where the socket is plain TCP; TLS has none of its own and is just closed. */
function reset(socket: Socket): void {
  if (socket.destroyed) return
  if ('encrypted' in socket || socket.connecting) socket.destroy()
  else socket.resetAndDestroy()
}
