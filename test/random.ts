import { Random } from '../src/bytes/random.ts'

export { Random }

/** A damaged copy: bytes changed, cut, put in, moved or filled with 0xff; one to three times. */
export function damage(bytes: Uint8Array, random: Random): Uint8Array {
  let copy = Buffer.from(bytes)
  for (let times = 1 + random.below(3); times > 0; times--) {
    const at = random.below(copy.length + 1)
    const length = 1 + random.below(8)
    switch (random.below(6)) {
      case 0:
        if (at < copy.length) copy[at] = random.below(256)
        break
      case 1:
        copy = copy.subarray(0, at)
        break
      case 2:
        copy = Buffer.concat([copy.subarray(0, at), copy.subarray(at + length)])
        break
      case 3:
        copy = Buffer.concat([copy.subarray(0, at), noise(length, random), copy.subarray(at)])
        break
      case 4:
        copy.fill(random.pick([0, 0xff, 0x7f, 0x80]), at, Math.min(at + length, copy.length))
        break
      default:
        copy = Buffer.concat([copy.subarray(0, at), copy.subarray(at, at + length), copy.subarray(at)])
    }
    copy = Buffer.from(copy)
  }
  return copy
}

export function noise(length: number, random: Random): Buffer {
  const bytes = Buffer.alloc(length)
  for (let i = 0; i < length; i++) bytes[i] = random.below(256)
  return bytes
}
