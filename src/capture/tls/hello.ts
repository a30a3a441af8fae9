/** What the two hellos of a TLS handshake say (RFC 5246, 7.4.1; RFC 8446, 4.1). */
import { Buffer } from 'node:buffer'
import { toHex } from '../../bytes/hex.ts'
import { u8, u16 } from '../../bytes/read.ts'
import { text } from '../../bytes/utf8.ts'

export interface ClientHello {
  readonly random: Uint8Array
  readonly sessionId: string
  /** The name asked for (SNI); printable, or null. */
  readonly serverName: string | null
  /** A ticket of TLS 1.2 to resume with, in hex; '' for none. */
  readonly ticket: string
  /** Application protocols offered (ALPN, RFC 7301): `h2`, `http/1.1`. */
  readonly protocols: readonly string[]
  /** Early data (0-RTT) may follow at once. */
  readonly earlyData: boolean
}

export interface ServerHello {
  readonly random: Uint8Array
  readonly sessionId: string
  readonly suite: number
  /** The minor version that was agreed on: 4 is TLS 1.3. */
  readonly version: number
  /** A HelloRetryRequest: another ClientHello and ServerHello follow. */
  readonly retry: boolean
  /** Of a block cipher the MAC is made of the ciphertext (RFC 7366). */
  readonly encryptThenMac: boolean
}

const SERVER_NAME = 0
const ALPN = 16
const ENCRYPT_THEN_MAC = 22
const SESSION_TICKET = 35
const EARLY_DATA = 42
const SUPPORTED_VERSIONS = 43

/** SHA-256 of "HelloRetryRequest", in place of a random. */
const RETRY = Buffer.from('cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c', 'hex')

/** Version and random. */
const START = 34

/** Reads on from a place, never past the end: `ok` turns false instead. */
class Cursor {
  ok = true
  readonly bytes: Uint8Array
  at: number
  private readonly end: number

  constructor(bytes: Uint8Array, at: number, end = bytes.length) {
    this.bytes = bytes
    this.at = at
    this.end = end
  }

  get more(): boolean {
    return this.ok && this.at < this.end
  }

  u8(): number {
    return this.take(1) ? u8(this.bytes, this.at - 1) : 0
  }

  u16(): number {
    return this.take(2) ? u16(this.bytes, this.at - 2) : 0
  }

  /** What follows a length of so many bytes. */
  vector(width: 1 | 2): Cursor {
    const size = width === 1 ? this.u8() : this.u16()
    const from = this.at
    return this.take(size) ? new Cursor(this.bytes, from, from + size) : new Cursor(this.bytes, 0, 0)
  }

  hex(): string {
    return toHex(this.bytes, this.at, this.end)
  }

  text(): string {
    return text(this.bytes, this.at, this.end)
  }

  private take(size: number): boolean {
    if (!this.ok || this.end - this.at < size) this.ok = false
    else this.at += size
    return this.ok
  }
}

/** Reads the body of a ClientHello; null where it is none. */
export function readClientHello(body: Uint8Array): ClientHello | null {
  if (body.length < START) return null
  const hello = new Cursor(body, START)
  const sessionId = hello.vector(1).hex()
  hello.vector(2)
  hello.vector(1)
  if (!hello.ok) return null
  let serverName: string | null = null
  let ticket = ''
  let protocols: readonly string[] = []
  let earlyData = false
  for (const extensions = hello.more ? hello.vector(2) : hello; extensions.more; ) {
    const type = extensions.u16()
    const content = extensions.vector(2)
    if (!extensions.ok) break
    if (type === SERVER_NAME) serverName = readName(content)
    else if (type === ALPN) protocols = readProtocols(content)
    else if (type === SESSION_TICKET) ticket = content.hex()
    else if (type === EARLY_DATA) earlyData = true
  }
  return { random: body.slice(2, START), sessionId, serverName, ticket, protocols, earlyData }
}

function readName(content: Cursor): string | null {
  const names = content.vector(2)
  names.u8()
  const name = names.vector(2)
  return content.ok && names.ok && /^[\w.-]{1,253}$/.test(name.text()) ? name.text() : null
}

function readProtocols(content: Cursor): string[] {
  const protocols: string[] = []
  for (const list = content.vector(2); list.more; ) {
    const name = list.vector(1)
    if (list.ok) protocols.push(name.text())
  }
  return protocols
}

/** Reads the body of a ServerHello; null where it is none. */
export function readServerHello(body: Uint8Array): ServerHello | null {
  if (body.length < START || u8(body, 0) !== 3) return null
  const hello = new Cursor(body, START)
  const sessionId = hello.vector(1).hex()
  const suite = hello.u16()
  hello.u8()
  if (!hello.ok) return null
  let version = u8(body, 1)
  let encryptThenMac = false
  for (const extensions = hello.more ? hello.vector(2) : hello; extensions.more; ) {
    const type = extensions.u16()
    const content = extensions.vector(2)
    if (!extensions.ok) break
    if (type === SUPPORTED_VERSIONS) version = content.u16() & 0xff
    else if (type === ENCRYPT_THEN_MAC) encryptThenMac = true
  }
  const random = body.slice(2, START)
  return { random, sessionId, suite, version, retry: RETRY.equals(random), encryptThenMac }
}

/** Whether EncryptedExtensions say that early data was taken (RFC 8446, 4.2.10). */
export function acceptsEarlyData(body: Uint8Array): boolean {
  const extensions = new Cursor(body, 0).vector(2)
  while (extensions.more) {
    const type = extensions.u16()
    extensions.vector(2)
    if (extensions.ok && type === EARLY_DATA) return true
  }
  return false
}
