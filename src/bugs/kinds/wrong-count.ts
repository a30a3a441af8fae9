import { type Bug, JOIN_GROUP } from '../bug.ts'
import { plantAt } from '../places.ts'
import { isArray } from '../sound-answer.ts'

export const wrongCount: Bug = {
  name: 'wrong-count',
  does: 'the count of an array is one more than it has',
  cause: 'wrong-count',
  usual: JOIN_GROUP,
  takesPath: true,
  plant: (answer, path) =>
    plantAt(answer, path, (place) => {
      const prefix = isArray(place) ? answer.prefix(place) : null
      if (!prefix || prefix.value < 0) return null
      return { from: prefix.from, to: prefix.to, put: answer.lengthOf(place, prefix.value + 1) }
    }),
}
