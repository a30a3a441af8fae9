/**
 * Conversations as scripts: steps that push, and what is then to be seen; and the same conversation in every cut. An
 * event is written as one short line, so that a whole script reads as one.
 */
import { expect } from 'vitest'
import { i32 } from '../../src/bytes/read.ts'
import { type Encodable, encodeFrame } from '../../src/codec/encode.ts'
import {
  apiKeyOf,
  frameHeader,
  requestHeaderVersion,
  requestMessage,
  responseHeaderVersion,
  responseMessage,
} from '../../src/codec/messages.ts'
import type { Anomaly, Frame, SessionEvent } from '../../src/session/exchange.ts'
import type { Direction, Segment } from '../../src/session/segment.ts'
import { Session, type SessionOptions } from '../../src/session/session.ts'

/** Not as a Buffer: vitest tells the two apart. */
const plain = (bytes: Uint8Array): Uint8Array => new Uint8Array(bytes)

type Fields = { readonly [key: string]: Encodable }

/** A request frame of an API by its name. */
export function request(
  api: string,
  version: number,
  correlationId: number,
  body: Fields = {},
  clientId: string | null = 'app',
): Uint8Array {
  const key = apiKeyOf(api)!
  const header = frameHeader('request', requestHeaderVersion(key, version)).model
  const fields = { requestApiKey: key, requestApiVersion: version, correlationId }
  const named = header.version > 0 ? { ...fields, clientId } : fields
  return plain(encodeFrame(header, named, requestMessage(key, version)!.model, body))
}

/** A response frame of an API by its name. */
export function response(api: string, version: number, correlationId: number, body: Fields = {}): Uint8Array {
  const key = apiKeyOf(api)!
  const header = frameHeader('response', responseHeaderVersion(key, version)).model
  return plain(encodeFrame(header, { correlationId }, responseMessage(key, version)!.model, body))
}

/** A size field and what follows it. */
export function sized(contents: Uint8Array | string): Uint8Array {
  const bytes = Buffer.from(contents)
  const size = Buffer.alloc(4)
  size.writeInt32BE(bytes.length)
  return join(size, bytes)
}

export const ascii = (text: string): Uint8Array => plain(Buffer.from(text, 'latin1'))
export const join = (...parts: Uint8Array[]): Uint8Array => plain(Buffer.concat(parts))

/** Something that happens on connection 1 (time runs by itself), or a segment as it is. */
export type Step =
  | { readonly from: 'client' | 'broker'; readonly bytes: Uint8Array }
  | { readonly lost: 'client' | 'broker'; readonly bytes: number }
  | { readonly close: 'client' | 'broker' | 'both' }
  | { readonly end: true }

export const client = (...parts: Uint8Array[]): Step => ({ from: 'client', bytes: join(...parts) })
export const broker = (...parts: Uint8Array[]): Step => ({ from: 'broker', bytes: join(...parts) })
export const close: Step = { close: 'both' }
export const end: Step = { end: true }

const directionOf = (side: 'client' | 'broker'): Direction => (side === 'client' ? 'request' : 'response')

function anomalyLine(anomaly: Anomaly): string {
  switch (anomaly.kind) {
    case 'correlation':
      return `correlation expected ${anomaly.expected} actual ${anomaly.actual}`
    case 'frame-size':
      return `frame-size claimed ${anomaly.claimed} had ${anomaly.had} bytes ${anomaly.bytes.length}`
    case 'encrypted':
      return `encrypted: ${anomaly.detail}`
    case 'not-kafka':
      return `not-kafka ${anomaly.looksLike}: ${anomaly.detail}`
    case 'short-header':
      return `short-header size ${anomaly.frame.size} api ${anomaly.frame.apiKey}`
    case 'too-large':
      return `too-large ${anomaly.size}`
  }
}

const frameLine = (frame: Frame | null): string =>
  frame === null
    ? 'none'
    : `v${frame.apiVersion} h${frame.headerVersion} ${frame.kept ? frame.size : `cut of ${frame.size}`}`

/** An event as one line. */
export function line(event: SessionEvent): string {
  switch (event.type) {
    case 'connection':
      return 'connection'
    case 'request':
      return `request ${event.exchange.id} ${event.exchange.api} c${event.exchange.correlationId} ${frameLine(event.exchange.request)}`
    case 'exchange': {
      const { id, api, correlationId, response, request, noResponse } = event.exchange
      const asked = request ? '' : ' unasked'
      return `exchange ${id} ${api} c${correlationId}${asked} ${noResponse ?? frameLine(response)}`
    }
    case 'anomaly':
      return `anomaly ${event.direction} ${event.exchange ? `of ${event.exchange.id} ` : ''}${anomalyLine(event.anomaly)}`
    case 'gap':
      return `gap ${event.direction} ${event.bytes} skipped ${event.skipped}`
    case 'closed':
      return 'closed'
  }
}

