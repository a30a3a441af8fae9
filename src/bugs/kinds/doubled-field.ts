import { type Bug, JOIN_GROUP } from '../bug.ts'
import { plantAt } from '../places.ts'
import { isField } from '../sound-answer.ts'

export const doubledField: Bug = {
  name: 'doubled-field',
  does: 'a field is written twice',
  cause: 'doubled-field',
  usual: JOIN_GROUP,
  takesPath: true,
  plant: (answer, path) =>
    plantAt(answer, path, (place) =>
      isField(place) ? { from: place.end, to: place.end, put: answer.bytes.subarray(place.at, place.end) } : null,
    ),
}
