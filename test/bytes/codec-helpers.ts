import fc from 'fast-check'
import { expect } from 'vitest'
import { DecompressError } from '../../src/bytes/output.ts'

/** Bytes as payloads are: random, repeating, and mixed; up to some 200 kB. */
export const payloads: fc.Arbitrary<Uint8Array> = fc
  .array(
    fc.record({ piece: fc.uint8Array({ minLength: 1, maxLength: 60 }), times: fc.oneof(fc.nat(4), fc.nat(300)) }),
    { maxLength: 12 },
  )
  .map((parts) =>
    Uint8Array.from(
      parts.flatMap(({ piece, times }) =>
        Array(times)
          .fill([...piece])
          .flat(),
      ),
    ),
  )

/** The reason for which this throws a `DecompressError`; anything else thrown is a failure. */
export function reasonOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    expect(error).toBeInstanceOf(DecompressError)
    return error instanceof DecompressError ? error.reason : ''
  }
  return 'none'
}

/** Damages compressed bytes in every way of a few; the reader may fail, but only as it promises to. */
export function survivesDamage(
  compress: (bytes: Uint8Array) => Uint8Array,
  decompress: (bytes: Uint8Array, limit: number) => Uint8Array,
): void {
  const limit = 1 << 20
  const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(payloads, damage, fc.nat(), (bytes, changes, cut) => {
      const packed = compress(bytes).slice()
      for (const [at, value] of changes) packed[at % packed.length] = value
      reasonOf(() => expect(decompress(packed, limit).length).toBeLessThanOrEqual(limit))
      reasonOf(() => decompress(packed.subarray(0, cut % packed.length), limit))
    }),
    { numRuns: 300 },
  )
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      reasonOf(() => decompress(bytes, limit))
    }),
  )
}
