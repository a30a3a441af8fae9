/** Whole captures, and conversations typed by hand, through the pipeline: what is found in them. */
import { readFileSync } from 'node:fs'
import { TlsDecryptor } from '../../src/capture/tls/decryptor.ts'
import { KeyLog } from '../../src/capture/tls/key-log.ts'
import type { Finding } from '../../src/findings/finding.ts'
import { type Observed, Pipeline } from '../../src/findings/pipeline.ts'
import { capture } from '../capture/captures.ts'
import { readCapture } from '../capture/packets.ts'

const KEYS = readFileSync('captures/tls13-44.keylog', 'latin1')

/** Everything that the pipeline says of a capture. */
export function observeCapture(name: string): Observed[] {
  const { segments } = readCapture(capture(name), { tls: new TlsDecryptor(new KeyLog(KEYS)) })
  const pipeline = new Pipeline()
  return [...segments.flatMap((segment) => pipeline.push(segment)), ...pipeline.end(0)]
}

export const findingsIn = (observed: readonly Observed[]): Finding[] =>
  observed.flatMap((event) =>
    event.type === 'exchange' ? event.findings : event.type === 'finding' ? [event.finding] : [],
  )

/** 2025: times of real traffic, in microseconds. */
export const NOW = 1_750_000_000_000_000

/** What happens on one of several connections; a millisecond later each, unless `after` says otherwise. */
export type Talk =
  | { readonly asks: Uint8Array; readonly on?: number; readonly after?: number }
  | { readonly answers: Uint8Array; readonly on?: number; readonly after?: number }
  | { readonly lost: number; readonly on?: number; readonly after?: number }
  | { readonly closes: 'client' | 'broker'; readonly on?: number; readonly after?: number }

/** Everything that the pipeline says of a conversation. Connections are of one client and one broker. */
export function observeTalk(talk: readonly Talk[]): Observed[] {
  const pipeline = new Pipeline()
  const observed: Observed[] = []
  const open = new Set<number>()
  let time = NOW
  for (const step of talk) {
    const id = step.on ?? 1
    time += step.after ?? 1000
    if (!open.has(id)) {
      open.add(id)
      const connection = { id, client: `10.0.0.1:${5000 + id}`, broker: '10.0.0.2:9092' }
      observed.push(...pipeline.push({ type: 'open', connection, time }))
    }
    if ('asks' in step) {
      observed.push(...pipeline.push({ type: 'data', connection: id, direction: 'request', time, bytes: step.asks }))
    } else if ('answers' in step) {
      observed.push(
        ...pipeline.push({ type: 'data', connection: id, direction: 'response', time, bytes: step.answers }),
      )
    } else if ('lost' in step) {
      observed.push(...pipeline.push({ type: 'gap', connection: id, direction: 'request', time, bytes: step.lost }))
    } else {
      const [first, second] =
        step.closes === 'client' ? (['request', 'response'] as const) : (['response', 'request'] as const)
      observed.push(...pipeline.push({ type: 'close', connection: id, direction: first, time }))
      observed.push(...pipeline.push({ type: 'close', connection: id, direction: second, time }))
    }
  }
  return [...observed, ...pipeline.end(time)]
}

/** What a rule found in a conversation, as `severity path@offset`. */
export const foundBy = (code: string, talk: readonly Talk[]): string[] =>
  findingsIn(observeTalk(talk))
    .filter((finding) => finding.code === code)
    .map(({ severity, path, offset }) => `${severity} ${path}@${offset}`)
