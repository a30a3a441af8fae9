/** Cipher suites (IANA's registry of TLS parameters): names of the usual ones, and how the AEAD ones encrypt. */

export interface Suite {
  readonly name: string
  readonly cipher: 'aes-128-gcm' | 'aes-256-gcm' | 'chacha20-poly1305'
  readonly keySize: 16 | 32
  /** Of the PRF or HKDF. */
  readonly hash: 'sha256' | 'sha384'
}

const aes128 = (name: string): Suite => ({ name, cipher: 'aes-128-gcm', keySize: 16, hash: 'sha256' })
const aes256 = (name: string): Suite => ({ name, cipher: 'aes-256-gcm', keySize: 32, hash: 'sha384' })
const chacha = (name: string): Suite => ({ name, cipher: 'chacha20-poly1305', keySize: 32, hash: 'sha256' })

const SUITES: ReadonlyMap<number, Suite> = new Map([
  // TLS 1.3 (RFC 8446, B.4)
  [0x1301, aes128('TLS_AES_128_GCM_SHA256')],
  [0x1302, aes256('TLS_AES_256_GCM_SHA384')],
  [0x1303, chacha('TLS_CHACHA20_POLY1305_SHA256')],
  // TLS 1.2: RFC 5288, 5289, 7905
  [0x009c, aes128('TLS_RSA_WITH_AES_128_GCM_SHA256')],
  [0x009d, aes256('TLS_RSA_WITH_AES_256_GCM_SHA384')],
  [0x009e, aes128('TLS_DHE_RSA_WITH_AES_128_GCM_SHA256')],
  [0x009f, aes256('TLS_DHE_RSA_WITH_AES_256_GCM_SHA384')],
  [0x00a2, aes128('TLS_DHE_DSS_WITH_AES_128_GCM_SHA256')],
  [0x00a3, aes256('TLS_DHE_DSS_WITH_AES_256_GCM_SHA384')],
  [0xc02b, aes128('TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256')],
  [0xc02c, aes256('TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384')],
  [0xc02d, aes128('TLS_ECDH_ECDSA_WITH_AES_128_GCM_SHA256')],
  [0xc02e, aes256('TLS_ECDH_ECDSA_WITH_AES_256_GCM_SHA384')],
  [0xc02f, aes128('TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256')],
  [0xc030, aes256('TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384')],
  [0xc031, aes128('TLS_ECDH_RSA_WITH_AES_128_GCM_SHA256')],
  [0xc032, aes256('TLS_ECDH_RSA_WITH_AES_256_GCM_SHA384')],
  [0xcca8, chacha('TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256')],
  [0xcca9, chacha('TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256')],
  [0xccaa, chacha('TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256')],
])

/** The suite of that number, or null where its records can't be opened here (CBC, CCM). */
export const suiteOf = (id: number): Suite | null => SUITES.get(id) ?? null

/** A name for people. */
export const suiteName = (id: number): string =>
  SUITES.get(id)?.name ?? `cipher suite 0x${id.toString(16).padStart(4, '0')}`
