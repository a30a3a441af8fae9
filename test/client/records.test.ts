import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CODECS, loadZstdWriter } from '../../dissectors/records/compression.ts'
import { writeBatch, writeMessageSet } from '../../dissectors/records/write.ts'
import { BadBatch, eachRecord } from '../../src/client/records.ts'

await loadZstdWriter()

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)

/** What is visited from an offset on, as `offset:value`, and the next offset to fetch. */
function read(bytes: Uint8Array, from: number): { readonly values: string[]; readonly next: number } {
  const values: string[] = []
  const next = eachRecord(bytes, from, (offset, b, at, length) => {
    values.push(`${offset}:${length < 0 ? null : new TextDecoder().decode(b.subarray(at, at + length))}`)
  })
  return { values, next }
}

const records = ['a', 'bb', 'ccc'].map((value) => ({ value: encode(value) }))

describe('eachRecord', () => {
  it.each(CODECS)('reads batches of magic 2 with codec %s, from an offset inside on', (codec) => {
    const bytes = Buffer.concat([
      writeBatch({ records, codec, baseOffset: 10 }),
      writeBatch({ records: [{ value: null }], codec, baseOffset: 13 }),
    ])
    expect(read(bytes, 11)).toEqual({ values: ['11:bb', '12:ccc', '13:null'], next: 14 })
  })

  it.each([
    [0, 'none'],
    [0, 'gzip'],
    [1, 'none'],
    [1, 'snappy'],
    [1, 'lz4'],
  ] as const)('reads message sets of magic %i with codec %s', (magic, codec) => {
    const bytes = writeMessageSet({ magic, codec, messages: records, baseOffset: 7 })
    expect(read(bytes, 8)).toEqual({ values: ['8:bb', '9:ccc'], next: 10 })
  })

  it('leaves a batch that is cut short to the next fetch', () => {
    const whole = writeBatch({ records, baseOffset: 0 })
    const bytes = Buffer.concat([whole, writeBatch({ records, baseOffset: 3 }).subarray(0, 70)])
    expect(read(bytes, 0)).toEqual({ values: ['0:a', '1:bb', '2:ccc'], next: 3 })
    expect(read(whole.subarray(0, 30), 0)).toEqual({ values: [], next: 0 })
  })

  it('passes over control batches and what compaction has taken away, and goes on behind them', () => {
    const control = writeBatch({ records: [{ key: Uint8Array.of(0, 0, 0, 1) }], isControl: true, baseOffset: 5 })
    const compacted = writeBatch({ records: [{ value: encode('x') }], baseOffset: 6, lastOffsetDelta: 9 })
    expect(read(Buffer.concat([control, compacted]), 5)).toEqual({ values: ['6:x'], next: 16 })
  })

  it('refuses a batch whose CRC does not fit', () => {
    const bytes = writeBatch({ records, baseOffset: 4 })
    bytes[bytes.length - 2]! ^= 1
    expect(() => read(bytes, 0)).toThrow(BadBatch)
    expect(() => read(bytes, 0)).toThrow('the CRC of the batch at offset 4 does not fit')
  })

  it('ends on any bytes, with a number or a BadBatch', () => {
    const sound = Buffer.concat([
      writeBatch({ records, codec: 'gzip' }),
      writeMessageSet({ magic: 1, codec: 'gzip', messages: records, baseOffset: 3 }),
    ])
    const edits = fc.array(fc.tuple(fc.nat(sound.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), edits), (input) => {
        const bytes = input instanceof Uint8Array ? input : new Uint8Array(sound)
        if (!(input instanceof Uint8Array)) for (const [at, byte] of input) bytes[at] = byte
        try {
          expect(read(bytes, 0).next).toBeGreaterThanOrEqual(0)
        } catch (error) {
          expect(error).toBeInstanceOf(BadBatch)
        }
      }),
      { numRuns: 3000 },
    )
  })
})
