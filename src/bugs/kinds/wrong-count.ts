import { type Bug, JOIN_GROUP } from '../bug.ts'
import { plantPrefix } from '../places.ts'
import { isArray } from '../sound-answer.ts'

export const wrongCount: Bug = {
  name: 'wrong-count',
  does: 'the count of an array is one more than it has',
  cause: 'wrong-count',
  usual: JOIN_GROUP,
  takesPath: true,
  plant: (answer, path) =>
    plantPrefix(answer, path, ({ value }, place) =>
      isArray(place) && value >= 0 ? answer.lengthOf(place, value + 1) : null,
    ),
}
