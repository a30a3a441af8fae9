/** The project's captures, unpacked. */
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

export function capture(name: string): Uint8Array {
  const bytes = readFileSync(`captures/${name}`)
  return name.endsWith('.gz') ? gunzipSync(bytes) : bytes
}

/** The names of all of them, as `requests.tsv` lists them. */
export const CAPTURES: readonly string[] = readFileSync('captures/requests.tsv', 'utf8')
  .split('\n')
  .flatMap((line) => (line.includes('.pcap') ? [line.split('\t')[0]!] : []))
