/** The AEAD cipher suites (IANA's registry of TLS parameters), and how they encrypt. */

export interface Suite {
  readonly cipher: 'aes-128-gcm' | 'aes-256-gcm' | 'chacha20-poly1305'
  readonly keySize: 16 | 32
  /** Of the PRF or HKDF. */
  readonly hash: 'sha256' | 'sha384'
}

const AES_128: Suite = { cipher: 'aes-128-gcm', keySize: 16, hash: 'sha256' }
const AES_256: Suite = { cipher: 'aes-256-gcm', keySize: 32, hash: 'sha384' }
const CHACHA: Suite = { cipher: 'chacha20-poly1305', keySize: 32, hash: 'sha256' }

/** TLS 1.3 (RFC 8446, B.4), then TLS 1.2: RFC 5288, 5289, 7905. */
const SUITES: ReadonlyMap<number, Suite> = new Map(
  [
    { suite: AES_128, ids: [0x1301, 0x009c, 0x009e, 0x00a2, 0xc02b, 0xc02d, 0xc02f, 0xc031] },
    { suite: AES_256, ids: [0x1302, 0x009d, 0x009f, 0x00a3, 0xc02c, 0xc02e, 0xc030, 0xc032] },
    { suite: CHACHA, ids: [0x1303, 0xcca8, 0xcca9, 0xccaa] },
  ].flatMap(({ suite, ids }) => ids.map((id): [number, Suite] => [id, suite])),
)

/** The suite of that number, or null where its records can't be opened here (CBC, CCM). */
export const suiteOf = (id: number): Suite | null => SUITES.get(id) ?? null
