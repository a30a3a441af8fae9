/**
 * Real traffic of which packets are lost, or one side, or the beginning: rules over a session must not take what was
 * not seen for what was not said.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { TlsDecryptor } from '../../src/capture/tls/decryptor.ts'
import { KeyLog } from '../../src/capture/tls/key-log.ts'
import { RULES } from '../../src/findings/rules/index.ts'
import { CAPTURES, capture } from '../capture/captures.ts'
import { pcap, type Record, readCapture } from '../capture/packets.ts'
import { hasPayload, travel } from '../capture/travel.ts'
import { Random } from '../random.ts'
import { findingsIn } from './observe.ts'

const SESSION = new Set(RULES.filter(({ kind }) => kind === 'session').map(({ code }) => code))
// The packets' times are the test's own, years before the records'.
SESSION.delete('records/timestamp-absurd')
const WHOLE = CAPTURES.filter((name) => !/^(?:u-|tls)/.test(name))

/** What session rules say graver than a note. */
const said = (records: readonly Record[]): string[] =>
  findingsIn(readCapture(pcap(records), { tls: new TlsDecryptor(new KeyLog(KEYS)) }).observed)
    .filter(({ code, severity }) => severity !== 'note' && SESSION.has(code))
    .map(({ code, severity, api, message }) => `${severity} ${code} ${api}: ${message}`)

const KEYS = readFileSync('captures/tls13-44.keylog', 'latin1')

describe.each(WHOLE)('%s', (name) => {
  const { segments } = readCapture(capture(name))

  test.each([1, 2, 3, 4, 5, 6])('with every twentieth packet lost (%i)', (seed) => {
    const random = new Random(seed * 77 + name.length)
    const records = travel(segments, { size: 400 })
    expect(said(records.filter((record) => !hasPayload(record) || random.below(20) > 0))).toEqual([])
  })

  test.each([0.1, 0.3, 0.5, 0.7])('from the middle (%f)', (part) => {
    const records = travel(segments, { size: 400 })
    expect(said(records.slice(Math.floor(records.length * part)))).toEqual([])
  })

  test.each([4, 7, 10])('without every connection that has a number divisible by %i', (n) => {
    expect(
      said(
        travel(
          segments.filter((segment) => idOf(segment) % n > 0),
          { size: 400 },
        ),
      ),
    ).toEqual([])
  })

  test.each(['request', 'response'] as const)('of one side only: %s', (side) => {
    const one = segments.filter((segment) => segment.type !== 'data' || segment.direction === side)
    expect(said(travel(one, { size: 400 }))).toEqual([])
  })
})

const idOf = (segment: ReturnType<typeof readCapture>['segments'][number]): number =>
  typeof segment.connection === 'number' ? segment.connection : segment.connection.id
