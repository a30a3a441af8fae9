/** The cipher suites whose records can be opened (IANA's registry of TLS parameters), and how they encrypt. */

/** Encryption and proof in one (RFC 5116). */
export interface Aead {
  readonly form: 'aead'
  readonly cipher: 'aes-128-gcm' | 'aes-256-gcm' | 'chacha20-poly1305' | 'aes-128-ccm' | 'aes-256-ccm'
  readonly keySize: 16 | 32
  /** Bytes of the tag. */
  readonly tag: 8 | 16
  /** Of the PRF or HKDF. */
  readonly hash: Hash
}

/** A block cipher, and an HMAC of what it holds or, with encrypt-then-MAC (RFC 7366), of the ciphertext. */
export interface Cbc {
  readonly form: 'cbc'
  readonly cipher: 'aes-128-cbc' | 'aes-256-cbc'
  readonly keySize: 16 | 32
  readonly mac: 'sha1' | Hash
  readonly hash: Hash
}

export type Suite = Aead | Cbc
type Hash = 'sha256' | 'sha384'

const aead = (cipher: Aead['cipher'], keySize: 16 | 32, hash: Hash, tag: 8 | 16 = 16): Aead => ({
  form: 'aead',
  cipher,
  keySize,
  tag,
  hash,
})
const cbc = (keySize: 16 | 32, mac: Cbc['mac'], hash: Hash = 'sha256'): Cbc => ({
  form: 'cbc',
  cipher: keySize === 16 ? 'aes-128-cbc' : 'aes-256-cbc',
  keySize,
  mac,
  hash,
})

/** TLS 1.3 (RFC 8446, B.4), then TLS 1.2: RFC 5246, 5288, 5289, 6655, 7251, 7905. */
const SUITES: ReadonlyMap<number, Suite> = new Map(
  (
    [
      [aead('aes-128-gcm', 16, 'sha256'), [0x1301, 0x009c, 0x009e, 0x00a2, 0xc02b, 0xc02d, 0xc02f, 0xc031]],
      [aead('aes-256-gcm', 32, 'sha384'), [0x1302, 0x009d, 0x009f, 0x00a3, 0xc02c, 0xc02e, 0xc030, 0xc032]],
      [aead('chacha20-poly1305', 32, 'sha256'), [0x1303, 0xcca8, 0xcca9, 0xccaa]],
      [aead('aes-128-ccm', 16, 'sha256'), [0x1304, 0xc09c, 0xc09e, 0xc0ac]],
      [aead('aes-256-ccm', 32, 'sha256'), [0xc09d, 0xc09f, 0xc0ad]],
      [aead('aes-128-ccm', 16, 'sha256', 8), [0x1305, 0xc0a0, 0xc0a2, 0xc0ae]],
      [aead('aes-256-ccm', 32, 'sha256', 8), [0xc0a1, 0xc0a3, 0xc0af]],
      [cbc(16, 'sha1'), [0x002f, 0x0032, 0x0033, 0xc004, 0xc009, 0xc00e, 0xc013]],
      [cbc(32, 'sha1'), [0x0035, 0x0038, 0x0039, 0xc005, 0xc00a, 0xc00f, 0xc014]],
      [cbc(16, 'sha256'), [0x003c, 0x0040, 0x0067, 0xc023, 0xc025, 0xc027, 0xc029]],
      [cbc(32, 'sha256'), [0x003d, 0x006a, 0x006b]],
      [cbc(32, 'sha384', 'sha384'), [0xc024, 0xc026, 0xc028, 0xc02a]],
    ] as const
  ).flatMap(([suite, ids]) => ids.map((id): [number, Suite] => [id, suite])),
)

/** The suite of that number, or null where its records can't be opened here (Camellia, ARIA, RC4, 3DES). */
export const suiteOf = (id: number): Suite | null => SUITES.get(id) ?? null

/** The suites of TLS 1.3 whose secrets are of that size in bytes. */
export const suitesOfSecret = (size: number): readonly Aead[] =>
  [0x1302, 0x1301, 0x1303, 0x1304].flatMap((id) => {
    const suite = SUITES.get(id)
    return suite?.form === 'aead' && (suite.hash === 'sha384' ? 48 : 32) === size ? [suite] : []
  })
