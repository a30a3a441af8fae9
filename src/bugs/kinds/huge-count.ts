import { type Bug, JOIN_GROUP } from '../bug.ts'
import { plantPrefix } from '../places.ts'
import { isArray } from '../sound-answer.ts'

export const hugeCount: Bug = {
  name: 'huge-count',
  does: 'the count of an array is far more than the answer has',
  cause: 'wrong-count',
  usual: JOIN_GROUP,
  takesPath: true,
  plant: (answer, path) =>
    plantPrefix(answer, path, ({ value }, place) =>
      isArray(place) && value >= 0 ? answer.lengthOf(place, 2_000_000_000) : null,
    ),
}
