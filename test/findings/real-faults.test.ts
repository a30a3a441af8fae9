import { expect, test } from 'vitest'
import { decodeBody, decodeFrame } from '../../src/codec/frame.ts'
import { inspectBody } from '../../src/findings/inspect.ts'
import { Random } from '../random.ts'
import { loadTraffic } from '../vectors.ts'
import { type Fault, faultsOf } from './faults.ts'

/** Every how manieth fault is diagnosed; 1 by hand. */
const STEP = Number(process.env.KAFKASCOPE_FAULT_STEP ?? 7)

/** Faults in one frame of each API, version and direction of the captures. */
function* realFaults(): Generator<{ message: NonNullable<ReturnType<typeof decodeFrame>['message']>; fault: Fault }> {
  const done = new Set<string>()
  for (const { kind, apiKey, version, frame } of loadTraffic()) {
    const key = `${kind} ${apiKey} ${version}`
    const bytes = Buffer.from(frame, 'hex')
    const decoded = decodeFrame(bytes, { kind, apiKey, apiVersion: version })
    const body = bytes.subarray(decoded.table.offset(decoded.bodyLine))
    if (done.has(key) || body.length < 16 || body.length > 3000) continue
    done.add(key)
    const message = decoded.message!
    const { t } = decodeBody(body, message)
    for (const fault of faultsOf(body, t, message.model.flexible, new Random(body.length))) yield { message, fault }
  }
}

test('bugs planted in real traffic are seen, placed and explained', { timeout: 600_000 }, () => {
  let [all, seen, placed, first, three] = [0, 0, 0, 0, 0]
  let i = 0
  for (const { message, fault } of realFaults()) {
    if (i++ % STEP !== 0) continue
    all++
    const findings = inspectBody(message, fault.bytes, decodeBody(fault.bytes, message))
    const causes = findings.flatMap((finding) => finding.causes)
    if (findings.length > 0) seen++
    if ([...findings, ...causes].some(({ offset }) => offset === fault.offset)) placed++
    if (causes[0]?.cause === fault.cause) first++
    if (causes.slice(0, 3).some(({ cause }) => cause === fault.cause)) three++
  }
  // Many are two bugs at once to anybody: a zero written twice is a zero of twice the width.
  expect(seen / all).toBeGreaterThan(0.99)
  expect(placed / all).toBeGreaterThan(0.95)
  expect(first / all).toBeGreaterThan(0.8)
  expect(three / all).toBeGreaterThan(0.95)
})
