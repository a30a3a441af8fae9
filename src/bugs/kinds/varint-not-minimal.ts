import { type Bug, JOIN_GROUP, wantsFlexible } from '../bug.ts'
import { joined, raw } from '../bytes.ts'
import { plantAt } from '../places.ts'

export const varintNotMinimal: Bug = {
  name: 'varint-not-minimal',
  does: 'a compact length or count takes a byte more than it needs',
  cause: 'varint-not-minimal',
  usual: JOIN_GROUP,
  refuses: wantsFlexible,
  takesPath: true,
  plant: (answer, path) =>
    plantAt(answer, path, (place) => {
      const prefix = answer.prefix(place)
      if (!prefix || prefix.to - prefix.from > 1) return null
      return { from: prefix.from, to: prefix.to, put: joined(raw(((prefix.value + 1) & 0x7f) | 0x80), raw(0)) }
    }),
}
