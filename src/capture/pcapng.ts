/**
 * pcapng (draft-ietf-opsawg-pcapng): blocks of type, length, body and the length again. Blocks that hold no packet are
 * passed over, also those not known, but for sections, interfaces and TLS secrets.
 */
import { latin1 } from '../bytes/latin1.ts'
import { i64, u8, u16, u16le, u32, u32le } from '../bytes/read.ts'
import { type Damage, type FormatReader, MAX_ANY_PACKET, newPacket, type ReadResult } from './packet.ts'
import { type Clock, clockOf } from './pcapng-time.ts'
import type { Window } from './window.ts'

const SECTION = 0x0a0d0d0a
const INTERFACE = 1
const OLD_PACKET = 2
const SIMPLE_PACKET = 3
const ENHANCED_PACKET = 6
const SECRETS = 10
const KNOWN = new Set([INTERFACE, OLD_PACKET, SIMPLE_PACKET, ENHANCED_PACKET, SECRETS])

const BYTE_ORDER = 0x1a2b3c4d
const TLS_KEY_LOG = 0x544c534b

const IF_TSRESOL = 9
const IF_TSOFFSET = 14

/** A block of a kind that is read may be as large as the largest packet and its options. */
const MAX_BLOCK = MAX_ANY_PACKET + 1024 * 1024
const MAX_INTERFACES = 100_000

interface Interface {
  readonly linkType: number
  readonly snaplen: number
  readonly clock: Clock
}

/** True where a file begins like this format; four bytes are needed. */
export const isPcapng = (b: Uint8Array, p: number): boolean => u32(b, p) === SECTION

export class PcapngReader implements FormatReader {
  readonly packet = newPacket()
  damage: Damage | null = null
  private readonly window: Window
  private readonly onSecrets: (keyLog: string) => void
  private u16 = u16
  private u32 = u32
  private little = false
  private interfaces: Interface[] = []
  private skip = 0

  /** `onSecrets` is given the text of every TLS key log in the file. */
  constructor(window: Window, onSecrets: (keyLog: string) => void) {
    this.window = window
    this.onSecrets = onSecrets
  }

  read(): ReadResult {
    const { window } = this
    for (;;) {
      if (this.damage) return 'damaged'
      if (this.skip > 0) {
        const skipped = Math.min(this.skip, window.left)
        window.at += skipped
        this.skip -= skipped
      }
      if (this.skip > 0 || window.left < 12) return 'more'
      const section = u32(window.bytes, window.at) === SECTION
      if (section && !this.byteOrder()) continue
      const length = this.u32(window.bytes, window.at + 4)
      if (length < 12 || length % 4 !== 0) {
        this.fail(4, `a block has a length of ${length}`)
        continue
      }
      const type = section ? SECTION : this.u32(window.bytes, window.at)
      if (!section && !KNOWN.has(type)) {
        this.skip = length
        continue
      }
      if (length > MAX_BLOCK) {
        this.fail(4, `a block of type ${type} has a length of ${length}`)
        continue
      }
      if (window.left < length) return 'more'
      if (this.block(type, length)) return 'packet'
    }
  }

  /** Takes the byte order of a section. False where it has none. */
  private byteOrder(): boolean {
    const { bytes, at } = this.window
    this.little = u32le(bytes, at + 8) === BYTE_ORDER
    if (!this.little && u32(bytes, at + 8) !== BYTE_ORDER) {
      this.fail(8, 'a section header has no byte-order magic')
      return false
    }
    this.u16 = this.little ? u16le : u16
    this.u32 = this.little ? u32le : u32
    return true
  }

  private fail(at: number, message: string): void {
    this.damage = { offset: this.window.offset + at, message }
  }

  /** A block that is whole in the window. True where it holds a packet. */
  private block(type: number, length: number): boolean {
    const { bytes, at } = this.window
    const end = at + length - 4
    if (this.u32(bytes, end) !== length) {
      this.fail(length - 4, `a block of ${length} bytes ends with a length of ${this.u32(bytes, end)}`)
      return false
    }
    const packet = this.body(type, at + 8, end)
    if (!this.damage) this.window.at = end + 4
    return packet && !this.damage
  }

