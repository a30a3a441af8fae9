/** Keys of one direction of a TLS connection: made of secrets, opening records. */
import { Buffer } from 'node:buffer'
import { createDecipheriv } from 'node:crypto'
import { counter64, lastNonZero, xorCounter } from '../../bytes/counter.ts'
import { u8 } from '../../bytes/read.ts'
import { Writer } from '../../bytes/write.ts'
import { CbcKey } from './cbc-key.ts'
import { hmac } from './hmac.ts'
import { HEADER, type Opened, type RecordKey } from './opened.ts'
import { plainBytes } from './plain-bytes.ts'
import type { Aead, Suite } from './suites.ts'

const EXPLICIT_NONCE = 8

interface Sealed {
  readonly suite: Aead
  readonly key: Uint8Array
  readonly nonce: Uint8Array
  readonly aad: Uint8Array
  /** Ciphertext, and the tag after it. */
  readonly bytes: Uint8Array
}

function unseal({ suite, key, nonce, aad, bytes }: Sealed): Uint8Array | null {
  const size = bytes.length - suite.tag
  if (size < 0) return null
  try {
    // Node takes all of them by the same calls, CCM with the tag before the ciphertext; its types keep them apart.
    const decipher = createDecipheriv(suite.cipher as 'aes-128-ccm', key, nonce, { authTagLength: suite.tag })
    decipher.setAuthTag(bytes.subarray(size))
    decipher.setAAD(aad, { plaintextLength: size })
    const content = decipher.update(bytes.subarray(0, size))
    decipher.final()
    return plainBytes(content)
  } catch {
    return null
  }
}

/** HKDF-Expand-Label of RFC 8446, 7.1, without context; one block of the hash is as much as is ever asked for. */
function expandLabel({ hash }: Suite, secret: Uint8Array, label: string, size: number): Uint8Array {
  const info = new Writer(64)
  info.i16(size)
  info.i8(6 + label.length)
  info.raw(Buffer.from(`tls13 ${label}`))
  info.i8(0)
  info.i8(1)
  return hmac(hash, secret, info.view()).subarray(0, size)
}

class RecordKey13 implements RecordKey {
  private readonly suite: Aead
  private readonly secret: Uint8Array
  private readonly key: Uint8Array
  private readonly iv: Uint8Array

  constructor(suite: Aead, secret: Uint8Array) {
    this.suite = suite
    this.secret = secret
    this.key = expandLabel(suite, secret, 'key', suite.keySize)
    this.iv = expandLabel(suite, secret, 'iv', 12)
  }

  open(record: Uint8Array, seq: number): Opened | null {
    const { suite, key, iv } = this
    const aad = record.subarray(0, HEADER)
    const padded = unseal({ suite, key, nonce: xorCounter(iv, seq), aad, bytes: record.subarray(HEADER) })
    if (!padded) return null
    const end = lastNonZero(padded)
    return end < 0 ? null : { type: u8(padded, end), content: padded.subarray(0, end) }
  }

  next(): RecordKey {
    const { suite, secret } = this
    return new RecordKey13(suite, expandLabel(suite, secret, 'traffic upd', secret.length))
  }
}

/** The key of a traffic secret of TLS 1.3; null where the secret is not of the suite's hash. */
export function trafficKey(suite: Suite, secret: Uint8Array | undefined): RecordKey | null {
  const size = suite.hash === 'sha384' ? 48 : 32
  return secret?.length === size && suite.form === 'aead' ? new RecordKey13(suite, secret) : null
}

class RecordKey12 implements RecordKey {
  private readonly suite: Aead
  private readonly key: Uint8Array
  private readonly iv: Uint8Array

  constructor(suite: Aead, key: Uint8Array, iv: Uint8Array) {
    this.suite = suite
    this.key = key
    this.iv = iv
  }

  open(record: Uint8Array, seq: number): Opened | null {
    const { suite, key, iv } = this
    // GCM (RFC 5288): four bytes of the nonce are of the key, eight in the record. ChaCha20 (RFC 7905): as in TLS 1.3.
    const explicit = suite.cipher === 'chacha20-poly1305' ? 0 : EXPLICIT_NONCE
    const size = record.length - HEADER - explicit - suite.tag
    if (size < 0) return null
    const start = HEADER + explicit
    const nonce = explicit ? Buffer.concat([iv, record.subarray(HEADER, start)]) : xorCounter(iv, seq)
    const aad = new Writer(13)
    aad.raw(counter64(seq))
    aad.raw(record.subarray(0, 3))
    aad.i16(size)
    const content = unseal({ suite, key, nonce, aad: aad.view(), bytes: record.subarray(start) })
    return content && { type: u8(record, 0), content }
  }

  next(): null {
    return null
  }
}

/** PRF of RFC 5246, 5. */
function prf(hash: string, secret: Uint8Array, label: string, seed: Uint8Array, size: number): Uint8Array {
  const whole = Buffer.concat([Buffer.from(label), seed])
  const blocks: Uint8Array[] = []
  let a: Uint8Array = whole
  for (let made = 0; made < size; made += blocks.at(-1)!.length) {
    a = hmac(hash, secret, a)
    blocks.push(hmac(hash, secret, a, whole))
  }
  return Buffer.concat(blocks).subarray(0, size)
}

/** What keys of a connection of TLS 1.2 are made of. */
export interface Agreed12 {
  readonly suite: Suite
  readonly master: Uint8Array
  readonly clientRandom: Uint8Array
  readonly serverRandom: Uint8Array
  /** Of CBC: the server has taken encrypt-then-MAC. */
  readonly encryptThenMac: boolean
}

/** Both directions' keys of a connection of TLS 1.2 (RFC 5246, 6.3). */
export function masterKeys(agreed: Agreed12): { client: RecordKey; server: RecordKey } {
  const { suite, master, clientRandom, serverRandom } = agreed
  const { keySize, hash } = suite
  const seed = Buffer.concat([serverRandom, clientRandom])
  // AEAD ciphers have no MAC keys; CBC has its IVs in the records.
  const macSize = suite.form === 'cbc' ? MAC_SIZES[suite.mac] : 0
  const ivSize = suite.form === 'cbc' ? 0 : suite.cipher === 'chacha20-poly1305' ? 12 : 4
  const block = prf(hash, master, 'key expansion', seed, 2 * (macSize + keySize + ivSize))
  let at = 0
  const take = (size: number): Uint8Array => {
    at += size
    return block.subarray(at - size, at)
  }
  const macs = [take(macSize), take(macSize)] as const
  const keys = [take(keySize), take(keySize)] as const
  const ivs = [take(ivSize), take(ivSize)] as const
  const made = (side: 0 | 1): RecordKey =>
    suite.form === 'cbc'
      ? new CbcKey(suite, keys[side], macs[side], agreed.encryptThenMac)
      : new RecordKey12(suite, keys[side], ivs[side])
  return { client: made(0), server: made(1) }
}

const MAC_SIZES = { sha1: 20, sha256: 32, sha384: 48 } as const
