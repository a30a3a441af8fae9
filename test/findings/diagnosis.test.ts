import { describe, expect, test } from 'vitest'
import { type DecodedFrame, decodeBody, decodeFrame } from '../../src/codec/frame.ts'
import { messageByName } from '../../src/codec/messages.ts'
import { echoesOf } from '../../src/findings/diagnosis/echoes.ts'
import type { Cause, Finding } from '../../src/findings/finding.ts'
import { inspectBody, inspectFrame } from '../../src/findings/inspect.ts'
import { damage, Random } from '../random.ts'
import { jsonLines, loadTraffic, loadVectors } from '../vectors.ts'

interface Broken {
  readonly id: string
  readonly name: string
  readonly version: number
  readonly apiKey: number
  readonly kind: 'request' | 'response'
  readonly label: string
  readonly cause: string
  readonly scope: 'body' | 'frame'
  readonly offset: number
  readonly hex: string
  readonly frame: string
  readonly expectedCorrelationId?: number
}

const broken = jsonLines('captures/vectors/broken.jsonl.gz').map((line) => JSON.parse(line) as Broken)

/** Bytes from which nobody can tell. */
const UNPROVABLE = ['wrong-endian', 'encoder-little-endian']

function inspect(line: Broken): readonly Finding[] {
  if (line.scope === 'body') {
    const message = messageByName(line.name, line.version)!
    const bytes = Buffer.from(line.hex, 'hex')
    return inspectBody(message, bytes, decodeBody(bytes, message))
  }
  const bytes = Buffer.from(line.frame, 'hex')
  const request = line.kind === 'request'
  const apiKey = request ? bytes.readInt16BE(4) : line.apiKey
  const apiVersion = request ? bytes.readInt16BE(6) : line.version
  const frame = decodeFrame(bytes, { kind: line.kind, apiKey, apiVersion })
  return inspectFrame(frame, { correlationId: line.expectedCorrelationId ?? null })
}

test('broken messages of all kinds are seen, placed and explained', () => {
  const provable = broken.filter(({ label }) => !UNPROVABLE.includes(label))
  let [seen, placed, first, three] = [0, 0, 0, 0]
  for (const line of provable) {
    const findings = inspect(line)
    const causes = findings.flatMap((finding) => finding.causes)
    for (const { causes: ranked } of findings) {
      const scores = ranked.map(({ score }) => score)
      expect(scores).toEqual([...scores].sort((a, b) => b - a))
      expect(scores.reduce((sum, score) => sum + score, 0)).toBeLessThanOrEqual(1)
    }
    if (findings.length > 0) seen++
    if ([...findings, ...causes].some(({ offset }) => offset === line.offset)) placed++
    if (causes[0]?.cause === line.cause) first++
    if (causes.slice(0, 3).some(({ cause }) => cause === line.cause)) three++
  }
  const share = (count: number): number => count / provable.length
  // What was reached; a change that loses some of it has to say why.
  expect(share(seen)).toBeGreaterThan(0.989)
  expect(share(placed)).toBeGreaterThan(0.985)
  expect(share(first)).toBeGreaterThan(0.935)
  expect(share(three)).toBeGreaterThan(0.98)
})

test('what librdkafka says of the original case', () => {
  // Its log, 2.16.0: "Protocol read buffer underflow for JoinGroup v5 at 4/4 (rd_kafka_cgrp_handle_JoinGroup:2324):
  // expected 2 bytes > 0 remaining bytes (incorrect broker.version.fallback?)".
  const frame = Buffer.from('000000080000000400000000', 'hex')
  const [finding] = inspectFrame(decodeFrame(frame, { kind: 'response', apiKey: 11, apiVersion: 5 }))
  expect(finding!.clients).toMatchObject({
    librdkafka: 'Protocol read buffer underflow for JoinGroup v5 at 4/4: expected 2 bytes > 0 remaining bytes',
  })
})

