/** IP addresses as text to their bytes. */
import { isIP } from 'node:net'

/** 4 or 16 bytes; null where the text is no address. A zone (`%eth0`) is left out. */
export function addressBytes(text: string): number[] | null {
  const plain = text.replace(/%.*$/, '')
  const kind = isIP(plain)
  if (kind === 4) return plain.split('.').map(Number)
  if (kind !== 6) return null
  const [left, right] = plain.split('::') as [string, string?]
  const head = words(left)
  const tail = right === undefined ? [] : words(right)
  return [...head, ...new Array<number>(16 - head.length - tail.length).fill(0), ...tail]
}

/** An IPv4 address as IPv6 writes it, `::ffff:a.b.c.d` (RFC 4291, 2.5.5.2). */
export const mapped = (address: readonly number[]): number[] =>
  address.length === 4 ? [...new Array<number>(10).fill(0), 0xff, 0xff, ...address] : [...address]

const words = (text: string): number[] =>
  text === ''
    ? []
    : text.split(':').flatMap((word) => {
        if (word.includes('.')) return word.split('.').map(Number)
        const value = Number.parseInt(word, 16)
        return [value >> 8, value & 0xff]
      })
