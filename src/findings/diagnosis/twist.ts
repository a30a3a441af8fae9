/**
 * A twist is one thing that an encoder may have done otherwise than the schema says; a reading under a twist reads the
 * bytes as if it had.
 */
export type Act =
  /** As the schema says. */
  | 'none'
  /** As the schema says, but the bytes end early: counts beyond the end are believed. */
  | 'cut'
  /** The field is not there. */
  | 'omit'
  /** The field is there twice. */
  | 'double'
  /** The field and its right neighbour have changed places. */
  | 'swap'
  /** An integer of `n` bytes. */
  | 'width'
  /** A length or count written another way: `n` is a `Form`. */
  | 'form'
  /** A length, count or integer with its bytes in the other order. */
  | 'little'
  /** What is claimed is wrong: it is `n`. */
  | 'length'
  /** The struct has no tag buffer. */
  | 'notags'
  /** The struct has a tag buffer, although its version has none. */
  | 'tags'
  /** `n` bytes more after the struct's last plain field. */
  | 'extra'
  /** An unknown tag's size is wrong: it is `n`. */
  | 'tagsize'

export const Form = { classic: 0, compact: 1, compactWithoutPlusOne: 2 } as const
export type Form = (typeof Form)[keyof typeof Form]

/** Where a twist applies that is not at one place of the plan. */
export const Target = {
  strings: -2,
  bytes: -3,
  arrays: -4,
  /** All lengths and counts. */
  lengths: -5,
  /** All structs; all but the message itself. */
  structs: -6,
  nested: -7,
  nothing: -1,
} as const

export interface Twist {
  readonly cause: string
  readonly act: Act
  /** An `ix` of the plan, or a `Target`. */
  readonly target: number
  /** 0: wherever the encoder's code ran; else only the n-th time that the reading comes there. */
  readonly visit: number
  readonly n: number
  /** How unlikely the bug is before the bytes are seen, in bits. */
  readonly bits: number
}

export const AS_IS: Twist = { cause: '', act: 'none', target: Target.nothing, visit: 0, n: 0, bits: 0 }
