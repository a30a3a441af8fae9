/**
 * Replaces hosts and ports in a frame and nothing else: a host's string with its length, a port's four bytes, the size
 * of the tag around them where that changes, the frame's size. Every other byte stays as the broker's encoder wrote
 * it, however odd, so that what a client does with odd bytes can be seen through the proxy.
 */
import { Buffer } from 'node:buffer'
import { i32, uvarint, varintEnd } from '../bytes/read.ts'
import { Writer } from '../bytes/write.ts'
import type { Addresses, AddressSpan } from './carriers.ts'

export interface Replacement {
  readonly host: string
  readonly port: number
}

interface Edit {
  readonly offset: number
  readonly length: number
  readonly bytes: Uint8Array
}

/**
 * The frame with each address that `replace` has another for; the frame itself where there is none. `found` is what
 * `findAddresses` found in it.
 */
export function replaceAddresses(
  frame: Uint8Array,
  found: Addresses,
  replace: (span: AddressSpan) => Replacement | null,
): Uint8Array {
  const edits: Edit[] = []
  let growth = 0
  for (const span of found.spans) {
    const other = replace(span)
    if (!other || (other.host === span.host && other.port === span.port)) continue
    const host = hostField(frame, span, other.host, found.flexible)
    growth += host.length - span.hostLength
    edits.push({ offset: span.hostOffset, length: span.hostLength, bytes: host })
    edits.push({ offset: span.portOffset, length: 4, bytes: int32(other.port) })
  }
  if (edits.length === 0) return frame
  if (growth !== 0) {
    if (found.tag) {
      const edit = resizedTag(frame, found.tag, growth)
      growth += edit.bytes.length - edit.length
      edits.unshift(edit)
    }
    edits.unshift({ offset: 0, length: 4, bytes: int32(i32(frame, 0) + growth) })
  }
  return apply(frame, edits, frame.length + growth)
}

function apply(frame: Uint8Array, edits: readonly Edit[], size: number): Uint8Array {
  const w = new Writer(size)
  let from = 0
  for (const { offset, length, bytes } of edits) {
    w.raw(frame.subarray(from, offset))
    w.raw(bytes)
    from = offset + length
  }
  w.raw(frame.subarray(from))
  return w.view()
}

/** The string field with other contents. A length that stays the same keeps its bytes (it may be an overlong varint). */
function hostField(frame: Uint8Array, span: AddressSpan, host: string, flexible: boolean): Uint8Array {
  const contents = Buffer.from(host, 'utf8')
  const w = new Writer(contents.length + 5)
  if (contents.length === span.hostOffset + span.hostLength - span.hostContents) {
    w.raw(frame.subarray(span.hostOffset, span.hostContents))
  } else if (flexible) w.uvarint(contents.length + 1)
  else w.i16(contents.length)
  w.raw(contents)
  return w.view()
}

function resizedTag(frame: Uint8Array, tag: { offset: number; length: number }, growth: number): Edit {
  const end = tag.offset + tag.length
  uvarint(frame, tag.offset, end)
  const offset = varintEnd
  const w = new Writer(8)
  w.uvarint(uvarint(frame, offset, end) + growth)
  return { offset, length: end - offset, bytes: w.view() }
}

function int32(value: number): Uint8Array {
  const w = new Writer(4)
  w.i32(value)
  return w.view()
}
