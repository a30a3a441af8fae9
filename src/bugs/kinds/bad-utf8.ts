import { contents } from '../../codec/value.ts'
import { type Bug, JOIN_GROUP } from '../bug.ts'
import { raw } from '../bytes.ts'
import { plantAt } from '../places.ts'
import { isText } from '../sound-answer.ts'

export const badUtf8: Bug = {
  name: 'bad-utf8',
  does: 'a string begins with the byte ff, which no UTF-8 has',
  cause: 'bad-utf8',
  usual: JOIN_GROUP,
  takesPath: true,
  plant: (answer, path) =>
    plantAt(answer, path, (place) => {
      const range = isText(place) ? contents(answer.bytes, answer.frame.table, place.line) : null
      return range && range[0] < range[1] ? { from: range[0], to: range[0] + 1, put: raw(0xff) } : null
    }),
}
