import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkRecords } from '../../../dissectors/records/check.ts'
import { CODECS } from '../../../dissectors/records/compression.ts'
import { recordsToJson } from '../../../dissectors/records/json.ts'
import { type RecordsContext, readRecords } from '../../../dissectors/records/read.ts'
import { writeBatch, writeMessageSet } from '../../../dissectors/records/write.ts'
import { crc32c } from '../../../src/bytes/crc32c.ts'
import { setI32 } from '../../../src/bytes/patch.ts'
import { SpanTable } from '../../../src/bytes/spans.ts'
import { NodeKind, nodeOf } from '../../../src/schema/node.ts'

const context = fc.constantFrom<RecordsContext[]>('produce', 'fetch', 'snapshot')

/** A table's lines lie in their containers, in the order of the bytes. */
function expectSoundTable(table: SpanTable, end: number): void {
  const check = (line: number, to: number, from: number, until: number): void => {
    let at = from
    for (let i = line; i < to; i = table.next(i)) {
      const offset = table.offset(i)
      const length = table.length(i)
      if (length < 0 || offset < at || offset + length > until) throw new Error(`line ${i}: ${offset}+${length}`)
      at = offset + length
      const kind = nodeOf(table.node(i)).kind
      if (kind === NodeKind.struct || kind === NodeKind.array) check(i + 1, table.next(i), offset, at)
    }
  }
  check(0, table.size, 0, end)
}

function openAll(bytes: Uint8Array, context: RecordsContext): void {
  const table = new SpanTable()
  const view = readRecords(bytes, 0, bytes.length, table, { context })
  expectSoundTable(table, bytes.length)
  for (let i = 0; i < view.batchCount; i++) {
    const inner = view.innerTable(i)
    if (inner !== null) expectSoundTable(inner.table, inner.bytes.length)
  }
  const json = recordsToJson(view)
  expect(recordsToJson(view)).toEqual(json)
  for (const p of checkRecords(bytes, 0, bytes.length, { context })) {
    expect(p.path).toMatch(/^\[batch \d+\]/)
    expect(p.offset).toBeGreaterThanOrEqual(0)
    expect(p.length).toBeGreaterThanOrEqual(0)
    expect(p.offset + p.length).toBeLessThanOrEqual(bytes.length)
    expect(p.message).not.toMatch(/NaN|undefined/)
  }
}

const records = fc.array(
  fc.record({
    key: fc.option(fc.uint8Array({ maxLength: 9 })),
    value: fc.option(fc.uint8Array({ maxLength: 200 })),
    headers: fc.array(fc.record({ key: fc.string(), value: fc.constant(null) }), { maxLength: 2 }),
  }),
  { maxLength: 6 },
)
const batch = fc
  .tuple(records, fc.constantFrom(...CODECS), fc.constantFrom(0, 1, 2))
  .map(([records, codec, magic]) =>
    magic === 2 || codec === 'zstd'
      ? writeBatch({ records, codec })
      : writeMessageSet({ magic: magic === 0 ? 0 : 1, messages: records, codec }),
  )
const batches = fc.array(batch, { minLength: 1, maxLength: 3 }).map((all) => new Uint8Array(Buffer.concat(all)))
const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 })

/** Makes the CRC of a single batch of magic 2 right again, so that checks get behind it. */
function withRightCrc(bytes: Uint8Array): Uint8Array {
  if (bytes.length > 61) setI32(bytes, 17, crc32c(bytes, 21) | 0)
  return bytes
}

