/** What a reading tells of beside its bits. */

/** Something that a reading passed over although no sound encoder writes it. */
export interface Fault {
  readonly cause: string
  readonly offset: number
  readonly path: string
  readonly evidence?: Readonly<Record<string, number>>
}

export interface Stop {
  readonly offset: number
  readonly path: string
  /** Bytes wanted there, and those that are left. */
  readonly need: number
  readonly have: number
  readonly why: 'underflow' | 'length' | 'count' | 'varint' | 'bound'
}

/** A length or count as a plain reading found it. */
export interface LengthSite {
  readonly ix: number
  /** The how manieth of this place of the plan. */
  readonly visit: number
  /** Of elements, not of bytes. */
  readonly isCount: boolean
  readonly claimed: number
  /** Where its contents begin, and bytes from there. */
  readonly at: number
  readonly left: number
}

/** Bits that a fault costs: how unlikely its bug is. */
export const FAULT_BITS: Readonly<Record<string, number>> = {
  'null-not-allowed': 7.5,
  'bad-boolean': 13,
  'bad-utf8': 13,
  'negative-length': 14,
  'varint-not-minimal': 11,
  'varint-too-long': 11,
  'tag-order': 11,
  'duplicate-tag': 11,
  'tag-version': 10,
  'tag-size': 11,
}
