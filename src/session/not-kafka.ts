/**
 * What bytes look like that are no Kafka. A Kafka peer reads the first four bytes of anything as a frame size, so
 * "HTTP" is a frame of 1213486160 bytes and a TLS record one of 352 MB and more.
 */
import { textRun } from '../bytes/match.ts'
import { u8, u16 } from '../bytes/read.ts'
import { text } from '../bytes/utf8.ts'
import type { Anomaly } from './exchange.ts'
import { suiteName, tlsAlertName, tlsVersionName } from './tls-names.ts'

export type LooksLike = Extract<Anomaly, { kind: 'not-kafka' }>['looksLike']

export interface Look {
  readonly looksLike: LooksLike
  /** One phrase for people; printable ASCII. */
  readonly detail: string
}

/** Content types of the TLS record layer (RFC 8446, 5.1). */
const TLS_ALERT = 21
const TLS_HANDSHAKE = 22
const TLS_APPLICATION_DATA = 23
/** A record holds at most 2^14 bytes and what encryption adds (TLS 1.2: 2048). */
const MAX_TLS_RECORD = 16384 + 2048

/** The first bytes of a PROXY protocol v2 header, which load balancers put in front of a connection. */
const PROXY_V2 = [0x0d0a, 0x0d0a, 0x000d]

const METHODS = /^(GET|HEAD|POST|PUT|DELETE|OPTIONS|PATCH|TRACE|CONNECT) /
const MAX_LINE = 256
const MAX_TLS = 4096
const MAX_OTHER = 256

/** A TLS record of any version: content type, then 3 and the minor version. */
function isTls(b: Uint8Array, p: number): boolean {
  const type = u8(b, p)
  return type >= 20 && type <= TLS_APPLICATION_DATA && u8(b, p + 1) === 3 && u8(b, p + 2) <= 4
}

/** True where the four bytes at `p`, the first of a direction, begin something that is surely no Kafka frame. */
export function beginsForeign(b: Uint8Array, p: number): boolean {
  return isTls(b, p) || textRun(b, p, p + 4) === 4
}

/** True for the start of a TLS record that is whole in its first five bytes: type, version and a length that can be. */
export function beginsTlsRecord(b: Uint8Array, p: number): boolean {
  return isTls(b, p) && u16(b, p + 3) > 0 && u16(b, p + 3) <= MAX_TLS_RECORD
}

/**
 * How many of these bytes (and of those to come) are worth looking at: a whole TLS record, a whole first line. The
 * answer depends on the bytes before that end only, so that any cut of a stream gives the same.
 */
export function evidenceSize(b: Uint8Array): number {
  if (b.length < 5) return 5
  if (isTls(b, 0)) return Math.min(5 + u16(b, 3), MAX_TLS)
  if (textRun(b, 0, 4) < 4) return MAX_OTHER
  const line = b.indexOf(0x0a, 4)
  return line >= 0 && line < MAX_LINE ? line + 1 : MAX_LINE
}

/** What these bytes, the first that make no sense, look like. */
export function lookAt(b: Uint8Array): Look {
  if (b.length >= 3 && isTls(b, 0)) return tls(b)
  const run = textRun(b, 0, Math.min(b.length, MAX_LINE))
  if (b.length >= 6 && PROXY_V2.every((word, i) => u16(b, 2 * i) === word)) {
    return { looksLike: 'unknown', detail: 'a PROXY protocol v2 header' }
  }
  if (run >= 4 || (run > 0 && run === b.length)) return textual(text(b, 0, run))
  return { looksLike: 'unknown', detail: 'bytes of no protocol that is known here' }
}