  private body(type: number, at: number, end: number): boolean {
    switch (type) {
      case SECTION:
        this.interfaces = []
        return false
      case INTERFACE:
        this.interface(at, end)
        return false
      case SECRETS:
        this.secrets(at, end)
        return false
      case SIMPLE_PACKET:
        return this.simple(at, end)
      default:
        return this.full(type, at, end)
    }
  }

  private interface(at: number, end: number): void {
    if (end - at < 8 || this.interfaces.length === MAX_INTERFACES) {
      this.fail(8, end - at < 8 ? 'an interface block is too short' : `more than ${MAX_INTERFACES} interfaces`)
      return
    }
    const { bytes } = this.window
    let resolution = 6
    let offset = 0
    for (let p = at + 8; p + 4 <= end; ) {
      const code = this.u16(bytes, p)
      const size = this.u16(bytes, p + 2)
      if (code === 0 || p + 4 + size > end) break
      if (code === IF_TSRESOL && size === 1) resolution = u8(bytes, p + 4)
      if (code === IF_TSOFFSET && size === 8) offset = this.seconds(p + 4)
      p += 4 + ((size + 3) & ~3)
    }
    this.interfaces.push({
      linkType: this.u16(bytes, at),
      snaplen: this.u32(bytes, at + 4),
      clock: clockOf(resolution, offset),
    })
  }

  private seconds(at: number): number {
    const { bytes } = this.window
    return Number(i64(this.little ? bytes.slice(at, at + 8).reverse() : bytes, this.little ? 0 : at))
  }

  private secrets(at: number, end: number): void {
    const { bytes } = this.window
    if (end - at < 8 || this.u32(bytes, at) !== TLS_KEY_LOG) return
    const from = at + 8
    this.onSecrets(latin1(bytes, from, Math.min(end, from + this.u32(bytes, at + 4))))
  }

  /** A Simple Packet Block: no time (the last one's is taken), the first interface. */
  private simple(at: number, end: number): boolean {
    const from = this.interfaces[0]
    if (end - at < 4 || !from) {
      this.fail(8, from ? 'a packet block is too short' : 'a packet comes before any interface')
      return false
    }
    const original = this.u32(this.window.bytes, at)
    const limit = from.snaplen === 0 ? original : Math.min(original, from.snaplen)
    this.take(from, at + 4, Math.min(end, at + 4 + limit), original)
    return true
  }

  /** An Enhanced Packet Block, or the obsolete Packet Block, whose interface has 16 bits and a drop count behind it. */
  private full(type: number, at: number, end: number): boolean {
    const { bytes } = this.window
    if (end - at < 20) {
      this.fail(8, 'a packet block is too short')
      return false
    }
    const id = type === OLD_PACKET ? this.u16(bytes, at) : this.u32(bytes, at)
    const from = this.interfaces[id]
    const captured = this.u32(bytes, at + 12)
    if (!from || captured > end - at - 20) {
      if (!from) this.fail(8, `packet ${this.packet.number + 1} is of interface ${id}, of which nothing was said`)
      else this.fail(20, `packet ${this.packet.number + 1} says that ${captured} bytes were captured of it`)
      return false
    }
    this.packet.time = from.clock(this.u32(bytes, at + 4), this.u32(bytes, at + 8))
    this.take(from, at + 20, at + 20 + captured, this.u32(bytes, at + 16))
    return true
  }

  private take(from: Interface, start: number, end: number, original: number): void {
    const { packet } = this
    packet.number++
    packet.linkType = from.linkType
    packet.bytes = this.window.bytes
    packet.start = start
    packet.end = end
    packet.original = Math.max(original, end - start)
  }

  finish(): Damage | null {
    const { left, offset } = this.window
    if (this.damage || (left === 0 && this.skip === 0)) return this.damage
    this.damage = { offset: offset + left, message: `it ends within a block, after packet ${this.packet.number}` }
    return this.damage
  }
}