describe('hostile records', () => {
  it('are read whatever was damaged', () => {
    fc.assert(
      fc.property(batches, damage, fc.nat(), context, (bytes, changes, cut, context) => {
        if (bytes.length === 0) return
        for (const [at, value] of changes) bytes[at % bytes.length] = value
        openAll(bytes, context)
        openAll(withRightCrc(bytes), context)
        openAll(bytes.subarray(0, cut % bytes.length), context)
        openAll(bytes.subarray(cut % bytes.length), context)
      }),
      { numRuns: 500 },
    )
  })

  it('are read when they are noise', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), context, (bytes, context) => {
        openAll(bytes, context)
        if (bytes.length > 16) bytes[16] = bytes[16]! % 3
        openAll(bytes, context)
      }),
    )
  })

  it('cost no more than was allowed', () => {
    // 200 bombs of 8 MiB in some 1.7 MB: 1.6 GB if all were opened.
    const value = new Uint8Array(8 << 20)
    const bomb = writeBatch({ records: [{ value }], codec: 'gzip' })
    const bytes = new Uint8Array(Buffer.concat(Array(200).fill(bomb)))
    const started = performance.now()
    const problems = checkRecords(bytes, 0, bytes.length, { context: 'produce', maxProblems: 1000 })
    expect(performance.now() - started).toBeLessThan(5000)
    expect(problems.length).toBe(193)
    expect(problems.every((p) => p.code === 'batch-too-large' && p.severity === 'note')).toBe(true)
    const view = readRecords(bytes, 0, bytes.length, new SpanTable())
    for (let i = 0; i < view.batchCount; i++) view.innerTable(i)
    expect(view.innerTable(0)!.bytes.length).toBeGreaterThan(8 << 20)
    expect(view.innerTable(199)).toBeNull()
  })

  it('of one batch are opened up to its own limit', () => {
    const bytes = writeBatch({ records: [{ value: new Uint8Array(1000) }], codec: 'lz4' })
    const [problem] = checkRecords(bytes, 0, bytes.length, { maxBatchBytes: 999 })
    expect(problem).toMatchObject({ code: 'batch-too-large', severity: 'note', path: '[batch 0].records' })
  })

  it('do not fill the memory with lines and JSON', () => {
    // 16 MB of records of seven bytes: 2.3 million of them, eight lines each.
    const one = Uint8Array.of(12, 0, 0, 0, 1, 1, 0)
    const payload = gzipSync(Buffer.alloc(7 * 2_300_000, one))
    const bytes = new Uint8Array(61 + payload.length)
    bytes.set(writeBatch({ records: [{}], codec: 'gzip' }).subarray(0, 61))
    bytes.set(payload, 61)
    setI32(bytes, 8, bytes.length - 12)
    setI32(bytes, 57, 2_300_000)
    const view = readRecords(bytes, 0, bytes.length, new SpanTable())
    expect(view.innerTable(0)!.table.size).toBeLessThanOrEqual(1_000_001)
    const [batch] = recordsToJson(view)
    expect((batch!.records as unknown[]).length).toBeLessThanOrEqual(100_000)
    expect(batch!.error).toMatch(/left out/)
  })

  it('of millions of headers in one record do not either', () => {
    const count = 4_000_000
    const body = Buffer.alloc(5 + 5 + count * 2)
    body.set([0, 0, 0, 1, 1])
    let zigzag = count * 2
    for (let i = 0; i < 4; i++, zigzag = Math.floor(zigzag / 128)) body[5 + i] = (zigzag % 128) | (i < 3 ? 0x80 : 0)
    const value = body.subarray(0, 9 + count * 2)
    const length = Buffer.alloc(4)
    zigzag = value.length * 2
    for (let i = 0; i < 4; i++, zigzag = Math.floor(zigzag / 128)) length[i] = (zigzag % 128) | (i < 3 ? 0x80 : 0)
    const payload = gzipSync(Buffer.concat([length, value]))
    const bytes = new Uint8Array(61 + payload.length)
    bytes.set(writeBatch({ records: [{}], codec: 'gzip' }).subarray(0, 61))
    bytes.set(payload, 61)
    setI32(bytes, 8, bytes.length - 12)
    const view = readRecords(bytes, 0, bytes.length, new SpanTable())
    expect(view.innerTable(0)!.table.size).toBeLessThanOrEqual(1_000_001)
    expect(recordsToJson(view)[0]!.error).toMatch(/left out/)
    expect(checkRecords(withRightCrc(bytes), 0, bytes.length).filter((p) => p.severity === 'error')).toEqual([])
  })

  it('of any number of tiny messages are listed up to a limit', () => {
    const message = writeMessageSet({ magic: 0, messages: [{}] })
    const bytes = new Uint8Array(Buffer.alloc(message.length * 300_000, message))
    const table = new SpanTable()
    const view = readRecords(bytes, 0, bytes.length, table)
    expect(view.linesComplete).toBe(false)
    expect(table.size).toBeLessThan(1_000_100)
    const json = recordsToJson(view)
    expect(json.length).toBeLessThanOrEqual(100_001)
    expect(json.at(-1)).toHaveProperty('omittedBatches')
  })
})
