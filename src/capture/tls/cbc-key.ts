/** A direction's key of TLS 1.2 with a block cipher (RFC 5246, 6.2.3.2), or with encrypt-then-MAC (RFC 7366). */
import { createDecipheriv } from 'node:crypto'
import { counter64 } from '../../bytes/counter.ts'
import { sameBytes } from '../../bytes/match.ts'
import { u8 } from '../../bytes/read.ts'
import { Writer } from '../../bytes/write.ts'
import { hmac } from './hmac.ts'
import { HEADER, type Opened, type RecordKey } from './opened.ts'
import { plainBytes } from './plain-bytes.ts'
import type { Cbc } from './suites.ts'

/** Of AES; the IV is the first block of a record. */
const BLOCK = 16

export class CbcKey implements RecordKey {
  private readonly suite: Cbc
  private readonly key: Uint8Array
  private readonly macKey: Uint8Array
  private readonly encryptThenMac: boolean

  constructor(suite: Cbc, key: Uint8Array, macKey: Uint8Array, encryptThenMac: boolean) {
    this.suite = suite
    this.key = key
    this.macKey = macKey
    this.encryptThenMac = encryptThenMac
  }

  open(record: Uint8Array, seq: number): Opened | null {
    const macSize = this.macKey.length
    const end = this.encryptThenMac ? record.length - macSize : record.length
    const size = end - HEADER - BLOCK
    if (size < BLOCK || size % BLOCK !== 0) return null
    if (this.encryptThenMac && !this.proves(record, record.subarray(HEADER, end), seq, record.subarray(end)))
      return null
    const plain = this.decrypt(record.subarray(HEADER, HEADER + BLOCK), record.subarray(HEADER + BLOCK, end))
    const padded = unpadded(plain)
    const length = this.encryptThenMac ? padded : padded - macSize
    if (padded < 0 || length < 0) return null
    const content = plain.subarray(0, length)
    if (!this.encryptThenMac && !this.proves(record, content, seq, plain.subarray(length, padded))) return null
    return { type: u8(record, 0), content }
  }

  private decrypt(iv: Uint8Array, ciphertext: Uint8Array): Uint8Array {
    const decipher = createDecipheriv(this.suite.cipher, this.key, iv)
    decipher.setAutoPadding(false)
    return plainBytes(decipher.update(ciphertext))
  }

  /** Whether `mac` is that of a record which holds (RFC 7366: whose IV and ciphertext are) `content`. */
  private proves(record: Uint8Array, content: Uint8Array, seq: number, mac: Uint8Array): boolean {
    const head = new Writer(13)
    head.raw(counter64(seq))
    head.raw(record.subarray(0, 3))
    head.i16(content.length)
    return sameBytes(hmac(this.suite.mac, this.macKey, head.view(), content), 0, mac, 0, this.macKey.length)
  }

  next(): null {
    return null
  }
}

/** The length without padding: its last byte says how many of the same value go before it. -1 where they do not. */
function unpadded(plain: Uint8Array): number {
  const last = u8(plain, plain.length - 1)
  const length = plain.length - 1 - last
  for (let at = length; at >= 0 && at < plain.length; at++) if (u8(plain, at) !== last) return -1
  return length
}
