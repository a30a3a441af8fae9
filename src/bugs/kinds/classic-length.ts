import { type Bug, JOIN_GROUP, wantsFlexible } from '../bug.ts'
import { integer } from '../bytes.ts'
import { plantPrefix } from '../places.ts'
import { isText } from '../sound-answer.ts'

export const classicLength: Bug = {
  name: 'classic-length',
  does: 'lengths and counts as int16 and int32 in a flexible version: all, or those of the field named',
  cause: 'classic-length',
  usual: JOIN_GROUP,
  refuses: wantsFlexible,
  takesPath: true,
  plant: (answer, path) =>
    plantPrefix(answer, path ?? '*', (prefix, place) => integer(prefix.value, isText(place) ? 2 : 4)),
}
