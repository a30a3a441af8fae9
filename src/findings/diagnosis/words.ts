/** What a cause says to people. */
import type { Reading } from './reading.ts'
import type { Twist } from './twist.ts'

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`

/** One sentence without a full stop: which bug in the encoder made the bytes. */
export function twistMessage(twist: Twist, reading: Reading, message: string): string {
  const path = reading.first?.path || message
  const evidence = reading.first?.evidence ?? {}
  const times = twist.visit === 0 && reading.applied > 1 ? `, at all ${reading.applied} places` : ''
  switch (twist.cause) {
    case 'missing-field':
      return `${path} was not written${times}: what follows it is read in its place`
    case 'doubled-field':
      return `${path} was written twice${times}`
    case 'swapped-fields':
      return `${path} and the field after it were written in the wrong order${times}`
    case 'wrong-width':
      return `${path} was written as an integer of ${plural(twist.n, 'byte')}${times}`
    case 'missing-tag-buffer':
      return `${path} was not written${times}: ${message} is flexible, each struct ends with a tag buffer`
    case 'unexpected-tag-buffer':
      return `${path} was written${times}, but ${message} is not flexible`
    case 'classic-length':
      return `the length of ${path} was written as ${message} had it before it became flexible${times}`
    case 'compact-length':
      return `the length of ${path} was written compact${times}, but ${message} is not flexible`
    case 'compact-off-by-one':
      return `the compact length of ${path} was written without its plus one${times}`
    case 'little-endian':
      return `the length of ${path} was written with its bytes in the other order${times}`
    case 'wrong-length':
      return `the length of ${path} says ${evidence.claimed}, but ${plural(evidence.actual ?? 0, 'byte')} follow`
    case 'wrong-count':
      return `the count of ${path} says ${evidence.claimed}, but ${plural(evidence.actual ?? 0, 'element')} follow`
    case 'tag-size':
      return `the size of ${path} says ${evidence.claimed}, but its contents are ${plural(evidence.actual ?? 0, 'byte')}`
    case 'extra-field':
      return `${plural(twist.n, 'byte')} after the last field that no field explains`
    default:
      return twist.cause
  }
}

/** The bug behind something that a reading passed over. */
export function faultMessage(cause: string, path: string, message: string): string {
  switch (cause) {
    case 'null-not-allowed':
      return `null was written for ${path}, which ${message} does not allow`
    case 'bad-boolean':
      return `a byte that is no boolean was written for ${path}`
    case 'bad-utf8':
      return `${path} was written in another encoding, or its bytes are no text`
    case 'negative-length':
      return `a length below -1 was written for ${path}`
    case 'varint-too-long':
      return `the bytes at ${path} were not written as a varint of 32 bits`
    case 'varint-not-minimal':
      return `the varint of ${path} was padded`
    case 'tag-order':
      return `the tags at ${path} were not sorted`
    case 'duplicate-tag':
      return `${path} was written twice`
    case 'tag-version':
      return `a tag of another version was written at ${path}`
    default:
      return `the size of ${path} is not what its contents take`
  }
}
