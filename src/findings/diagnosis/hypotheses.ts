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

/** Bits for one of so many. */
const oneOf = (count: number): number => Math.log2(Math.max(1, count))

/** How often a plain reading came by each place of the plan, by `ix`. */
export type Visits = (ix: number) => number

const INTEGERS: Readonly<Record<string, number>> = { int8: 1, int16: 2, uint16: 2, int32: 4, uint32: 4, int64: 8 }

/** Bits of a bug that is as likely as any other, wherever it is; of one that is heard of less. */
const BUG = 8
const RARE = 5
const OFTEN = 1.7
/** What is forgotten most: the tag buffer of the message itself. */
const FORGOTTEN = 1.5

/** Among how many places a bug may have chosen its own, as far as a plain reading came, in bits. */
export interface Choice {
  /** Fields of the schema; places where they were read. */
  readonly fields: number
  readonly places: number
  readonly integers: number
  readonly structs: number
  readonly strings: number
  readonly bytes: number
  readonly arrays: number
}

export function choiceOf(plan: Plan, visits: Visits): Choice {
  const counts = { fields: 1, places: 0, integers: 1, structs: 1, strings: 1, bytes: 1, arrays: 1 }
  for (const f of plan.fields) {
    const came = visits(f.ix)
    if (came === 0) continue
    counts.fields++
    counts.places += came
    if (INTEGERS[f.field.type]) counts.integers++
    const kind = kindOf(f)
    if (kind) counts[kind] += came
  }
  for (const struct of plan.structs) {
    const came = visits(struct.ix)
    if (plan.model.flexible) counts.places += came
    if (struct !== plan.root) counts.structs += came
  }
  const { fields, places, integers, structs, strings, bytes, arrays } = counts
  return {
    fields: oneOf(fields),
    places: oneOf(places),
    integers: oneOf(integers),
    structs: oneOf(structs),
    strings: oneOf(strings),
    bytes: oneOf(bytes),
    arrays: oneOf(arrays),
  }
}

type Kind = 'strings' | 'bytes' | 'arrays'

const kindOf = ({ field: { type } }: PlanField): Kind | null =>
  type === 'array' ? 'arrays' : type === 'string' ? 'strings' : type === 'bytes' || type === 'records' ? 'bytes' : null

/** Every twist that applies wherever the encoder's code ran. */
export function everywhere(plan: Plan, choice: Choice = choiceOf(plan, () => 1)): Twist[] {
  const twists: Twist[] = []
  const add = (cause: string, act: Act, target: number, bits: number, n = 0): void => {
    twists.push({ cause, act, target, visit: 0, n, bits: BUG + bits })
  }
  const { flexible } = plan.model
  const [wrong, form] = flexible
    ? (['classic-length', Form.classic] as const)
    : (['compact-length', Form.compact] as const)
  for (const target of [Target.strings, Target.bytes, Target.arrays, Target.lengths]) {
    const rare = target === Target.lengths ? RARE : 0
    add(wrong, 'form', target, rare, form)
    if (flexible) add('compact-off-by-one', 'form', target, rare, Form.compactWithoutPlusOne)
  }
  if (flexible) {
    add('missing-tag-buffer', 'notags', Target.structs, -0.7)
    add('missing-tag-buffer', 'notags', Target.nested, -0.7)
    for (const struct of plan.structs)
      add('missing-tag-buffer', 'notags', struct.ix, struct === plan.root ? -FORGOTTEN : choice.structs - 1)
  } else {
    add('unexpected-tag-buffer', 'tags', plan.root.ix, 0)
    add('unexpected-tag-buffer', 'tags', Target.structs, RARE)
  }
  for (const f of plan.fields) {
    // What a new version added at the end is what is forgotten most.
    const last = f === plan.root.fields.at(-1)
    add('missing-field', 'omit', f.ix, last ? -OFTEN : choice.fields - OFTEN)
    add('doubled-field', 'double', f.ix, choice.fields)
    add('swapped-fields', 'swap', f.ix, choice.fields - 1)
    const width = INTEGERS[f.field.type]
    if (width) {
      for (const n of [1, 2, 4, 8]) {
        const near = n === width * 2 || n * 2 === width
        if (n !== width) add('wrong-width', 'width', f.ix, choice.integers - 1 + (near ? 0 : RARE), n)
      }
    }
    const kind = kindOf(f)
    if (kind) {
      add(wrong, 'form', f.ix, RARE + choice[kind], form)
      if (flexible) add('compact-off-by-one', 'form', f.ix, RARE + choice[kind], Form.compactWithoutPlusOne)
      if (!f.field.flexible) add('little-endian', 'little', f.ix, RARE + choice[kind])
    }
  }
  for (const n of [1, 2, 3, 4, 8, 16])
    add('extra-field', 'extra', plan.root.ix, n === 2 || n === 4 ? 0 : n === 8 ? 2 : 6, n)
  return twists
}

/** Twists at one place. */
export function once(plan: Plan, visits: Visits, choice: Choice): Twist[] {
  const twists: Twist[] = []
  const add = (cause: string, act: Act, target: number, bits: number, n = 0): void => {
    const came = visits(target)
    const first = Math.max(1, came - MAX_VISITS + 1)
    for (let visit = first; visit <= came; visit++) twists.push({ cause, act, target, visit, n, bits: BUG + bits })
  }
  const { flexible } = plan.model
  const [wrong, form] = flexible
    ? (['classic-length', Form.classic] as const)
    : (['compact-length', Form.compact] as const)
  for (const f of plan.fields) {
    add('missing-field', 'omit', f.ix, choice.places)
    add('doubled-field', 'double', f.ix, RARE + choice.places)
    const kind = kindOf(f)
    if (!kind) continue
    add(wrong, 'form', f.ix, choice[kind], form)
    if (flexible) add('compact-off-by-one', 'form', f.ix, RARE + choice[kind], Form.compactWithoutPlusOne)
    if (!f.field.flexible) add('little-endian', 'little', f.ix, choice[kind])
  }
  if (flexible) {
    for (const struct of plan.structs)
      if (struct !== plan.root) add('missing-tag-buffer', 'notags', struct.ix, choice.structs - 1)
  }
  return twists
}

/** An unknown tag's size that is one off, at each of the places where a reading may come to one. */
export function tagSizes(plan: Plan, visits: Visits): Twist[] {
  const twists: Twist[] = []
  if (!plan.model.flexible) return twists
  for (const { ix } of plan.structs) {
    const most = Math.min(MAX_TAGS, visits(ix) * 4)
    const bits = BUG - 1.5 + 0.5 * Math.log2(most)
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
  bits: BUG - 1 + oneOf(plan.fields.length),
})
