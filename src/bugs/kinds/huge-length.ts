import { type Bug, JOIN_GROUP } from '../bug.ts'
import { plantAt } from '../places.ts'
import { isScalar } from '../sound-answer.ts'

export const hugeLength: Bug = {
  name: 'huge-length',
  does: 'the length of a string or bytes is far more than the answer has',
  cause: 'wrong-length',
  usual: JOIN_GROUP,
  takesPath: true,
  plant: (answer, path) =>
    plantAt(answer, path, (place) => {
      const prefix = isScalar(place) ? answer.prefix(place) : null
      if (!prefix || prefix.value < 0) return null
      return { from: prefix.from, to: prefix.to, put: answer.lengthOf(place, 30000) }
    }),
}
