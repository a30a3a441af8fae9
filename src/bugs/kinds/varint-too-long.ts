import { type Bug, JOIN_GROUP, wantsFlexible } from '../bug.ts'
import { raw } from '../bytes.ts'
import { plantAt } from '../places.ts'

export const varintTooLong: Bug = {
  name: 'varint-too-long',
  does: 'a compact length or count goes on for more than five bytes',
  cause: 'varint-too-long',
  usual: JOIN_GROUP,
  refuses: wantsFlexible,
  takesPath: true,
  plant: (answer, path) =>
    plantAt(answer, path, (place) => {
      const prefix = answer.prefix(place)
      return prefix && { from: prefix.from, to: prefix.to, put: raw(0xff, 0xff, 0xff, 0xff, 0xff, 0x7f) }
    }),
}
