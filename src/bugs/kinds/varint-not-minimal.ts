import { type Bug, JOIN_GROUP, wantsFlexible } from '../bug.ts'
import { joined, raw } from '../bytes.ts'
import { plantPrefix } from '../places.ts'

export const varintNotMinimal: Bug = {
  name: 'varint-not-minimal',
  does: 'a compact length or count takes a byte more than it needs',
  cause: 'varint-not-minimal',
  usual: JOIN_GROUP,
  refuses: wantsFlexible,
  takesPath: true,
  plant: (answer, path) =>
    plantPrefix(answer, path, ({ from, to, value }) =>
      to - from > 1 ? null : joined(raw(((value + 1) & 0x7f) | 0x80), raw(0)),
    ),
}
