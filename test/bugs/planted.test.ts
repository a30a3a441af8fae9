/** Every bug that can be planted: what it makes of a real answer, and that the diagnosis names it first. */
import { describe, expect, test } from 'vitest'
import { BUGS } from '../../src/bugs/kinds/index.ts'
import { Planter } from '../../src/bugs/planter.ts'
import { parseBug } from '../../src/bugs/spec.ts'
import { decodeFrame } from '../../src/codec/frame.ts'
import { apiKeyOf } from '../../src/codec/messages.ts'
import { inspectFrame } from '../../src/findings/inspect.ts'
import { loadTraffic } from '../vectors.ts'

const answers = loadTraffic().filter(({ kind, frame }) => kind === 'response' && frame.length < 6000)

/** The largest answer of that API and version in the captures. */
function realAnswer(api: string, version: number): Uint8Array {
  const frames = answers.filter((answer) => answer.apiKey === apiKeyOf(api) && answer.version === version)
  const largest = frames.reduce((a, b) => (b.frame.length > a.frame.length ? b : a))
  return Buffer.from(largest.frame, 'hex')
}

/** Where a bug is tried: what is planted, in which answer. Rows of one bug have all that tell it apart. */
const EXAMPLES: readonly (readonly [spec: string, api: string, version: number])[] = [
  ['shared-error-body', 'JoinGroup', 5],
  ['other-api', 'JoinGroup', 5],
  ['other-api', 'JoinGroup', 9],
  ['other-version', 'JoinGroup', 9],
  ['truncated', 'JoinGroup', 5],
  ['truncated:Metadata:topics.name', 'Metadata', 12],
  ['missing-field', 'JoinGroup', 9],
  // The cluster id there is null: a zero byte, which a tag buffer is too.
  ['missing-field:Metadata:controllerId', 'Metadata', 12],
  ['extra-field', 'JoinGroup', 5],
  ['extra-field', 'JoinGroup', 9],
  ['trailing-bytes', 'JoinGroup', 9],
  // A zero written twice would be a zero of twice the width to anybody, so a field is named.
  ['doubled-field:JoinGroup:leader', 'JoinGroup', 5],
  ['swapped-fields', 'JoinGroup', 5],
  ['wrong-width', 'JoinGroup', 5],
  ['wrong-width:Metadata:brokers.port', 'Metadata', 12],
  // Known to be wrong in larger answers, with arrays of arrays: there the whole encoder's is not found first.
  ['little-endian:FindCoordinator', 'FindCoordinator', 2],
  ['missing-tag-buffer', 'JoinGroup', 9],
  ['missing-tag-buffer:Metadata:topics._tags', 'Metadata', 12],
  ['unexpected-tag-buffer', 'JoinGroup', 5],
  ['classic-length', 'JoinGroup', 9],
  ['compact-length', 'JoinGroup', 5],
  ['compact-off-by-one', 'JoinGroup', 9],
  ['wrong-length', 'JoinGroup', 5],
  ['wrong-length', 'JoinGroup', 9],
  ['huge-length', 'JoinGroup', 5],
  ['negative-length', 'JoinGroup', 5],
  ['wrong-count', 'JoinGroup', 9],
  ['huge-count', 'JoinGroup', 5],
  ['null-not-allowed', 'JoinGroup', 9],
  ['bad-boolean', 'Metadata', 12],
  ['bad-utf8', 'JoinGroup', 9],
  ['varint-too-long', 'JoinGroup', 9],
  ['varint-not-minimal', 'JoinGroup', 9],
  ['tag-order', 'JoinGroup', 9],
  ['duplicate-tag', 'JoinGroup', 9],
  ['tag-version', 'Fetch', 12],
  ['tag-size', 'ApiVersions', 3],
  ['wrong-header', 'JoinGroup', 5],
  ['wrong-header', 'JoinGroup', 9],
  ['frame-size', 'JoinGroup', 5],
  ['long-frame-size', 'JoinGroup', 5],
  ['negative-frame-size', 'JoinGroup', 5],
  ['huge-frame-size', 'JoinGroup', 5],
  ['correlation-mismatch', 'JoinGroup', 5],
  ['batch-crc', 'Fetch', 11],
  ['batch-length', 'Fetch', 11],
  ['batch-magic', 'Fetch', 11],
  ['batch-count', 'Fetch', 12],
  ['batch-offset-delta', 'Fetch', 12],
  ['batch-codec', 'Fetch', 11],
  ['record-length', 'Fetch', 11],
]

/** The same, its message being whole and sound: what comes is no Kafka, or nothing. */
const NO_MESSAGE = ['http-answer', 'no-answer', 'closed-connection']

test('every bug has an example', () => {
  const tried = new Set(EXAMPLES.map(([spec]) => spec.split(':')[0]))
  expect(BUGS.filter(({ name }) => !tried.has(name)).map(({ name }) => name)).toEqual(NO_MESSAGE)
})

describe('the diagnosis of a planted bug names it first', () => {
  test.each(EXAMPLES)('%s in %s v%i', (text, api, apiVersion) => {
    const spec = parseBug(text)
    if (!('bug' in spec)) throw new Error('a bug of the coordinator')
    const apiKey = apiKeyOf(api)!
    const sound = realAnswer(api, apiVersion)
    const correlationId = Buffer.from(sound).readInt32BE(4)
    const planted = new Planter([spec]).plant(sound, apiKey, apiVersion) as Uint8Array
    expect(Buffer.compare(planted, sound)).not.toBe(0)
    const frame = decodeFrame(planted, { kind: 'response', apiKey, apiVersion })
    const findings = inspectFrame(frame, { correlationId })
    expect(findings.flatMap(({ causes }) => causes)[0]?.cause).toBe(spec.bug.cause)
  })
})

test('an answer that has no place for the bug, or is none, passes as it is', () => {
  const planter = new Planter([parseBug('bad-boolean:JoinGroup'), parseBug('missing-field:JoinGroup')])
  const heartbeat = Buffer.from('0000000a000000010000000000000000', 'hex')
  expect(planter.wants(12, 3)).toBe(false)
  expect(planter.plant(heartbeat, 12, 3)).toBe(heartbeat)
  const broken = Buffer.from('00000008000000010000000000', 'hex')
  expect(planter.plant(broken, 11, 5)).toBe(broken)
  const sound = realAnswer('JoinGroup', 5)
  expect(new Planter([parseBug('bad-boolean:JoinGroup')]).plant(sound, 11, 5)).toBe(sound)
})

test('the original bug: JoinGroup v5 is answered by four zero bytes', () => {
  const sound = realAnswer('JoinGroup', 5)
  const planted = new Planter([parseBug('shared-error-body')]).plant(sound, 11, 5) as Uint8Array
  expect(Buffer.from(planted).toString('hex')).toBe(
    `00000008${Buffer.from(sound.subarray(4, 8)).toString('hex')}00000000`,
  )
})
