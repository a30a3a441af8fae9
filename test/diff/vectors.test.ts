import { describe, expect, test } from 'vitest'
import { fromHex, toHex } from '../../src/bytes/hex.ts'
import { Random } from '../../src/bytes/random.ts'
import { encodeMessage } from '../../src/codec/encode.ts'
import { decodeBody } from '../../src/codec/frame.ts'
import { messageByName, messageHeaders } from '../../src/codec/messages.ts'
import { profileOf, sampleValue } from '../../src/codec/sample.ts'
import { bytesDifference, classDifferences, classJson, ownDifference, type Vector } from '../../src/diff/vectors.ts'
import { knownVersions } from '../../src/schema/concretise.ts'

function vector(name: string, version: number, index: number, seed = 1): Vector {
  const message = messageByName(name, version)!
  const value = sampleValue(message.model, new Random(seed), profileOf(index))
  return { message, index, value, hex: toHex(encodeMessage(message.model, value)) }
}

const named = (name: string, version: number, value: Vector['value']): Vector => {
  const message = messageByName(name, version)!
  return { message, index: 0, value, hex: toHex(encodeMessage(message.model, value)) }
}

test('samples of every message version are read back to what was encoded, without a flaw', () => {
  for (const header of messageHeaders()) {
    for (const version of knownVersions(header)) {
      for (const index of [0, 1, 2, 3, 4, 5, 6]) {
        const one = vector(header.name, version, index, version + index)
        expect(ownDifference(one)).toBeNull()
        const flaws = decodeBody(fromHex(one.hex), one.message).flaws.map(({ code }) => code)
        expect(flaws, `${header.name} v${version}`).toEqual([])
      }
    }
  }
})

test('the same seed makes the same sample, another seed another', () => {
  expect(vector('FetchResponse', 16, 9, 5).hex).toBe(vector('FetchResponse', 16, 9, 5).hex)
  expect(vector('FetchResponse', 16, 9, 5).hex).not.toBe(vector('FetchResponse', 16, 9, 6).hex)
})

describe('what a class answers', () => {
  const heartbeat = named('HeartbeatResponse', 1, { throttleTimeMs: 7, errorCode: 25 })

  test('the same of everything is no difference', () => {
    const answer = { json: { throttleTimeMs: 7, errorCode: 25 }, rewritten: heartbeat.hex, written: heartbeat.hex }
    expect(classDifferences(heartbeat, answer)).toEqual([])
  })

  test('another value is named by its path, other bytes by field and offset', () => {
    const answer = { json: { throttleTimeMs: 7, errorCode: 26 }, rewritten: '00000007001a', written: '0000000700' }
    expect(classDifferences(heartbeat, answer)).toMatchObject([
      { what: 'class reads', path: 'errorCode', offset: null },
      { what: 'class rewrites', path: 'errorCode', offset: 5 },
      { what: 'class writes', path: 'errorCode', offset: 5 },
    ])
  })

  test('bytes beyond ours have no field', () => {
    expect(bytesDifference(heartbeat, 'encoder writes', `${heartbeat.hex}00`)).toMatchObject({ path: '', offset: 6 })
  })

  test("a refusal is a difference, with the class's words", () => {
    expect(classDifferences(heartbeat, { readError: '3 bytes left over' })).toMatchObject([
      { what: 'class reads', theirs: '3 bytes left over' },
    ])
  })
})

test('a float64 without a fraction gets one for the class', () => {
  const quota = named('ClientQuotaRecord', 0, { entity: [], key: 'k', value: 3, remove: false })
  expect(classJson(quota)).toContain('"value":3.0')
})
