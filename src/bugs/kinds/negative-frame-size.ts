import { type Bug, JOIN_GROUP } from '../bug.ts'
import { edited, integer } from '../bytes.ts'

export const negativeFrameSize: Bug = {
  name: 'negative-frame-size',
  does: 'its size is -1',
  cause: 'frame-size',
  usual: JOIN_GROUP,
  takesPath: false,
  plant: ({ bytes }) => edited(bytes, [{ from: 0, to: 4, put: integer(-1, 4) }]),
}
