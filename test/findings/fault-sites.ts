/** Where in a sound body the code of an encoder ran: the places that a planted bug changes, and edits of the bytes there. */
import { Buffer } from 'node:buffer'
import type { SpanTable } from '../../src/bytes/spans.ts'
import { fieldLines } from '../../src/codec/paths.ts'

export interface Edit {
  readonly from: number
  readonly to: number
  readonly put: Uint8Array
}

export const NOTHING = Buffer.alloc(0)

/** A copy of the bytes with all edits made; they do not overlap. */
export function apply(bytes: Uint8Array, edits: readonly Edit[]): Buffer {
  const parts: Uint8Array[] = []
  let at = 0
  for (const { from, to, put } of [...edits].sort((a, b) => a.from - b.from)) {
    parts.push(bytes.subarray(at, from), put)
    at = to
  }
  return Buffer.concat([...parts, bytes.subarray(at)])
}

/** An unsigned varint, its last byte followed by `padding` bytes that say nothing. */
export function varint(value: number, padding = 0): Buffer {
  const out: number[] = []
  let rest = value
  while (rest >= 0x80) {
    out.push((rest & 0x7f) | 0x80)
    rest = Math.floor(rest / 0x80)
  }
  out.push(rest)
  for (let i = 0; i < padding; i++) {
    out.push(out.pop()! | 0x80)
    out.push(0)
  }
  return Buffer.from(out)
}

/** A big-endian integer of 1, 2, 4 or 8 bytes. */
export function integer(value: number | bigint, width: number): Buffer {
  const out = Buffer.alloc(8)
  out.writeBigInt64BE(BigInt(value))
  return out.subarray(8 - width)
}

/** The varint at `at`, and where it ends. */
export function varintAt(bytes: Uint8Array, at: number): [value: number, end: number] {
  let value = 0
  for (let i = 0; ; i++) {
    const byte = bytes[at + i] ?? 0
    value += (byte & 0x7f) * 2 ** (7 * i)
    if (byte < 0x80) return [value, at + i + 1]
  }
}

export interface Site {
  readonly path: string
  /** The path without indexes: what an encoder has one piece of code for. */
  readonly field: string
  readonly at: number
  readonly end: number
  readonly type: string
}

export type LengthKind = 'string' | 'bytes' | 'array'

/** A length or count in front of contents. */
export interface LengthSite extends Site {
  readonly kind: LengthKind
  /** Where the length itself ends. */
  readonly lengthEnd: number
  /** -1 for null. */
  readonly value: number
  readonly compact: boolean
}

export interface Sites {
  /** What is written for fields, elements left out; a field with all that it holds. */
  readonly fields: readonly Site[]
  readonly lengths: readonly LengthSite[]
  /** Tag buffers with their contents; the message's own is the last. */
  readonly buffers: readonly Site[]
  /** Tags with their contents. */
  readonly tags: readonly (Site & { readonly tag: number; readonly size: number; readonly sizeAt: number })[]
}

/** The places in a sound body; what is inside of tags is left out, since it would change their sizes. */
export function sitesOf(bytes: Uint8Array, table: SpanTable): Sites {
  const fields: Site[] = []
  const lengths: LengthSite[] = []
  const buffers: Site[] = []
  const tags: Sites['tags'][number][] = []
  let inTagUntil = -1
  for (const [path, at, length, type] of fieldLines(bytes, table)) {
    const site = { path, field: path.replace(/\[\d+\]/g, '[]'), at, end: at + length, type }
    if (at < inTagUntil) continue
    if (type === 'tag' || type === 'unknown_tag') {
      const [tag, sizeAt] = varintAt(bytes, at)
      const [size, end] = varintAt(bytes, sizeAt)
      inTagUntil = end + size
      tags.push({ ...site, end: end + size, tag, size, sizeAt })
      continue
    }
    if (type === 'tag_buffer') {
      buffers.push(site)
      continue
    }
    const kind = /array/.test(type)
      ? 'array'
      : /string/.test(type)
        ? 'string'
        : /bytes|records/.test(type)
          ? 'bytes'
          : null
    if (kind) lengths.push(lengthSite(bytes, site, kind))
    if (!path.endsWith(']')) fields.push(site)
  }
  return { fields, lengths, buffers, tags }
}

function lengthSite(bytes: Uint8Array, site: Site, kind: LengthKind): LengthSite {
  const compact = site.type.startsWith('compact')
  if (compact) {
    const [raw, lengthEnd] = varintAt(bytes, site.at)
    return { ...site, kind, compact, lengthEnd, value: raw - 1 }
  }
  const width = kind === 'string' ? 2 : 4
  const value = Buffer.from(bytes.buffer, bytes.byteOffset + site.at, width).readIntBE(0, width)
  return { ...site, kind, compact, lengthEnd: site.at + width, value }
}
