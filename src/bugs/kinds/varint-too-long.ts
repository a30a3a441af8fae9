import { type Bug, JOIN_GROUP, wantsFlexible } from '../bug.ts'
import { raw } from '../bytes.ts'
import { plantPrefix } from '../places.ts'

export const varintTooLong: Bug = {
  name: 'varint-too-long',
  does: 'a compact length or count goes on for more than five bytes',
  cause: 'varint-too-long',
  usual: JOIN_GROUP,
  refuses: wantsFlexible,
  takesPath: true,
  plant: (answer, path) => plantPrefix(answer, path, () => raw(0xff, 0xff, 0xff, 0xff, 0xff, 0x7f)),
}
