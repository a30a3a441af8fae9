import { expect, test } from 'vitest'
import { type DecodedFrame, decodeBody, decodeFrame, peekCorrelationId } from '../../src/codec/frame.ts'
import { isSound, Past } from '../../src/findings/diagnosis/past.ts'
import { inspectFrame } from '../../src/findings/inspect.ts'
import { Random } from '../random.ts'
import { loadTraffic, type TrafficFrame } from '../vectors.ts'
import { type Fault, faultsOf } from './faults.ts'

/** Every how manieth fault is diagnosed; 1 by hand. */
const STEP = Number(process.env.KAFKASCOPE_FAULT_STEP ?? 5)
/** Other bugs of the same kinds at other places. */
const SEED = Number(process.env.KAFKASCOPE_FAULT_SEED ?? 0)
/** How often each frame is given to chance, to learn which bugs can make the same bytes of it. */
const ROUNDS = 6

interface Planted {
  readonly frame: TrafficFrame
  readonly fault: Fault
  /** The frame with the fault in its body, and where its body begins. */
  readonly bytes: Buffer
  readonly start: number
  readonly request: DecodedFrame | null
  /** What went before in its capture. */
  readonly past: Past
  /** Causes that would have made the very same bytes. */
  readonly causes: ReadonlySet<string>
}

const decode = ({ kind, apiKey, version }: TrafficFrame, bytes: Uint8Array): DecodedFrame =>
  decodeFrame(bytes, { kind, apiKey, apiVersion: version })

/** Faults in one frame of each API, version and direction of the captures, every STEPth. */
function* plantedFaults(): Generator<Planted> {
  const traffic = loadTraffic()
  const requests = new Map<string, TrafficFrame>()
  const keyOf = (frame: TrafficFrame): string =>
    `${frame.capture} ${frame.connection} ${peekCorrelationId(Buffer.from(frame.frame, 'hex'), frame.kind)}`
  for (const frame of traffic) if (frame.kind === 'request') requests.set(keyOf(frame), frame)
  const done = new Set<string>()
  let i = 0
  let past = new Past()
  let capture = ''
  let time = 0
  for (const frame of traffic) {
    if (frame.capture !== capture) past = new Past()
    capture = frame.capture
    const key = `${frame.kind} ${frame.apiKey} ${frame.version}`
    const bytes = Buffer.from(frame.frame, 'hex')
    const decoded = decode(frame, bytes)
    const start = decoded.table.offset(decoded.bodyLine)
    const body = bytes.subarray(start)
    const { kind, apiKey, version: apiVersion } = frame
    const learn = (): void => {
      time += 50_000
      if (isSound(decoded)) past.learn({ kind, apiKey, apiVersion, time }, bytes, start)
    }
    if (done.has(key) || body.length < 16 || body.length > 3000) {
      learn()
      continue
    }
    done.add(key)
    const { model } = decoded.message!
    const { t } = decodeBody(body, decoded.message!)
    const asked = frame.kind === 'response' ? requests.get(keyOf(frame)) : undefined
    const request = asked ? decode(asked, Buffer.from(asked.frame, 'hex')) : null
    const rounds = Array.from({ length: ROUNDS }, (_, round) =>
      faultsOf(body, t, model, new Random(round + 1000 * SEED)),
    )
    const makers = new Map<string, Set<string>>()
    for (const { bytes: broken, cause } of rounds.flat()) {
      const key = broken.toString('latin1')
      makers.set(key, (makers.get(key) ?? new Set()).add(cause))
    }
    for (const fault of rounds[0]!) {
      if (i++ % STEP !== 0) continue
      const whole = Buffer.concat([bytes.subarray(0, start), fault.bytes])
      whole.writeInt32BE(whole.length - 4, 0)
      const causes = makers.get(fault.bytes.toString('latin1'))!
      yield { frame, fault, bytes: whole, start, request, past, causes }
    }
    learn()
  }
}

test('bugs planted in real traffic are seen, placed and explained', { timeout: 600_000 }, () => {
  const counts = { all: 0, seen: 0, placed: 0, first: 0, three: 0, clear: 0, clearFirst: 0 }
  for (const { frame, fault, bytes, start, request, past, causes } of plantedFaults()) {
    const findings = inspectFrame(decode(frame, bytes), { request: () => request, past })
    const found = findings.flatMap((finding) => finding.causes)
    const isFirst = found[0]?.cause === fault.cause
    counts.all++
    if (findings.length > 0) counts.seen++
    if ([...findings, ...found].some(({ offset }) => offset === fault.offset + start)) counts.placed++
    if (isFirst) counts.first++
    if (found.slice(0, 3).some(({ cause }) => cause === fault.cause)) counts.three++
    // Of bytes that two bugs make alike nobody can tell which it was.
    if (findings.length > 0 && causes.size === 1) {
      counts.clear++
      if (isFirst) counts.clearFirst++
    }
  }
  const share = (key: keyof typeof counts): number => counts[key] / counts.all
  if (process.env.KAFKASCOPE_FAULT_STEP) console.log(counts)
  // What was reached; a change that loses some of it has to say why.
  expect(share('seen')).toBeGreaterThan(0.98)
  expect(share('placed')).toBeGreaterThan(0.97)
  expect(share('first')).toBeGreaterThan(0.9)
  expect(share('three')).toBeGreaterThan(0.985)
  expect(counts.clearFirst / counts.clear).toBeGreaterThan(0.965)
})
