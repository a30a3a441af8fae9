/** What a message is, found from its bytes: over the vectors of Kafka's own classes, real traffic, and noise. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { framesIn, type Guess, guessMessage, type Known } from '../../src/findings/guess.ts'
import { jsonLines, loadTraffic, loadVectors, type Vector } from '../vectors.ts'

const bytesOf = (hex: string): Uint8Array => Buffer.from(hex, 'hex')
const guess = (hex: string, known?: Known) => guessMessage(bytesOf(hex), known)

const isVersion = (found: Guess, version: number): boolean => found.version === version || found.alike.includes(version)

/** How many of so many were the first guess, and among the first three. */
function rates<T>(all: readonly T[], hexOf: (one: T) => string, is: (found: Guess, one: T) => boolean, known?: Known) {
  let first = 0
  let three = 0
  let sure = 0
  let wronglySure = 0
  for (const one of all) {
    const { guesses } = guess(hexOf(one), known)
    if (guesses[0] && is(guesses[0], one)) first++
    if (guesses.slice(0, 3).some((found) => is(found, one))) three++
    if (guesses[0] && guesses[0].certainty > 0.9) {
      sure++
      if (!is(guesses[0], one)) wronglySure++
    }
  }
  return { first: first / all.length, three: three / all.length, wronglySure: wronglySure / Math.max(1, sure) }
}

const every = <T>(all: readonly T[], step: number): T[] => all.filter((_one, i) => i % step === 0)

describe('frames of real traffic', () => {
  const traffic = every(loadTraffic(), 5)
  const is = (found: Guess, { kind, apiKey, version }: (typeof traffic)[number]): boolean =>
    found.kind === kind && found.apiKey === apiKey && isVersion(found, version)

  it.each([
    ['whole', 0, {}],
    ['without their size field', 8, {}],
    ['of a kind that is known', 0, { form: 'frame' }],
  ] as const)('%s', (_form, cut, known) => {
    const { first, three, wronglySure } = rates(traffic, ({ frame }) => frame.slice(cut), is, known)
    expect(first).toBeGreaterThan(0.94)
    expect(three).toBeGreaterThan(0.98)
    expect(wronglySure).toBeLessThan(0.01)
  })

  it('requests are certain', () => {
    const requests = traffic.filter(({ kind }) => kind === 'request')
    expect(rates(requests, ({ frame }) => frame, is).first).toBe(1)
  })
})

/** Values of the vectors are extreme on purpose, so that answers of several APIs that are laid out alike abound. */
describe('messages of Kafka\u2019s own classes', () => {
  const vectors = every(loadVectors('4.4.0'), 11).filter(({ kind, hex }) => kind !== 'header' && hex.length > 0)
  const is = (found: Guess, { name, version }: Vector): boolean => found.name === name && isVersion(found, version)

  it('as frames', () => {
    const framed = vectors.filter(({ frame }) => frame !== undefined)
    const { first, three, wronglySure } = rates(framed, ({ frame }) => frame!, is)
    expect(first).toBeGreaterThan(0.84)
    expect(three).toBeGreaterThan(0.88)
    expect(wronglySure).toBeLessThan(0.06)
  })

  it('as bodies alone', () => {
    const { first, three } = rates(vectors, ({ hex }) => hex, is, { form: 'body' })
    expect(first).toBeGreaterThan(0.66)
    expect(three).toBeGreaterThan(0.82)
  })

  it('the kind and version, where the API is known', () => {
    const apis = vectors.filter(({ apiKey, kind }) => apiKey !== null && kind !== 'data')
    let right = 0
    for (const vector of apis) {
      const { guesses } = guess(vector.hex, { apiKey: vector.apiKey!, form: 'body' })
      if (guesses[0] && is(guesses[0], vector)) right++
    }
    expect(right / apis.length).toBeGreaterThan(0.88)
  })
})

it('finds out what a broken frame was', () => {
  const broken = jsonLines('captures/vectors/broken.jsonl.gz')
    .map((line) => JSON.parse(line))
    .filter(({ scope, label }) => scope === 'frame' && /header|client|tag/.test(label))
  const some = every(broken, Math.max(1, Math.floor(broken.length / 60)))
  const is = (found: Guess, { name }: { name: string; frame: string }): boolean => found.name === name
  expect(some.length).toBeGreaterThan(10)
  expect(rates(some, ({ frame }) => frame, is).first).toBeGreaterThan(0.8)
})

const HEARTBEAT_ANSWER = '0000000600000004001b'

describe('what is known and what is hinted', () => {
  it('takes only what was said', () => {
    for (const found of guess(HEARTBEAT_ANSWER, { apiKey: 14 }).guesses) expect(found.name).toMatch(/^SyncGroup/)
    for (const found of guess(HEARTBEAT_ANSWER, { kind: 'request' }).guesses) expect(found.kind).toBe('request')
    for (const found of guess(HEARTBEAT_ANSWER, { version: 0 }).guesses) expect(found.version).toBe(0)
  })

  it('lets words nearby decide between what reads alike', () => {
    const [plain] = guess(HEARTBEAT_ANSWER).guesses
    const [hinted] = guess(HEARTBEAT_ANSWER, { hints: { apiKeys: [13], kind: 'response' } }).guesses
    expect(hinted).toMatchObject({ name: 'LeaveGroupResponse', version: 0, sound: true })
    expect(plain!.name).toBe('HeartbeatResponse')
    expect(hinted!.certainty).toBeGreaterThan(0.6)
  })
})

it('says that noise is nothing, and never throws or hangs', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const { guesses, nothing } = guessMessage(bytes)
      const sum = guesses.reduce((total, { certainty }) => total + certainty, nothing)
      expect(sum).toBeLessThanOrEqual(1)
    }),
    { numRuns: 100 },
  )
  const text = Buffer.from('The quick brown fox jumps over the lazy dog, and then some more of it follows here.')
  expect(guessMessage(text).nothing).toBeGreaterThan(0.9)
})

it('is bounded in time for large bodies', () => {
  const began = performance.now()
  guessMessage(Buffer.alloc(8 * 1024 * 1024, 0x61))
  guessMessage(Buffer.alloc(1024 * 1024))
  expect(performance.now() - began).toBeLessThan(20_000)
})

describe('several frames in one read', () => {
  it('are cut apart where their sizes fill the bytes', () => {
    const two = framesIn(bytesOf(HEARTBEAT_ANSWER + HEARTBEAT_ANSWER))
    expect(two?.map((frame) => Buffer.from(frame).toString('hex'))).toEqual([HEARTBEAT_ANSWER, HEARTBEAT_ANSWER])
  })
  it.each(['', HEARTBEAT_ANSWER, `${HEARTBEAT_ANSWER}00`, '0000000000000000'])('%s is none', (hex) => {
    expect(framesIn(bytesOf(hex))).toBeNull()
  })
})
