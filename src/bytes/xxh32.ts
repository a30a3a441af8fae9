import { u8, u32le } from './read.ts'

const P1 = 0x9e3779b1
const P2 = 0x85ebca77
const P3 = 0xc2b2ae3d
const P4 = 0x27d4eb2f
const P5 = 0x165667b1

const rotl = (x: number, n: number): number => (x << n) | (x >>> (32 - n))
const round = (lane: number, input: number): number => Math.imul(rotl((lane + Math.imul(input, P2)) | 0, 13), P1)

/** xxHash, 32 bits, seed 0, of the bytes from `start` up to `end`: the checksum of lz4 frames. An unsigned number. */
export function xxh32(b: Uint8Array, start = 0, end = b.length): number {
  let p = start
  let h = P5
  if (end - start >= 16) {
    let v1 = (P1 + P2) | 0
    let v2 = P2 | 0
    let v3 = 0
    let v4 = -P1 | 0
    for (const last = end - 16; p <= last; p += 16) {
      v1 = round(v1, u32le(b, p))
      v2 = round(v2, u32le(b, p + 4))
      v3 = round(v3, u32le(b, p + 8))
      v4 = round(v4, u32le(b, p + 12))
    }
    h = rotl(v1, 1) + rotl(v2, 7) + rotl(v3, 12) + rotl(v4, 18)
  }
  h = (h + end - start) | 0
  for (; p + 4 <= end; p += 4) h = Math.imul(rotl((h + Math.imul(u32le(b, p), P3)) | 0, 17), P4)
  for (; p < end; p++) h = Math.imul(rotl((h + Math.imul(u8(b, p), P5)) | 0, 11), P1)
  h = Math.imul(h ^ (h >>> 15), P2)
  h = Math.imul(h ^ (h >>> 13), P3)
  return (h ^ (h >>> 16)) >>> 0
}
