/** What readers of capture files have in common. */

/** A packet as a file holds it. One object is used again for all: valid until the next one is read. */
export interface Packet {
  /** From 1, as Wireshark counts. */
  number: number
  /** Microseconds since 1970; finer resolutions are cut. */
  time: number
  /** LINKTYPE of tcpdump.org/linktypes.html. */
  linkType: number
  /** The packet lies from `start` to `end`. */
  bytes: Uint8Array
  start: number
  end: number
  /** Its length on the wire; more than there is where the capture cut it (snaplen). */
  original: number
}

/** Where and why a file can't be read on. */
export interface Damage {
  /** Of the first byte that is wrong or missing, or of the structure it belongs to. */
  readonly offset: number
  readonly message: string
}

/**
 * What a reader answers: there is a packet; it wants more bytes in its window; or it can go no further, and `damage`
 * says why.
 */
export type ReadResult = 'packet' | 'more' | 'damaged'

export interface FormatReader {
  readonly packet: Packet
  readonly damage: Damage | null
  read(): ReadResult
  /** No more bytes come: what is left of a structure is damage. */
  finish(): Damage | null
}

export const newPacket = (): Packet => ({
  number: 0,
  time: 0,
  linkType: 0,
  bytes: new Uint8Array(0),
  start: 0,
  end: 0,
  original: 0,
})

/** The largest packet that Wireshark takes, and so the largest any snaplen allows, but for files that say otherwise. */
export const MAX_PACKET = 262_144
/** No link carries more; what a file says beyond is not believed. */
export const MAX_ANY_PACKET = 16 * 1024 * 1024
