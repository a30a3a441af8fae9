/** The bytes of both, each pair combined by exclusive or; as long as `a`, and `b` must not be shorter. */
export const xorBytes = (a: Uint8Array, b: Uint8Array): Uint8Array => a.map((byte, i) => byte ^ b[i]!)
