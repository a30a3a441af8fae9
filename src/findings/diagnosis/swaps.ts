/**
 * How much likelier two integers side by side are the other way round. The doubt has the burden of proof: what a body says as
 * it stands is taken as it is, and what the other order would make of it has to be what a broker writes.
 */
import { isKnownError } from '../../../dissectors/errors.ts'
import { latin1 } from '../../bytes/latin1.ts'
import { fieldBits, mostBits, sizeBits } from './cost.ts'
import { integerAt } from './numbers.ts'
import type { PlanField } from './plan.ts'

/** Two neighbours of a struct, in the order of the schema. */
export type Pair = readonly [PlanField, PlanField]

/**
 * With an error comes nothing: Kafka answers -1 beside it as base offset, high watermark, timestamp, generation and producer
 * id (`PartitionResponse(Errors)` of ProduceResponse, `FetchResponse.partitionResponse`).
 */
const ERROR_WITH_VALUE = 6
/** Partitions that fail do so for one reason, seldom for two. */
const ANOTHER_ERROR = 4
/** Limits are chosen by people, who like round numbers: 16 MiB is no one before three zero bytes. */
const LIMIT = /(bytes|ms|size)$/i
const ROUND_BITS = 4

/** By how many bits a pair is likelier the other way round, over all places where it stands. */
export class SwapWeight {
  bits = 0
  /**
   * Wherever the pair stands, one of it is 0 either way: the other is the same number with more or fewer zero bytes
   * behind it, and an offset may well be a multiple of 65536. That is never sure.
   */
  shifted = true
  private readonly errors = new Set<number>()
  private readonly seen = new Set<string>()
  private readonly one: PlanField
  private readonly two: PlanField

  constructor([one, two]: Pair) {
    this.one = one
    this.two = two
  }

  /** Weighs the pair's bytes at `at`, which are all there. */
  add(b: Uint8Array, at: number): void {
    const { one, two } = this
    const first = numberAt(one, b, at)
    const second = numberAt(two, b, at + one.width)
    if (isRoundLimit(one, first) || isRoundLimit(two, second)) return
    const otherSecond = numberAt(two, b, at)
    const otherFirst = numberAt(one, b, at + two.width)
    const zeros = (isZero(first) || isZero(second)) && (isZero(otherFirst) || isZero(otherSecond))
    if (!zeros) this.shifted = false
    const other = otherBits(one, otherFirst) + otherBits(two, otherSecond) + this.errorBits(otherFirst, otherSecond)
    const gain = bitsOf(one, first) + bitsOf(two, second) - other
    if (gain <= 0) {
      this.bits += gain
      return
    }
    // The same two numbers either way: only their names change, and that says nothing.
    const same = zeros && Number(first) + Number(second) === Number(otherFirst) + Number(otherSecond)
    if (same && isPossible(one, first) && isPossible(two, second)) return
    // The same bytes again are no new evidence.
    const bytes = latin1(b, at, at + one.width + two.width)
    if (this.seen.has(bytes)) return
    this.seen.add(bytes)
    this.bits += gain
  }

  /** What an error costs beside its own bits, if the pair were the other way round. */
  private errorBits(first: number | bigint, second: number | bigint): number {
    const [code, beside, other] = isError(this.one) ? [first, second, this.two] : [second, first, this.one]
    if (!isError(this.one) && !isError(this.two)) return 0
    if (isZero(code)) return 0
    const another = this.errors.size > 0 && !this.errors.has(Number(code)) ? ANOTHER_ERROR : 0
    this.errors.add(Number(code))
    // Which partition failed, or how long to wait, is said before the error.
    return another + (isError(this.one) && other.width > 2 && Number(beside) !== -1 ? ERROR_WITH_VALUE : 0)
  }
}

const isError = ({ name }: PlanField): boolean => name === 'errorCode'

const isPossible = (field: PlanField, value: number | bigint): boolean => !isError(field) || isKnownError(Number(value))

const numberAt = ({ width, field }: PlanField, b: Uint8Array, from: number): number | bigint =>
  integerAt(b, from, width, field.type, false)

const bitsOf = ({ width, field, name }: PlanField, value: number | bigint): number =>
  fieldBits(value, width, field.type, name)

/** The same where the bytes stand for another field: a number cut out of a wide one must not be cheap for being narrow. */
const otherBits = (field: PlanField, value: number | bigint): number => {
  const bits = bitsOf(field, value)
  return bits === mostBits(field.width) ? sizeBits(value) : bits
}

const isZero = (value: number | bigint): boolean => Number(value) === 0

const isRoundLimit = ({ name }: PlanField, value: number | bigint): boolean => {
  if (value < 1 || !LIMIT.test(name)) return false
  let odd = Number(value)
  while (odd % 2 === 0) odd /= 2
  return odd < 2 ** ROUND_BITS
}
