/** Groups of real clients and brokers break no rule: whole, from the middle, one-sided, with holes. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { TlsDecryptor } from '../../../src/capture/tls/decryptor.ts'
import { KeyLog } from '../../../src/capture/tls/key-log.ts'
import { Pipeline } from '../../../src/findings/pipeline.ts'
import type { Segment } from '../../../src/session/segment.ts'
import { CAPTURES, capture } from '../../capture/captures.ts'
import { readCapture } from '../../capture/packets.ts'
import { Random } from '../../random.ts'

const KEYS = readFileSync('captures/tls13-44.keylog', 'latin1')

const segmentsOf = (name: string): readonly Segment[] =>
  readCapture(capture(name), { tls: new TlsDecryptor(new KeyLog(KEYS)) }).segments

/** Sentences of what is found in groups, and how many groups there are. */
function groupsIn(segments: readonly Segment[]): { found: string[]; groups: number } {
  const pipeline = new Pipeline()
  const observed = [
    ...segments.flatMap((segment) => pipeline.push(segment)),
    ...pipeline.end(segments.at(-1)?.time ?? 0),
  ]
  const found = observed
    .flatMap((event) => (event.type === 'exchange' ? event.findings : event.type === 'finding' ? [event.finding] : []))
    .filter(({ code }) => code.startsWith('group/'))
    .map(({ code, message }) => `${code}: ${message}`)
  return { found, groups: pipeline.groups.all.size }
}

/** As if the capture had begun at this segment. */
function fromTheMiddle(segments: readonly Segment[], from: number): Segment[] {
  const open = new Set<number>()
  for (const segment of segments.slice(0, from)) {
    if (segment.type === 'open') open.add(segment.connection.id)
    else if (segment.type === 'close' && segment.direction === undefined) open.delete(segment.connection)
  }
  const opened = segments
    .slice(0, from)
    .flatMap((segment): Segment[] =>
      segment.type === 'open' && open.has(segment.connection.id)
        ? [{ ...segment, connection: { ...segment.connection, midstream: true }, time: segments[from]!.time }]
        : [],
    )
  return [...opened, ...segments.slice(from)]
}

/** Some data of some connections lost, told as a gap. */
const withHoles = (segments: readonly Segment[], random: Random, oneIn: number): Segment[] =>
  segments.map((segment) =>
    segment.type === 'data' && random.below(oneIn) === 0
      ? {
          type: 'gap',
          connection: segment.connection,
          direction: segment.direction,
          time: segment.time,
          bytes: segment.bytes.length,
        }
      : segment,
  )

const connectionOf = (segment: Segment): number =>
  segment.type === 'open' ? segment.connection.id : segment.connection

describe.each(CAPTURES)('%s', (name) => {
  const segments = segmentsOf(name)

  test('whole', () => expect(groupsIn(segments).found).toEqual([]))

  test('from the middle', () => {
    for (let part = 1; part < 12; part++) {
      expect(groupsIn(fromTheMiddle(segments, Math.floor((segments.length * part) / 12))).found).toEqual([])
    }
  })

  test('with some connections missing, or one side of them', () => {
    for (let seed = 1; seed <= 8; seed++) {
      const random = new Random(seed)
      const how = new Map<number, number>()
      const kept = segments.filter((segment) => {
        const id = connectionOf(segment)
        const way = how.get(id) ?? random.below(6)
        how.set(id, way)
        if (way === 0) return false
        return !(
          segment.type === 'data' &&
          ((way === 1 && segment.direction === 'request') || (way === 2 && segment.direction === 'response'))
        )
      })
      expect(groupsIn(kept).found).toEqual([])
    }
  })

  test('with holes', () => {
    for (let seed = 1; seed <= 8; seed++)
      expect(groupsIn(withHoles(segments, new Random(seed), 4 + seed * 5)).found).toEqual([])
  })
})

test('there are groups in them', () => {
  const count = CAPTURES.reduce((sum, name) => sum + groupsIn(segmentsOf(name)).groups, 0)
  expect(count).toBeGreaterThanOrEqual(12)
})
