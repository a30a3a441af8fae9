/**
 * The bugs that an encoder may have, as twists of the model. An encoder's bug is in its code, so most apply wherever that
 * code ran (`visit` 0); a slip at one place is less likely and is tried at each place that the reading came to.
 */
import type { Plan, PlanField } from './plan.ts'
import { type Act, Form, Target, type Twist } from './twist.ts'

/** Places of one kind that are tried one by one; beyond, only the last ones before the reading stopped. */
const MAX_VISITS = 24

/** Unknown tags of one struct whose sizes are doubted. */
const MAX_TAGS = 32

const SWAP_BITS = 8

/** Bits for one of so many. */
const oneOf = (count: number): number => Math.log2(Math.max(1, count))

/** How often a plain reading came by each place of the plan, by `ix`. */
export type Visits = (ix: number) => number

const INTEGERS: Readonly<Record<string, number>> = { int8: 1, int16: 2, uint16: 2, int32: 4, uint32: 4, int64: 8 }

/** Every twist that applies wherever the encoder's code ran. */
export function everywhere(plan: Plan): Twist[] {
  const twists: Twist[] = []
  const add = (cause: string, act: Act, target: number, bits: number, n = 0): void => {
    twists.push({ cause, act, target, visit: 0, n, bits })
  }
  const one = oneOf(plan.fields.length)
  const { flexible } = plan.model
  const [wrong, form] = flexible
    ? (['classic-length', Form.classic] as const)
    : (['compact-length', Form.compact] as const)
  for (const target of [Target.strings, Target.bytes, Target.arrays, Target.lengths]) {
    add(wrong, 'form', target, 7, form)
    if (flexible) add('compact-off-by-one', 'form', target, 7, Form.compactWithoutPlusOne)
  }
  if (flexible) {
    add('missing-tag-buffer', 'notags', Target.structs, 7)
    add('missing-tag-buffer', 'notags', Target.nested, 7)
    for (const struct of plan.structs) add('missing-tag-buffer', 'notags', struct.ix, struct === plan.root ? 5 : 9)
  } else {
    add('unexpected-tag-buffer', 'tags', plan.root.ix, 5)
    add('unexpected-tag-buffer', 'tags', Target.structs, 8)
  }
  for (const f of plan.fields) {
    // What a new version added at the end is what is forgotten most, next to tag buffers.
    const added = f === plan.root.fields.at(-1)
    add('missing-field', 'omit', f.ix, added ? (flexible ? 8 : 6) : 8 + one)
    add('doubled-field', 'double', f.ix, 10 + one)
    add('swapped-fields', 'swap', f.ix, SWAP_BITS + one)
    const width = INTEGERS[f.field.type]
    if (width) {
      for (const n of [1, 2, 4, 8]) {
        if (n !== width) add('wrong-width', 'width', f.ix, (n === width * 2 || n * 2 === width ? 9 : 11) + one, n)
      }
    }
    if (hasLength(f)) {
      add(wrong, 'form', f.ix, 9 + one, form)
      if (flexible) add('compact-off-by-one', 'form', f.ix, 13 + one, Form.compactWithoutPlusOne)
      if (!f.field.flexible) add('little-endian', 'little', f.ix, 10 + one)
    }
  }
  for (const n of [1, 2, 3, 4, 8, 16])
    add('extra-field', 'extra', plan.root.ix, 8 + (n === 2 || n === 4 ? 0 : n === 8 ? 2 : 6), n)
  return twists
}

/** Twists at one place. */
export function once(plan: Plan, visits: Visits): Twist[] {
  const twists: Twist[] = []
  const add = (cause: string, act: Act, target: number, bits: number, n = 0): void => {
    const came = visits(target)
    const first = Math.max(1, came - MAX_VISITS + 1)
    for (let visit = first; visit <= came; visit++)
      twists.push({ cause, act, target, visit, n, bits: bits + oneOf(came) })
  }
  const one = oneOf(plan.fields.length)
  const { flexible } = plan.model
  const [wrong, form] = flexible
    ? (['classic-length', Form.classic] as const)
    : (['compact-length', Form.compact] as const)
  for (const f of plan.fields) {
    add('missing-field', 'omit', f.ix, 10 + one)
    add('doubled-field', 'double', f.ix, 12 + one)
    if (!hasLength(f)) continue
    add(wrong, 'form', f.ix, 9 + one, form)
    if (flexible) add('compact-off-by-one', 'form', f.ix, 15 + one, Form.compactWithoutPlusOne)
    if (!f.field.flexible) add('little-endian', 'little', f.ix, 10 + one)
  }
  if (flexible) for (const struct of plan.structs) add('missing-tag-buffer', 'notags', struct.ix, 8 + one)
  return twists
}

const hasLength = (f: PlanField): boolean =>
  f.field.type === 'array' || f.field.type === 'string' || f.field.type === 'bytes' || f.field.type === 'records'

/** An unknown tag's size that is one off, at each of the places where a reading may come to one. */
export function tagSizes(plan: Plan, visits: Visits): Twist[] {
  const twists: Twist[] = []
  if (!plan.model.flexible) return twists
  for (const { ix } of plan.structs) {
    const most = Math.min(MAX_TAGS, visits(ix) * 4)
    const bits = 8 + 0.5 * Math.log2(most)
    for (let visit = 1; visit <= most; visit++) {
      for (const n of [-1, 1]) twists.push({ cause: 'tag-size', act: 'tagsize', target: ix, visit, n, bits })
    }
  }
  return twists
}

/** Two integers of different width that stand side by side in a struct: written in the wrong order they can be read too. */
export function unequalPairs(plan: Plan): (readonly [PlanField, PlanField])[] {
  const isInteger = (f: PlanField): boolean => INTEGERS[f.field.type] !== undefined
  return plan.structs.flatMap(({ fields }) =>
    fields.flatMap((f, i) => {
      const next = fields[i + 1]
      return next && isInteger(f) && isInteger(next) && f.width !== next.width ? [[f, next] as const] : []
    }),
  )
}

/** The bug of such a pair. */
export const swapped = ({ ix }: PlanField, plan: Plan): Twist => ({
  cause: 'swapped-fields',
  act: 'swap',
  target: ix,
  visit: 0,
  n: 0,
  bits: SWAP_BITS + oneOf(plan.fields.length),
})
