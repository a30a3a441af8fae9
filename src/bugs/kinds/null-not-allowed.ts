import { type Bug, JOIN_GROUP } from '../bug.ts'
import { plantAt } from '../places.ts'

export const nullNotAllowed: Bug = {
  name: 'null-not-allowed',
  does: 'null where the version has none',
  cause: 'null-not-allowed',
  usual: JOIN_GROUP,
  takesPath: true,
  plant: (answer, path) =>
    plantAt(answer, path, (place) => {
      const prefix = answer.prefix(place)
      if (!prefix || place.node.field!.nullable) return null
      return { from: place.at, to: place.end, put: answer.lengthOf(place, -1) }
    }),
}
