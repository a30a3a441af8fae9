import { createHmac } from 'node:crypto'

/** The HMAC of all parts, one after the other. */
export const hmac = (hash: string, key: Uint8Array, ...parts: (Uint8Array | string)[]): Uint8Array => {
  const made = createHmac(hash, key)
  for (const part of parts) made.update(part)
  return made.digest()
}
