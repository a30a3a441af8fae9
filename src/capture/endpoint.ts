/** Ends of connections, as text and as hash. */
import { u8, u16, u32 } from '../bytes/read.ts'

/** `127.0.0.1:9092`, `[::1]:9092` (RFC 5952): an address of 4 or 16 bytes, and a port. */
export function endpointText(address: Uint8Array, port: number): string {
  if (address.length === 4) return `${[0, 1, 2, 3].map((i) => u8(address, i)).join('.')}:${port}`
  const groups = [0, 2, 4, 6, 8, 10, 12, 14].map((i) => u16(address, i))
  const mapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff
  if (mapped) return `[::ffff:${[12, 13, 14, 15].map((i) => u8(address, i)).join('.')}]:${port}`
  return `[${shortened(groups)}]:${port}`
}

/** The longest run of two or more zero groups is left out. */
function shortened(groups: readonly number[]): string {
  let from = -1
  let length = 1
  for (let i = 0; i < groups.length; i++) {
    let end = i
    while (groups[end] === 0) end++
    if (end - i > length) {
      from = i
      length = end - i
    }
  }
  const hex = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':')
  return from < 0 ? hex(groups) : `${hex(groups.slice(0, from))}::${hex(groups.slice(from + length))}`
}

/** A 32-bit hash of an address of 4 or 16 bytes at `at`, and a port. */
export function endpointHash(bytes: Uint8Array, at: number, size: number, port: number): number {
  let hash = Math.imul(port + 1, 0x9e3779b1)
  for (let i = 0; i < size; i += 4) {
    hash = Math.imul(hash ^ u32(bytes, at + i), 0x85ebca6b)
    hash ^= hash >>> 15
  }
  return hash
}
