import { expect, test } from 'vitest'
import type { CompiledMessage } from '../../src/codec/compile.ts'
import { decodeBody, decodeFrame, frameJson } from '../../src/codec/frame.ts'
import { printJson } from '../../src/codec/json-text.ts'
import { messageByName } from '../../src/codec/messages.ts'
import { fieldLines } from '../../src/codec/paths.ts'
import { Run } from '../../src/codec/run.ts'
import { valueAt } from '../../src/codec/value.ts'
import { inspectBody, inspectFrame } from '../../src/findings/inspect.ts'
import { damage, noise, Random } from '../random.ts'
import { loadVectors } from '../vectors.ts'

const CASES = Number(process.env.KAFKASCOPE_DAMAGES ?? 100_000)
const SEED = Number(process.env.KAFKASCOPE_SEED ?? 1)
const vectors = [...loadVectors('4.4.0'), ...loadVectors('3.9.2')]

/** Which cases are inspected too: a diagnosis takes milliseconds. */
const INSPECTED = 50

/** Everything a view may do with a body: none of it may throw, and the table stays in proportion to the bytes. */
function readAll(bytes: Uint8Array, message: CompiledMessage, run: Run, inspect = false): void {
  const read = decodeBody(bytes, message, run)
  valueAt(bytes, run.t, 0)
  const lines = fieldLines(bytes, run.t)
  for (const [path, offset, length] of lines) {
    if (offset < 0 || length < 0 || offset + length > bytes.length) throw new Error(`${path} lies outside the bytes`)
  }
  if (inspect) inspectBody(message, bytes, run)
  if (read.end > bytes.length) throw new Error('read past the end')
  if (run.t.size > 3 * bytes.length + 64) throw new Error(`${run.t.size} lines for ${bytes.length} bytes`)
}

test(`${CASES} damaged vectors are read without a throw, within their bytes`, { timeout: 3_600_000 }, () => {
  const run = new Run()
  let stopped = 0
  for (let i = 0; i < CASES; i++) {
    const random = new Random(SEED * 1_000_003 + i)
    const vector = vectors[i % vectors.length]!
    const bytes = damage(Buffer.from(vector.hex, 'hex'), random)
    const message = messageByName(vector.name, vector.version)!
    try {
      readAll(bytes, message, run, i % INSPECTED === 0)
    } catch (error) {
      throw new Error(`${vector.id} damage ${i}: ${Buffer.from(bytes).toString('hex').slice(0, 400)}`, { cause: error })
    }
    if (run.stopped) stopped++
  }
  expect(stopped).toBeGreaterThan(CASES / 10)
})

test('random bytes read as every message and as frames', () => {
  const run = new Run()
  const random = new Random(SEED)
  for (const vector of vectors) {
    const message = messageByName(vector.name, vector.version)!
    for (const length of [0, 1, 7, 40, 300]) readAll(noise(length, random), message, run, length === 40)
    const frame = noise(random.below(64), random)
    const kind = vector.kind === 'response' ? 'response' : 'request'
    const decoded = decodeFrame(frame, { kind, apiKey: vector.apiKey ?? -1, apiVersion: vector.version }, run)
    inspectFrame(decoded)
    printJson(frameJson(decoded))
  }
})

test('huge counts and lengths cost nothing', () => {
  const before = process.memoryUsage().arrayBuffers
  const run = new Run()
  for (const vector of vectors) {
    const message = messageByName(vector.name, vector.version)!
    for (const fill of [0xff, 0x7f]) readAll(Buffer.alloc(64, fill), message, run)
  }
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(32 * 1024 * 1024)
})
