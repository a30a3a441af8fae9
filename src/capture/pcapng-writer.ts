/**
 * Blocks of a pcapng file (draft-ietf-opsawg-pcapng), big-endian: a section with one interface, whose packets begin
 * with their IP header and have times in microseconds. What is returned are whole blocks, to be written one after the
 * other; a file that ends after any of them is a sound one.
 */
import { Buffer } from 'node:buffer'
import { Writer } from '../bytes/write.ts'

const SECTION = 0x0a0d0d0a
const INTERFACE = 1
const PACKET = 6
const BYTE_ORDER = 0x1a2b3c4d
const LINKTYPE_RAW = 101

const OPT_END = 0
const OPT_COMMENT = 1
const SECTION_APPLICATION = 4
const INTERFACE_NAME = 2
const INTERFACE_RESOLUTION = 9

/** An option's length has 16 bits. What is longer nobody reads. */
const MAX_COMMENT = 8192
const MAX_COMMENTS = 100

export interface PcapngOptions {
  /** Who writes: name and version. */
  readonly application: string
}

export class PcapngWriter {
  /** What a file begins with. */
  readonly header: Uint8Array

  constructor({ application }: PcapngOptions) {
    const section = block(SECTION, (writer) => {
      writer.i32(BYTE_ORDER)
      writer.i16(1)
      writer.i16(0)
      // The section's length: not known.
      writer.i64(-1)
      option(writer, SECTION_APPLICATION, Buffer.from(application))
      option(writer, OPT_END, NOTHING)
    })
    const face = block(INTERFACE, (writer) => {
      writer.i16(LINKTYPE_RAW)
      writer.i16(0)
      // No limit to what is captured of a packet.
      writer.i32(0)
      option(writer, INTERFACE_NAME, Buffer.from('kafkascope'))
      option(writer, INTERFACE_RESOLUTION, Buffer.from([6]))
      option(writer, OPT_END, NOTHING)
    })
    this.header = Buffer.concat([section, face])
  }

  /** A packet that begins with its IP header; `time` in microseconds since 1970. Comments are cut at 8192 bytes. */
  packet(time: number, packet: Uint8Array, comments: readonly string[] = []): Uint8Array {
    return block(
      PACKET,
      (writer) => {
        const micros = BigInt(Math.max(0, Math.round(time)))
        writer.i32(0)
        writer.i64(micros)
        writer.i32(packet.length)
        writer.i32(packet.length)
        padded(writer, packet)
        for (const comment of comments.slice(0, MAX_COMMENTS)) option(writer, OPT_COMMENT, cut(comment))
        if (comments.length > 0) option(writer, OPT_END, NOTHING)
      },
      packet.length + 64,
    )
  }
}

const NOTHING = new Uint8Array(0)
const PADDING = new Uint8Array(4)

/** Cut between two characters. */
function cut(comment: string): Uint8Array {
  const bytes = Buffer.from(comment)
  if (bytes.length <= MAX_COMMENT) return bytes
  // A character cut in two decodes to U+FFFD.
  return Buffer.from(bytes.toString('utf8', 0, MAX_COMMENT - 8).replace(/\ufffd$/, '…'))
}

function padded(writer: Writer, bytes: Uint8Array): void {
  writer.raw(bytes)
  writer.raw(PADDING.subarray(0, -bytes.length & 3))
}

function option(writer: Writer, code: number, value: Uint8Array): void {
  writer.i16(code)
  writer.i16(value.length)
  padded(writer, value)
}

function block(type: number, body: (writer: Writer) => void, capacity = 256): Uint8Array {
  const writer = new Writer(capacity)
  writer.i32(type)
  writer.i32(0)
  body(writer)
  const length = writer.length + 4
  writer.i32(length)
  writer.patchI32(4, length)
  return writer.view()
}
