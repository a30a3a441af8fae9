/** The project's captures, unpacked. */
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

export function capture(name: string): Uint8Array {
  const bytes = readFileSync(`captures/${name}`)
  return name.endsWith('.gz') ? gunzipSync(bytes) : bytes
}
