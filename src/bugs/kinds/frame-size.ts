import { type Bug, JOIN_GROUP } from '../bug.ts'
import { edited, integer } from '../bytes.ts'

export const frameSize: Bug = {
  name: 'frame-size',
  does: 'its size says four bytes less than it has',
  cause: 'frame-size',
  usual: JOIN_GROUP,
  takesPath: false,
  plant: ({ bytes }) => edited(bytes, [{ from: 0, to: 4, put: integer(Math.max(0, bytes.length - 8), 4) }]),
}
