import { type Bug, JOIN_GROUP } from '../bug.ts'
import { edited, integer } from '../bytes.ts'

export const hugeFrameSize: Bug = {
  name: 'huge-frame-size',
  does: 'its size is 2 GB',
  cause: 'frame-size',
  usual: JOIN_GROUP,
  takesPath: false,
  plant: ({ bytes }) => edited(bytes, [{ from: 0, to: 4, put: integer(0x7fff_ffff, 4) }]),
}
