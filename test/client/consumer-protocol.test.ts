import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  assignRanges,
  readAssignment,
  readSubscription,
  writeAssignment,
  writeSubscription,
} from '../../src/client/consumer-protocol.ts'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

describe('the consumer protocol', () => {
  it('writes what every client reads: version 1, topics, no user data', () => {
    expect(hex(writeSubscription(['ab']))).toBe(`0001${'00000001'}${'00026162'}${'ffffffff'}${'00000000'}`)
    const assigned = writeAssignment([{ topic: 'ab', partitions: [0, 5] }])
    expect(hex(assigned)).toBe(`0001${'00000001'}${'00026162'}${'00000002'}${'00000000'}${'00000005'}${'ffffffff'}`)
    expect(readAssignment(assigned)).toEqual([{ topic: 'ab', partitions: [0, 5] }])
  })

  it('reads other versions, newer ones as far as they are known, and an empty assignment', () => {
    expect(readSubscription(Buffer.from('0000000000010001' + '61ffffffff', 'hex'))).toEqual(['a'])
    const newer = Buffer.from(`0009${'00000001'}${'000161'}${'ffffffff'}${'00000000'}${'ffffffff'}${'ffff'}2a`, 'hex')
    expect(readSubscription(newer)).toEqual(['a'])
    expect(readAssignment(new Uint8Array(0))).toEqual([])
  })

  it.each(['', '00', 'ffff', '0001', '00017fffffff', '000100000001ffff'])('says of %j that it is none', (text) => {
    expect(() => readSubscription(Buffer.from(text, 'hex'))).toThrow(/are no ConsumerProtocolSubscription/)
  })
})

describe('the range assignor', () => {
  it('gives what RangeAssignor of kafka-clients gives', () => {
    const members = new Map([
      ['c', ['t']],
      ['a', ['t', 'u']],
      ['b', ['u', 't']],
    ])
    const given = assignRanges(
      members,
      new Map([
        ['t', 7],
        ['u', 1],
      ]),
    )
    expect(given.get('a')).toEqual([
      { topic: 't', partitions: [0, 1, 2] },
      { topic: 'u', partitions: [0] },
    ])
    expect(given.get('b')).toEqual([{ topic: 't', partitions: [3, 4] }])
    expect(given.get('c')).toEqual([{ topic: 't', partitions: [5, 6] }])
  })

  it('gives every partition to one member, and to none two more than to another', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 100 }), (count, partitions) => {
        const members = new Map(Array.from({ length: count }, (_, i) => [`m${i}`, ['t']]))
        const given = [...assignRanges(members, new Map([['t', partitions]])).values()]
        const all = given.flatMap((one) => one.flatMap((each) => each.partitions))
        expect(all.sort((a, b) => a - b)).toEqual(Array.from({ length: partitions }, (_, i) => i))
        const sizes = given.map((one) => one.flatMap((each) => each.partitions).length)
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
      }),
    )
  })
})
