/** IP fragments put together. So many datagrams may be unfinished; the oldest go. */
import { latin1 } from '../bytes/latin1.ts'

/** A part of an IP datagram: bytes from `at` to `end`, which belong at `offset`. */
export interface Part {
  readonly bytes: Uint8Array
  readonly at: number
  readonly end: number
  readonly offset: number
  readonly more: boolean
  readonly id: number
  /** What IP carries in it: ids are told apart by it. */
  readonly protocol: number
}

const MAX_DATAGRAMS = 256
/** An IP datagram's length has 16 bits. */
const MAX_LENGTH = 65_536
const MAX_PARTS = 1024
/** Of one datagram: parts may overlap, and those of hostile ones all do. */
const MAX_BYTES = 2 * MAX_LENGTH

interface Datagram {
  readonly parts: { readonly offset: number; readonly bytes: Uint8Array }[]
  had: number
  /** -1 until the last part came. */
  length: number
}

export class Fragments {
  private readonly datagrams = new Map<string, Datagram>()

  /** Adds a part; the whole with its addresses (source, target) in front where nothing is missing now, else null. */
  add(addresses: Uint8Array, { bytes, at, end, offset, more, id, protocol }: Part): Uint8Array | null {
    const size = end - at
    if (offset + size > MAX_LENGTH) return null
    const key = `${protocol} ${id} ${latin1(addresses, 0, addresses.length)}`
    let datagram = this.datagrams.get(key)
    if (!datagram) {
      datagram = { parts: [], had: 0, length: -1 }
      this.datagrams.set(key, datagram)
      if (this.datagrams.size > MAX_DATAGRAMS) this.dropOldest()
    }
    if (!more) datagram.length = offset + size
    // A part that came again adds nothing.
    if (datagram.parts.some((part) => part.offset === offset && part.bytes.length === size)) return null
    datagram.parts.push({ offset, bytes: bytes.slice(at, end) })
    datagram.had += size
    if (datagram.parts.length > MAX_PARTS || datagram.had > MAX_BYTES) return this.drop(key)
    if (datagram.length < 0 || datagram.had < datagram.length) return null
    const whole = assemble(addresses, datagram)
    if (whole) this.datagrams.delete(key)
    return whole
  }

  private dropOldest(): void {
    for (const oldest of this.datagrams.keys()) {
      this.datagrams.delete(oldest)
      return
    }
  }

  private drop(key: string): null {
    this.datagrams.delete(key)
    return null
  }
}

function assemble(addresses: Uint8Array, { parts, length }: Datagram): Uint8Array | null {
  parts.sort((a, b) => a.offset - b.offset)
  const whole = new Uint8Array(addresses.length + length)
  whole.set(addresses)
  let covered = 0
  for (const { offset, bytes } of parts) {
    if (offset > covered) return null
    const end = Math.min(length, offset + bytes.length)
    if (end <= covered) continue
    // What came first for a byte stays, as with overlapping TCP segments.
    whole.set(bytes.subarray(covered - offset, end - offset), addresses.length + covered)
    covered = end
  }
  return covered === length ? whole : null
}
