import { type Bug, JOIN_GROUP } from '../bug.ts'
import { joined } from '../bytes.ts'
import { plantAt } from '../places.ts'
import { isField, type Place } from '../sound-answer.ts'

const fixed = ({ node }: Place): boolean => node.width > 0

export const swappedFields: Bug = {
  name: 'swapped-fields',
  does: 'a field and the one after it change places',
  cause: 'swapped-fields',
  usual: JOIN_GROUP,
  takesPath: true,
  plant(answer, path) {
    const { bytes, frame, places } = answer
    if (path === '*') return null
    return plantAt(answer, path, (place) => {
      if (!isField(place)) return null
      const next = frame.table.next(place.line)
      const after = places.find(({ line }) => line === next)
      const parent = (name: string): string => name.replace(/\.?[^.]*$/, '')
      if (!after || !isField(after) || parent(after.path) !== parent(place.path)) return null
      // Two numbers that change places leave a message that can be read; that is planted where it is asked for.
      if (path === null && fixed(place) === fixed(after)) return null
      const put = joined(bytes.subarray(after.at, after.end), bytes.subarray(place.at, place.end))
      return { from: place.at, to: after.end, put }
    })
  },
}