function textual(all: string): Look {
  const line = all
    .split(/[\r\n]/, 1)[0]!
    .replaceAll('\t', ' ')
    .slice(0, 80)
  if (all.startsWith('PRI * HTTP/2')) return { looksLike: 'http2', detail: 'the preface of HTTP/2 (or gRPC)' }
  if (METHODS.test(all)) return { looksLike: 'http', detail: `the HTTP request "${line}"` }
  if (all.startsWith('HTTP')) return { looksLike: 'http', detail: `the HTTP answer "${line}"` }
  if (all.startsWith('SSH-')) return { looksLike: 'ssh', detail: `the SSH banner "${line}"` }
  if (all.startsWith('PROXY ')) return { looksLike: 'text', detail: `the PROXY protocol header "${line}"` }
  return { looksLike: 'text', detail: `the text "${line}"` }
}

function tls(b: Uint8Array): Look {
  const type = u8(b, 0)
  const version = tlsVersionName(u8(b, 2))
  if (type === TLS_ALERT) {
    const code = b.length >= 7 && u16(b, 3) === 2 ? u8(b, 6) : null
    const name = code === null ? '' : ` ${tlsAlertName(code)}`
    return { looksLike: 'tls-alert', detail: `the TLS alert${name} (${version} record)` }
  }
  if (type !== TLS_HANDSHAKE) return { looksLike: 'tls', detail: `a TLS record (${version})` }
  const message = b.length > 5 ? u8(b, 5) : 0
  if (message === 2) return { looksLike: 'tls', detail: `${SERVER_HELLO}${agreed(b)}` }
  if (message !== 1) return { looksLike: 'tls', detail: `a TLS handshake record (${version})` }
  return clientHello(b)
}

/** Extension types of TLS: server_name (RFC 6066), supported_versions (RFC 8446). */
const SERVER_NAME = 0
const SUPPORTED_VERSIONS = 43

/** How the detail of a ServerHello begins. */
export const SERVER_HELLO = 'a TLS ServerHello'

/** Version and cipher suite of a ServerHello, as far as its bytes go. */
function agreed(b: Uint8Array): string {
  // Record header 5, handshake type and length 4, version 2, random 32, then the session id.
  if (b.length < 44) return ''
  const suite = 44 + u8(b, 43)
  if (suite + 2 > b.length) return ''
  let version = u8(b, 10)
  // Behind the suite one byte of compression, two of the extensions' size.
  for (let p = suite + 5; p + 4 <= b.length; p += 4 + u16(b, p + 2)) {
    if (u16(b, p) === SUPPORTED_VERSIONS && p + 6 <= b.length) version = u8(b, p + 5)
  }
  return ` (${tlsVersionName(version)}, ${suiteName(u16(b, suite))})`
}

/** Reads the name asked for and the newest version offered, as far as the bytes go. */
function clientHello(b: Uint8Array): Look {
  let name = ''
  // Record header 5, handshake type and length 4, then the version.
  let newest = b.length >= 11 ? u8(b, 10) : u8(b, 2)
  let p = 11 + 32
  const skip = (width: 1 | 2): void => {
    const size = p + width > b.length ? b.length : width === 1 ? u8(b, p) : u16(b, p)
    p += width + size
  }
  skip(1) // session id
  skip(2) // cipher suites
  skip(1) // compression methods
  p += 2 // size of the extensions
  while (p + 4 <= b.length) {
    const type = u16(b, p)
    const start = p + 4
    p = start + u16(b, p + 2)
    if (p > b.length) break
    if (type === SERVER_NAME && start + 5 <= p) name = text(b, start + 5, Math.min(p, start + 5 + u16(b, start + 3)))
    // Versions 3.x only: others are GREASE (RFC 8701).
    for (let at = start + 1; type === SUPPORTED_VERSIONS && at + 2 <= p; at += 2) {
      if (u8(b, at) === 3) newest = Math.max(newest, u8(b, at + 1))
    }
  }
  const host = /^[\w.-]{1,253}$/.test(name) ? ` for ${name}` : ''
  return { looksLike: 'tls', detail: `a TLS ClientHello${host} (up to ${tlsVersionName(newest)})` }
}
