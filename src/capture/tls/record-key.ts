/** Keys of one direction of a TLS connection: made of secrets, opening records. */
import { Buffer } from 'node:buffer'
import { createDecipheriv, createHmac, type DecipherGCM } from 'node:crypto'
import { counter64, lastNonZero, xorCounter } from '../../bytes/counter.ts'
import { u8 } from '../../bytes/read.ts'
import { Writer } from '../../bytes/write.ts'
import type { Suite } from './suites.ts'

/** Content type, version, length. */
export const HEADER = 5
const TAG = 16
const EXPLICIT_NONCE = 8

export interface Opened {
  /** Content type, the inner one of TLS 1.3. */
  readonly type: number
  readonly content: Uint8Array
}

export interface RecordKey {
  /** Opens a record (its header included) that is the `seq`-th under this key; null where its tag does not fit. */
  open(record: Uint8Array, seq: number): Opened | null
  /** The key after a KeyUpdate; null in TLS 1.2, which has none. */
  next(): RecordKey | null
}

interface Sealed {
  readonly suite: Suite
  readonly key: Uint8Array
  readonly nonce: Uint8Array
  readonly aad: Uint8Array
  /** Ciphertext, and the tag after it. */
  readonly bytes: Uint8Array
}

function unseal({ suite, key, nonce, aad, bytes }: Sealed): Uint8Array | null {
  const size = bytes.length - TAG
  if (size < 0) return null
  try {
    // Node takes ChaCha20-Poly1305 by the same calls; its types keep the two apart.
    const decipher = createDecipheriv(suite.cipher as 'aes-128-gcm', key, nonce, { authTagLength: TAG }) as DecipherGCM
    decipher.setAAD(aad, { plaintextLength: size })
    decipher.setAuthTag(bytes.subarray(size))
    const content = decipher.update(bytes.subarray(0, size))
    decipher.final()
    return content
  } catch {
    return null
  }
}

const hmac = (hash: string, key: Uint8Array, ...parts: (Uint8Array | string)[]): Buffer => {
  const made = createHmac(hash, key)
  for (const part of parts) made.update(part)
  return made.digest()
}

/** HKDF-Expand-Label of RFC 8446, 7.1, without context; one block of the hash is as much as is ever asked for. */
function expandLabel({ hash }: Suite, secret: Uint8Array, label: string, size: number): Buffer {
  const info = new Writer(64)
  info.i16(size)
  info.i8(6 + label.length)
  info.raw(Buffer.from(`tls13 ${label}`))
  info.i8(0)
  info.i8(1)
  return hmac(hash, secret, info.view()).subarray(0, size)
}

class RecordKey13 implements RecordKey {
  private readonly suite: Suite
  private readonly secret: Uint8Array
  private readonly key: Uint8Array
  private readonly iv: Uint8Array

  constructor(suite: Suite, secret: Uint8Array) {
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
  return secret?.length === size ? new RecordKey13(suite, secret) : null
}

class RecordKey12 implements RecordKey {
  private readonly suite: Suite
  private readonly key: Uint8Array
  private readonly iv: Uint8Array

  constructor(suite: Suite, key: Uint8Array, iv: Uint8Array) {
    this.suite = suite
    this.key = key
    this.iv = iv
  }

  open(record: Uint8Array, seq: number): Opened | null {
    const { suite, key, iv } = this
    // GCM (RFC 5288): four bytes of the nonce are of the key, eight in the record. ChaCha20 (RFC 7905): as in TLS 1.3.
    const explicit = suite.cipher === 'chacha20-poly1305' ? 0 : EXPLICIT_NONCE
    const size = record.length - HEADER - explicit - TAG
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
function prf(hash: string, secret: Uint8Array, label: string, seed: Uint8Array, size: number): Buffer {
  const whole = Buffer.concat([Buffer.from(label), seed])
  const blocks: Buffer[] = []
  let a: Uint8Array = whole
  for (let made = 0; made < size; made += blocks.at(-1)!.length) {
    a = hmac(hash, secret, a)
    blocks.push(hmac(hash, secret, a, whole))
  }
  return Buffer.concat(blocks).subarray(0, size)
}

/** Both directions' keys of a connection of TLS 1.2 (RFC 5246, 6.3; AEAD ciphers have no MAC keys). */
export function masterKeys(
  suite: Suite,
  master: Uint8Array,
  clientRandom: Uint8Array,
  serverRandom: Uint8Array,
): { client: RecordKey; server: RecordKey } {
  const { keySize, hash, cipher } = suite
  const ivSize = cipher === 'chacha20-poly1305' ? 12 : 4
  const seed = Buffer.concat([serverRandom, clientRandom])
  const block = prf(hash, master, 'key expansion', seed, 2 * (keySize + ivSize))
  const ivs = 2 * keySize
  return {
    client: new RecordKey12(suite, block.subarray(0, keySize), block.subarray(ivs, ivs + ivSize)),
    server: new RecordKey12(suite, block.subarray(keySize, ivs), block.subarray(ivs + ivSize)),
  }
}
