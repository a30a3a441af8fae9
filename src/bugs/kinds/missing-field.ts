import { type Bug, JOIN_GROUP } from '../bug.ts'
import { NOTHING } from '../bytes.ts'
import { plantAt } from '../places.ts'
import { isField } from '../sound-answer.ts'

export const missingField: Bug = {
  name: 'missing-field',
  does: 'a field is not written',
  cause: 'missing-field',
  usual: JOIN_GROUP,
  takesPath: true,
  plant: (answer, path) =>
    plantAt(answer, path, (place) => (isField(place) ? { from: place.at, to: place.end, put: NOTHING } : null)),
}
