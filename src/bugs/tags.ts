/** The tag buffer at an answer's end with other contents. */
import { NodeKind } from '../schema/node.ts'
import { joined, uvarint } from './bytes.ts'
import type { SoundAnswer } from './sound-answer.ts'

export interface Tag {
  readonly tag: number
  readonly contents: Uint8Array
  /** What its size says, where that is not the contents' own. */
  readonly claimed?: number
}

/** The frame with these tags, and no others, in the tag buffer at its end; null where it has none. */
export function withTags(answer: SoundAnswer, tags: readonly Tag[]): Uint8Array | null {
  const buffer = answer.places.findLast(({ node, path }) => node.kind === NodeKind.tagBuffer && path === '_tags')
  if (!buffer) return null
  const written = tags.flatMap(({ tag, contents, claimed }) => [
    uvarint(tag),
    uvarint(claimed ?? contents.length),
    contents,
  ])
  return answer.edit([{ from: buffer.at, to: buffer.end, put: joined(uvarint(tags.length), ...written) }])
}

/** A tag that no version of any message has; the next one is none either. */
export const UNKNOWN_TAG = 50
