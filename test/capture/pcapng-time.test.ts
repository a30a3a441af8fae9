import fc from 'fast-check'
import { expect, it } from 'vitest'
import { clockOf } from '../../src/capture/pcapng-time.ts'

const halves = (ticks: bigint): [number, number] => [Number(ticks >> 32n), Number(ticks & 0xffff_ffffn)]

it('times of any resolution are whole microseconds, finer units cut', () => {
  // Up to the year 2200.
  const micros = fc.bigInt({ min: 0n, max: 7_258_118_400_000_000n })
  fc.assert(
    fc.property(micros, fc.bigInt({ min: 0n, max: 999n }), (time, finer) => {
      expect(clockOf(6, 0)(...halves(time))).toBe(Number(time))
      expect(clockOf(9, 0)(...halves(time * 1000n + finer))).toBe(Number(time))
      expect(clockOf(8, 0)(...halves(time * 100n + (finer % 100n)))).toBe(Number(time))
      expect(clockOf(3, 0)(...halves(time / 1000n))).toBe(Number((time / 1000n) * 1000n))
    }),
  )
})

it('an offset is in seconds', () => {
  expect(clockOf(9, -3600)(...halves(1_700_000_000_123_456_789n))).toBe(1_699_996_400_123_456)
})