describe('the causes of a finding', () => {
  const causesOf = (name: string, version: number, hex: string): readonly Cause[] => {
    const message = messageByName(name, version)!
    const bytes = Buffer.from(hex, 'hex')
    return inspectBody(message, bytes, decodeBody(bytes, message))[0]!.causes
  }

  test('the original case: a JoinGroup v5 answered by four zero bytes', () => {
    const [best] = causesOf('JoinGroupResponse', 5, '00000000')
    expect(best).toMatchObject({ cause: 'other-api', offset: 0, evidence: { actualApi: 'shared error answer' } })
    expect(best!.message).toBe(
      'the whole body is a four-byte error answer shared by APIs, not a JoinGroupResponse of any version',
    )
    expect(best!.score).toBeGreaterThan(0.9)
  })

  test('an encoder that forgets the tag buffers, and one that writes compact lengths without their plus one', () => {
    // groupId "group", generation 7, memberId "member", groupInstanceId "i".
    const [best] = causesOf('HeartbeatRequest', 4, '0667726f757000000007076d656d6265720269')
    expect(best).toMatchObject({ cause: 'missing-tag-buffer', path: '_tags', offset: 19 })
    // groupInstanceId null is one zero byte, as an empty tag buffer is: either may be what was forgotten.
    const two = causesOf('HeartbeatRequest', 4, '0667726f757000000007076d656d62657200').slice(0, 2)
    expect(two.map(({ cause }) => cause).sort()).toEqual(['missing-field', 'missing-tag-buffer'])
    const [other] = causesOf('HeartbeatRequest', 4, '0567726f7570000000070' + '66d656d6265720000')
    expect(other).toMatchObject({ cause: 'compact-off-by-one', path: 'groupId', offset: 0, occurrences: 3 })
  })
})

describe('bodies that read well', () => {
  const findingsIn = (name: string, version: number, hex: string): readonly Finding[] => {
    const message = messageByName(name, version)!
    const bytes = Buffer.from(hex, 'hex')
    return inspectBody(message, bytes, decodeBody(bytes, message))
  }
  // transactionalId null, acks -1, timeoutMs 1500, no topics.
  const sound = 'ffff' + 'ffff' + '000005dc' + '00000000'

  test('are doubted where two integers make sense only in the other order', () => {
    expect(findingsIn('ProduceRequest', 3, sound)).toEqual([])
    const [finding] = findingsIn('ProduceRequest', 3, 'ffff' + '000005dc' + 'ffff' + '00000000')
    expect(finding).toMatchObject({ code: 'body/unlikely', severity: 'warning', path: 'acks', offset: 2 })
    expect(finding!.causes[0]).toMatchObject({ cause: 'swapped-fields', path: 'acks', offset: 2 })
  })

  test('are believed where a limit is round, and not surely doubted where a number ends in zero bytes', () => {
    // replicaId -1, maxWaitMs 500, minBytes 1, maxBytes 16 MiB, isolationLevel 0, no topics.
    const fetch = 'ffffffff' + '000001f4' + '00000001' + '01000000' + '00' + '00000000'
    expect(findingsIn('FetchRequest', 4, fetch)).toEqual([])
    // One topic "t", partition 0 without an error, base offset 65536, no append time.
    const produced = `00000001${'000174'}00000001${'00000000'}${'0000'}${'0000000000010000'}${'ff'.repeat(8)}`
    const grave = findingsIn('ProduceResponse', 3, `${produced}00000000`).filter(({ severity }) => severity !== 'note')
    expect(grave).toEqual([])
  })

  test('are doubted where a tag makes sense only with another size', () => {
    // Tag 64 of three bytes, tag 128 of 127; with a size of 2 the third byte begins another number, 16439, of as many.
    const contents = 'ff'.repeat(127)
    const tags = (size: string): string => `02${'40'}${size}6162b7${'8001'}7f${contents}`
    expect(findingsIn('ApiVersionsRequest', 3, `0261${'0262'}${tags('03')}`)).toEqual([])
    const [finding] = findingsIn('ApiVersionsRequest', 3, `0261${'0262'}${tags('02')}`)
    expect(finding!.causes[0]).toMatchObject({ cause: 'tag-size', evidence: { tag: 64, claimed: 2, actual: 3 } })
  })

  test('give no error and no warning where they are sound, whatever they hold', { timeout: 60_000 }, () => {
    for (const release of ['4.4.0', '3.9.2'] as const) {
      for (const { id, name, version, hex } of loadVectors(release)) {
        const grave = findingsIn(name, version, hex).filter(({ severity }) => severity !== 'note')
        expect({ id, grave }).toEqual({ id, grave: [] })
      }
    }
  })
})

