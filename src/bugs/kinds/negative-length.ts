import { type Bug, JOIN_GROUP, wantsClassic } from '../bug.ts'
import { plantAt } from '../places.ts'
import { isArray, isScalar } from '../sound-answer.ts'

export const negativeLength: Bug = {
  name: 'negative-length',
  does: 'the length of a string or bytes, or a count, is -2, and nothing follows it',
  cause: 'negative-length',
  usual: JOIN_GROUP,
  // A compact length has no sign: there it would be a huge one.
  refuses: wantsClassic,
  takesPath: true,
  plant: (answer, path) =>
    plantAt(answer, path, (place) => {
      const prefix = isArray(place) || isScalar(place) ? answer.prefix(place) : null
      if (!prefix || prefix.value < 0) return null
      return { from: place.at, to: place.end, put: answer.lengthOf(place, -2) }
    }),
}
