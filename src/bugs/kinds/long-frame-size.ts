import { type Bug, JOIN_GROUP } from '../bug.ts'
import { edited, integer } from '../bytes.ts'

export const longFrameSize: Bug = {
  name: 'long-frame-size',
  does: 'its size says four bytes more than it has, so that the next answer is eaten into',
  cause: 'frame-size',
  usual: JOIN_GROUP,
  takesPath: false,
  plant: ({ bytes }) => edited(bytes, [{ from: 0, to: 4, put: integer(bytes.length, 4) }]),
}
