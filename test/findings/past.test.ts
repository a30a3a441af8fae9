import { describe, expect, test } from 'vitest'
import { type DecodedFrame, decodeFrame } from '../../src/codec/frame.ts'
import { responseMessage } from '../../src/codec/messages.ts'
import { Knowledge } from '../../src/findings/diagnosis/knowledge.ts'
import { Past } from '../../src/findings/diagnosis/past.ts'
import { type PlanField, planOf } from '../../src/findings/diagnosis/plan.ts'
import { inspectFrame } from '../../src/findings/inspect.ts'
import { Random } from '../random.ts'
import { loadTraffic } from '../vectors.ts'

const answer = (apiKey: number, apiVersion: number, body: string): DecodedFrame => {
  const size = (4 + body.length / 2).toString(16).padStart(8, '0')
  return decodeFrame(Buffer.from(`${size}00000001${body}`, 'hex'), { kind: 'response', apiKey, apiVersion })
}

const hex = (text: string): string => `${text.length.toString(16).padStart(4, '0')}${Buffer.from(text).toString('hex')}`

/** FindCoordinator v1: throttle time, error code, error message, node id, host, port. */
const coordinator = (node: number, host: string): string =>
  `00000000${'0000'}${'ffff'}${node.toString(16).padStart(8, '0')}${hex(host)}00002384`

const FIND_COORDINATOR = 10

/** FindCoordinator v0 asks for a group by its id. */
function asking(group: string): DecodedFrame {
  const rest = `000a000000000001ffff${hex(group)}`
  const bytes = Buffer.from((rest.length / 2).toString(16).padStart(8, '0') + rest, 'hex')
  return decodeFrame(bytes, { kind: 'request', apiKey: FIND_COORDINATOR, apiVersion: 0 })
}

describe('what went before in a session', () => {
  const plan = planOf(responseMessage(FIND_COORDINATOR, 1)!.model)
  const field = (name: string): PlanField => plan.fields.find((f) => f.name === name)!
  const knowing = (...frames: readonly DecodedFrame[]): Knowledge => {
    const past = new Past()
    for (const frame of frames) past.see(frame)
    const known = new Knowledge(undefined, past)
    known.turnTo(plan)
    return known
  }
  const text = (known: Knowledge, said: string): number => {
    const bytes = Buffer.from(said)
    return known.text(field('host'), bytes, 0, bytes.length, () => 50)
  }
  const seen = Array.from({ length: 5 }, () => answer(FIND_COORDINATOR, 1, coordinator(1, 'kafka-1')))

  test('makes texts likely that were named before, in whatever message', () => {
    expect(text(knowing(asking('group-7')), 'group-7')).toBeLessThan(10)
    expect(text(knowing(asking('group-7')), 'group-8')).toBe(50)
  })

  test('makes what a field held likely, and what it never held less so', () => {
    const known = knowing(...seen)
    expect(text(known, 'kafka-1')).toBeLessThan(1)
    expect(text(known, 'kafka-9')).toBeGreaterThan(50)
    expect(known.number(field('throttleTimeMs'), 0, 1.5)).toBeLessThan(0.5)
    expect(known.number(field('throttleTimeMs'), 70_000, 20)).toBeGreaterThan(20)
  })

  test('makes brokers likely that another message named', () => {
    // Metadata v0: broker 777, no topics.
    const metadata = answer(3, 0, `00000001${'00000309'}${hex('kafka-7')}00002384${'00000000'}`)
    expect(knowing(metadata).number(field('nodeId'), 777, 15)).toBeLessThan(5)
    expect(knowing(metadata).number(field('nodeId'), 778, 15)).toBe(15)
  })

  test('holds no more than a bounded number of texts', () => {
    const past = new Past()
    for (let i = 0; i < 10_000; i++) {
      past.see(asking(`group-${i}`))
      if (i % 5 === 0) past.remember()
    }
    const bits = (said: string): number | null => past.textBits(Buffer.from(said), 0, said.length)
    expect(bits('group-0')).toBeNull()
    expect(bits('group-9990')).not.toBeNull()
  })

  test('is not learned from what is broken', () => {
    const past = new Past()
    const broken = answer(FIND_COORDINATOR, 1, coordinator(1, 'kafka-1').slice(0, -2))
    past.see(broken)
    expect(inspectFrame(broken, { past })).toEqual(inspectFrame(broken, { past: new Past() }))
  })

  test('changes nothing in what is sound, and is not changed by being asked', () => {
    const frames = loadTraffic().slice(0, 300)
    const decode = ({ kind, apiKey, version, frame }: (typeof frames)[number]): DecodedFrame =>
      decodeFrame(Buffer.from(frame, 'hex'), { kind, apiKey, apiVersion: version })
    const past = new Past()
    const random = new Random(1)
    for (const frame of frames) {
      expect(inspectFrame(decode(frame), { past })).toEqual([])
      past.see(decode(frame))
      if (random.below(10) > 0) continue
      const bytes = Buffer.from(frame.frame, 'hex').subarray(0, -1)
      bytes.writeInt32BE(bytes.length - 4, 0)
      const cut = { ...frame, frame: bytes.toString('hex') }
      expect(inspectFrame(decode(cut), { past })).toEqual(inspectFrame(decode(cut), { past }))
    }
  })
})