export interface Played {
  readonly session: Session
  readonly events: SessionEvent[]
  readonly lines: string[]
}

export type Cut = (bytes: Uint8Array) => Uint8Array[]

export interface Play extends SessionOptions {
  readonly midstream?: boolean
  readonly cut?: Cut
  /** The segments are borrowed, and overwritten once they were pushed. */
  readonly borrowed?: boolean
}

/** Pushes steps; `lines` are the events after `connection`. */
export function play(steps: readonly Step[], options: Play = {}): Played {
  const session = new Session(options)
  const { midstream = false, borrowed = false, cut = (bytes) => [bytes] } = options
  const connection = { id: 1, client: 'client:1', broker: 'broker:9092', midstream }
  const events = session.push({ type: 'open', connection, time: 0 })
  steps.forEach((step, i) => {
    const time = (i + 1) * 1000
    if ('end' in step) events.push(...session.end(time))
    else if ('from' in step) {
      const base = { type: 'data', connection: 1, direction: directionOf(step.from), time, packet: i + 1 } as const
      for (const piece of cut(step.bytes)) {
        const bytes = borrowed ? piece.slice() : piece
        events.push(...session.push(borrowed ? { ...base, bytes, borrowed } : { ...base, bytes }))
        if (borrowed) bytes.fill(0xee)
      }
    } else events.push(...session.push(segmentOf(step, time)))
  })
  return { session, events, lines: events.slice(1).map(line) }
}

function segmentOf(step: Exclude<Step, { from: unknown } | { end: true }>, time: number): Segment {
  if ('lost' in step) return { type: 'gap', connection: 1, direction: directionOf(step.lost), time, bytes: step.bytes }
  if (step.close === 'both') return { type: 'close', connection: 1, time }
  return { type: 'close', connection: 1, direction: directionOf(step.close), time }
}

const byteByByte: Cut = (bytes) => Array.from(bytes, (_, i) => bytes.subarray(i, i + 1))

/** Cuts whose pieces have the lengths that a small generator gives for a seed. */
export function randomCut(seed: number, longest: number): Cut {
  let state = seed
  return (bytes) => {
    const pieces: Uint8Array[] = []
    for (let at = 0; at < bytes.length; ) {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0
      const length = 1 + ((state >>> 8) % longest)
      pieces.push(bytes.subarray(at, at + length))
      at += length
    }
    return pieces
  }
}

/** Events with everything in them, for comparison. */
const whole = ({ events, session }: Played): unknown => ({ events, topics: [...session.state.topicNames] })

/**
 * Plays a conversation whole, byte by byte, and in random cuts, and in memory that is lent only: each must give the same
 * events, to the last field and byte. Returns the first, for looking at.
 */
export function playEveryCut(steps: readonly Step[], options: Play = {}): Played {
  const first = play(steps, options)
  const cuts = [byteByByte, randomCut(1, 3), randomCut(2, 7), randomCut(3, 40), randomCut(4, 500)]
  const others = [...cuts.map((cut) => ({ cut })), { borrowed: true }, { cut: randomCut(5, 60), borrowed: true }]
  for (const other of others) {
    const again = play(steps, { ...options, ...other })
    expect(again.lines).toEqual(first.lines)
    expect(whole(again)).toEqual(whole(first))
  }
  return first
}

/** The script itself: what is pushed, and the lines that all of it gives, in any cut. */
export function script(steps: readonly Step[], lines: readonly string[], options: Play = {}): Played {
  const played = playEveryCut(steps, options)
  expect(played.lines).toEqual(lines)
  for (const frame of framesOf(played.events)) {
    if (frame.kept) expect(frame.bytes.length).toBe(frame.size)
    if (frame.bytes.length >= 4) expect(i32(frame.bytes, 0)).toBe(frame.size - 4)
  }
  return played
}

export function framesOf(events: readonly SessionEvent[]): Frame[] {
  return events.flatMap((event) => {
    if (event.type !== 'exchange') return []
    return [event.exchange.request, event.exchange.response].filter((frame) => frame !== null)
  })
}
