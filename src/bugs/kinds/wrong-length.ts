import { type Bug, JOIN_GROUP } from '../bug.ts'
import { plantPrefix } from '../places.ts'
import { isScalar } from '../sound-answer.ts'

export const wrongLength: Bug = {
  name: 'wrong-length',
  does: 'the length of a string or bytes is one more than it has',
  cause: 'wrong-length',
  usual: JOIN_GROUP,
  takesPath: true,
  plant: (answer, path) =>
    plantPrefix(answer, path, ({ value }, place) =>
      isScalar(place) && value >= 0 ? answer.lengthOf(place, value + 1) : null,
    ),
}