test('texts that the request named are believed in its answer', () => {
  // DeleteGroupsRequest v0 of "g-7"; its answer v0, with errorCode before groupId, could be a shorter text too.
  const request = decodeFrame(
    Buffer.from('00000013' + '002a0000' + '00000001' + 'ffff' + '00000001' + '0003672d37', 'hex'),
    {
      kind: 'request',
      apiKey: 42,
      apiVersion: 0,
    },
  )
  const named = Buffer.from('g-7')
  expect(echoesOf(request).hasText(named, 0, named.length)).toBe(true)
  expect(echoesOf(request).hasText(named, 1, named.length)).toBe(false)
  const answer = Buffer.from('00000013' + '00000001' + '00000000' + '00000001' + '0002672d37' + '0000', 'hex')
  const frame = decodeFrame(answer, { kind: 'response', apiKey: 42, apiVersion: 0 })
  const scoreOf = (findings: readonly Finding[]): number =>
    findings[0]!.causes.find(({ cause }) => cause === 'wrong-length')?.score ?? 0
  const alone = scoreOf(inspectFrame(frame))
  const known = scoreOf(inspectFrame(frame, { request: () => request }))
  expect(known).toBeGreaterThan(alone)
})

describe('how many were asked for tells a count that is off from an answer that was cut', () => {
  // DeleteGroups v0: an answer that counts two groups and ends after the first.
  const body = '00000000' + '00000002' + '0001610000'
  const answer = Buffer.from(`${(4 + body.length / 2).toString(16).padStart(8, '0')}00000001${body}`, 'hex')
  const frame = (): DecodedFrame => decodeFrame(answer, { kind: 'response', apiKey: 42, apiVersion: 0 })
  const asking = (groups: readonly string[]): DecodedFrame => {
    const names = groups.map((name) => `0001${Buffer.from(name).toString('hex')}`).join('')
    const rest = `002a000000000001ffff${groups.length.toString(16).padStart(8, '0')}${names}`
    const bytes = Buffer.from((rest.length / 2).toString(16).padStart(8, '0') + rest, 'hex')
    return decodeFrame(bytes, { kind: 'request', apiKey: 42, apiVersion: 0 })
  }
  test.each([
    [['a'], 'wrong-count'],
    [['a', 'b'], 'truncated'],
  ] as const)('asked for %j: %s', (groups, cause) => {
    const request = asking(groups)
    expect(inspectFrame(frame(), { request: () => request })[0]!.causes[0]!.cause).toBe(cause)
  })
})

test('sound messages are explained by nothing', () => {
  for (const { kind, apiKey, version, frame } of loadTraffic()) {
    expect(inspectFrame(decodeFrame(Buffer.from(frame, 'hex'), { kind, apiKey, apiVersion: version }))).toEqual([])
  }
})

test('any damage is explained or not, but never thrown over', { timeout: 300_000 }, () => {
  const vectors = loadVectors('4.4.0')
  for (let i = 0; i < 800; i++) {
    const vector = vectors[(i * 7) % vectors.length]!
    const message = messageByName(vector.name, vector.version)!
    const bytes = damage(Buffer.from(vector.hex, 'hex').subarray(0, 400), new Random(i))
    for (const { causes } of inspectBody(message, bytes, decodeBody(bytes, message))) {
      for (const { offset } of causes) {
        if (offset < 0 || offset > bytes.length) throw new Error(`${vector.id} damage ${i}: a cause lies outside`)
      }
    }
  }
})
