/** A message's model with a number for every place of it, so that a reading can be twisted at one of them. */
import { fixedWidth } from '../../codec/compile.ts'
import type { Field, Model } from '../../schema/model.ts'

export interface PlanField {
  /** Unique in the plan. */
  readonly ix: number
  readonly name: string
  /** Names from the message's own fields on: `topics.partitions.errorCode`, whatever the version. */
  readonly path: string
  readonly field: Field
  /** Bytes of a number (of an element, in an array of numbers); 0 for what has a length of its own. */
  readonly width: number
  /** Of a struct or an array of structs. */
  readonly struct: PlanStruct | null
  /** Of an array of strings or bytes: its elements, which have lengths of their own. */
  readonly element: PlanField | null
}

export interface PlanStruct {
  /** Stands for its tag buffer. */
  readonly ix: number
  readonly fields: readonly PlanField[]
  readonly tagged: ReadonlyMap<number, PlanField>
  readonly flexible: boolean
  readonly otherTags: ReadonlySet<number>
}

export interface Plan {
  readonly model: Model
  readonly root: PlanStruct
  /** All fields in wire order, those inside structs after the field that holds them; tagged ones last. */
  readonly fields: readonly PlanField[]
  readonly structs: readonly PlanStruct[]
  /** How many numbers were given. */
  readonly size: number
}

const plans = new WeakMap<Model, Plan>()

export function planOf(model: Model): Plan {
  let plan = plans.get(model)
  if (!plan) {
    plan = makePlan(model)
    plans.set(model, plan)
  }
  return plan
}

function makePlan(model: Model): Plan {
  const all: PlanField[] = []
  const structs: PlanStruct[] = []
  let ix = 0
  const makeField = (field: Field, prefix: string): PlanField => {
    const path = `${prefix}${field.name}`
    const at = all.length
    const own = ix++
    all.push(null as unknown as PlanField)
    const struct = field.fields.length > 0 || field.type === 'struct' || field.element === 'struct'
    const made: PlanField = {
      ix: own,
      name: field.name,
      path,
      field,
      width: fixedWidth(field.type === 'array' ? field.element! : field.type),
      struct: struct ? makeStruct(field.fields, `${path}.`, field.flexible, field.otherTags) : null,
      element: null,
    }
    const blobs = field.type === 'array' && made.width === 0 && !made.struct
    all[at] = blobs
      ? { ...made, element: makeField({ ...field, type: field.element!, element: null, nullable: false }, `${path}.`) }
      : made
    return all[at]
  }
  const makeStruct = (
    fields: readonly Field[],
    prefix: string,
    flexible: boolean,
    otherTags: ReadonlySet<number>,
  ): PlanStruct => {
    const own = ix++
    const plain = fields.filter((field) => field.tag < 0).map((field) => makeField(field, prefix))
    const tagged = fields
      .filter((field) => field.tag >= 0)
      .map((field) => [field.tag, makeField(field, prefix)] as const)
    const made = { ix: own, fields: plain, tagged: new Map(tagged), flexible, otherTags }
    structs.push(made)
    return made
  }
  const root = makeStruct(model.fields, '', model.flexible, model.otherTags)
  return { model, root, fields: all, structs, size: ix }
}
