import { type Bug, JOIN_GROUP } from '../bug.ts'
import { NOTHING } from '../bytes.ts'
import { isScalar } from '../sound-answer.ts'

export const truncated: Bug = {
  name: 'truncated',
  does: 'cut short in the middle of its longest field, or of the field named',
  cause: 'truncated',
  usual: JOIN_GROUP,
  takesPath: true,
  plant(answer, path) {
    const { places, bytes } = answer
    const named = path === null || path === '*' ? null : path
    const length = (i: number): number => places[i]!.end - places[i]!.at
    let chosen = -1
    places.forEach((place, i) => {
      const fits =
        named === null ? isScalar(place) : place.path === named || place.path.replace(/\[\d+\]/g, '') === named
      if (fits && (chosen < 0 || length(i) > length(chosen))) chosen = i
    })
    if (chosen < 0) return null
    const cut = places[chosen]!.at + Math.ceil(length(chosen) / 2)
    return cut < bytes.length ? answer.edit([{ from: cut, to: bytes.length, put: NOTHING }]) : null
  },
}
