/**
 * Where in an answer a bug is planted. An encoder's bug is in its code, so it shows at every place where that code ran:
 *
 * - `members.memberId`: that field of every member
 * - `members[1].memberId`: of one only
 * - `*`: every field that can have the bug
 * - null: every place of the first field that can have it
 */
import { withoutIndexes } from '../codec/paths.ts'
import type { Edit } from './bytes.ts'
import type { Place, Prefix, SoundAnswer } from './sound-answer.ts'

export type EditOf = (place: Place) => Edit | readonly Edit[] | null

/** The frame with the edits that `editOf` makes at the places that `path` names; null where none changes anything. */
export function plantAt(answer: SoundAnswer, path: string | null, editOf: EditOf): Uint8Array | null {
  for (const group of groups(answer.places, path)) {
    const edits = group.flatMap((place) => editOf(place) ?? [])
    const planted = edits.length > 0 ? answer.edit(edits) : null
    if (planted) return planted
  }
  return null
}

/** The frame with the length or count of such places replaced by what `put` makes; where it makes null a place stays. */
export const plantPrefix = (
  answer: SoundAnswer,
  path: string | null,
  put: (prefix: Prefix, place: Place) => Uint8Array | null,
): Uint8Array | null =>
  plantAt(answer, path, (place) => {
    const prefix = answer.prefix(place)
    const made = prefix && put(prefix, place)
    return prefix && made && { from: prefix.from, to: prefix.to, put: made }
  })

/** Places that are edited together; the first group that can be is the one. */
function groups(places: readonly Place[], path: string | null): (readonly Place[])[] {
  if (path === '*') return [places]
  if (path !== null) return [places.filter((place) => matches(place.path, path))]
  const byNode = new Map<number, Place[]>()
  for (const place of places) {
    const known = byNode.get(place.node.id)
    if (known) known.push(place)
    else byNode.set(place.node.id, [place])
  }
  return [...byNode.values()]
}

/** Whether a path is what the command line names, with an index or for all. */
export const matches = (path: string, wanted: string): boolean =>
  wanted.includes('[') ? path === wanted : withoutIndexes(path) === wanted
