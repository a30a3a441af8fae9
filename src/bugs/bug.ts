/**
 * What a bug is that can be planted: one thing that an encoder may do wrong, done to an answer that was sound. One file a
 * bug in `kinds/`; `kinds/index.ts` lists them.
 */
import type { Model } from '../schema/model.ts'
import type { SoundAnswer } from './sound-answer.ts'

/** What goes out instead of the answer: other bytes, nothing, or nothing and the connection is closed. */
export type Planted = Uint8Array | 'nothing' | 'close'

/** Answers larger than this many bytes pass as they are: to break one it must be held and decoded whole. */
export const MAX_PLANTED = 16 * 1024 * 1024

export interface Bug {
  /** As on the command line. */
  readonly name: string
  /** What it does to an answer: half a sentence that goes on from "the answer ..." or stands alone. */
  readonly does: string
  /** The cause that a diagnosis should name, as in `docs/FINDINGS.md`; null where none has a name. */
  readonly cause: string | null
  /** The API and versions it is planted in where the command line names none. */
  readonly usual: { readonly api: string; readonly versions?: readonly [low: number, high: number] }
  /** Why no answer of this shape can have it; null where one can. */
  refuses?(model: Model): string | null
  /** Whether it is told by a path where. */
  readonly takesPath: boolean
  /** The broken answer; null where this one has no place for the bug. `path` as in `places.ts`. */
  plant(answer: SoundAnswer, path: string | null): Planted | null
}

export const JOIN_GROUP = { api: 'JoinGroup' } as const
export const FETCH = { api: 'Fetch' } as const

/** For bugs of compact lengths and tag buffers. */
export const wantsFlexible = ({ name, version, flexible }: Model): string | null =>
  flexible ? null : `${name} v${version} is not flexible (KIP-482)`

/** For bugs of versions without them. */
export const wantsClassic = ({ name, version, flexible }: Model): string | null =>
  flexible ? `${name} v${version} is flexible (KIP-482)` : null
