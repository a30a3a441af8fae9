/** What a diagnosis knows beside the broken bytes: what the request named, and what went before in the session. */
import { latin1 } from '../../bytes/latin1.ts'
import { countBits } from './cost.ts'
import { Echoes } from './echoes.ts'
import type { Habit } from './habits.ts'
import type { Past } from './past.ts'
import type { Plan, PlanField } from './plan.ts'

/** A text that the request named: one of a few. */
const ECHO_BITS = 6
/** A number or count that the request named too, and what it costs more where it named others. */
const ASKED_BITS = 1.5
const NOT_ASKED = 4

const NO_ECHOES = new Echoes()
const NO_HABITS: readonly (Habit | null)[] = []

export class Knowledge {
  private readonly echoes: Echoes
  private readonly past: Past | null
  private habits: readonly (Habit | null)[] = NO_HABITS

  constructor(echoes: Echoes = NO_ECHOES, past: Past | null = null) {
    this.echoes = echoes
    this.past = past
    past?.remember()
  }

  /** Is told which message is read next. */
  turnTo(plan: Plan): void {
    if (this.past) this.habits = this.past.of(plan)
  }

  /** Bits of a number that would cost `bits` if nothing were known. */
  number(f: PlanField, value: number | bigint, bits: number): number {
    const asked = this.echoes.hasNumber(f.name, value)
    if (asked) return ASKED_BITS
    const plain = asked === false ? bits + NOT_ASKED : bits
    if (!this.past) return plain
    const named = this.past.numberBits(f.name, value)
    return this.usual(f, value, named === null ? plain : Math.min(plain, named))
  }

  /** The same for a number of an array, whose count is what is learned of the field. */
  element({ name }: PlanField, value: number | bigint, bits: number): number {
    if (this.echoes.hasNumber(name, value)) return ASKED_BITS
    return Math.min(bits, this.past?.numberBits(name, value) ?? bits)
  }

  /** Bits of an array's count, -1 for null. */
  count(f: PlanField, count: number): number {
    const asked = this.echoes.hasCount(f.field, count)
    if (asked) return ASKED_BITS
    return this.usual(f, count, countBits(count) + (asked === false ? NOT_ASKED : 0))
  }

  /** Bits of a text that would cost `plain()` if nothing were known. */
  text(f: PlanField, b: Uint8Array, from: number, to: number, plain: () => number): number {
    if (this.echoes.hasText(b, from, to)) return ECHO_BITS
    if (!this.past) return plain()
    const habit = this.habits[f.ix]
    const named = this.past.textBits(b, from, to) ?? plain()
    return habit ? habit.bits(latin1(b, from, to), named) : named
  }

  /** Bits of the 16 bytes of an id that is not zero. */
  id(f: PlanField, b: Uint8Array, at: number): number {
    if (this.echoes.hasId(b, at)) return ECHO_BITS
    const named = this.past?.textBits(b, at, at + 16) ?? 128
    return this.usual(f, latin1(b, at, at + 16), named)
  }

  /** Bits of a value that would cost `bits` if nothing were known of its field. */
  usual(f: PlanField, value: number | bigint | string, bits: number): number {
    const habit = this.habits[f.ix]
    return habit ? habit.bits(value, bits) : bits
  }
}
