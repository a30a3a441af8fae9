/** Timestamps of pcapng: 64 bits in units that each interface chooses. */

/** A time from its high and low half, in microseconds since 1970. */
export type Clock = (high: number, low: number) => number

const TWO_32 = 0x1_0000_0000

/**
 * The clock of an interface. `resolution`: the option if_tsresol, a negative power of ten, or of two with the highest
 * bit set; 6 (microseconds) where there is none. `offset`: if_tsoffset, in seconds. Finer units are cut.
 */
export function clockOf(resolution: number, offset: number): Clock {
  const shift = offset * 1_000_000
  const power = resolution & 0x7f
  if (resolution >= 0x80) {
    return (high, low) => {
      const ticks = (BigInt(high) << 32n) | BigInt(low)
      return Number((ticks * 1_000_000n) >> BigInt(power)) + shift
    }
  }
  if (power <= 6) {
    const factor = 10 ** (6 - power)
    return (high, low) => (high * TWO_32 + low) * factor + shift
  }
  const divisor = 10 ** (power - 6)
  // Nanoseconds since 1970 need more than a double's 53 bits: 2^32 is divided first, then each half by what is left.
  const whole = Math.floor(TWO_32 / divisor)
  const rest = TWO_32 % divisor
  return (high, low) => high * whole + Math.floor((high * rest + low) / divisor) + shift
}
