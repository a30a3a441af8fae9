/** What a request named comes back in its answer: topics, groups, members. */
import { Buffer } from 'node:buffer'
import type { DecodedFrame } from '../../codec/frame.ts'
import { contents } from '../../codec/value.ts'
import { NodeKind, nodeOf } from '../../schema/node.ts'

/** Texts of one request that are looked for; a request that names more has said enough. */
const MAX_ECHOES = 256
const MAX_TEXT = 256

/** Bytes as a string of as many characters. */
export const latin1 = (b: Uint8Array, from: number, to: number): string =>
  Buffer.from(b.buffer, b.byteOffset + from, to - from).toString('latin1')

/** The texts in a request's body, as `latin1` shows their bytes. */
export function echoesOf({ bytes, table, bodyLine }: DecodedFrame): ReadonlySet<string> {
  const echoes = new Set<string>()
  if (bodyLine < 0) return echoes
  for (let line = bodyLine; line < table.size && echoes.size < MAX_ECHOES; line++) {
    if (nodeOf(table.node(line)).kind !== NodeKind.string) continue
    const range = contents(bytes, table, line)
    if (range && range[1] > range[0] && range[1] - range[0] <= MAX_TEXT) echoes.add(latin1(bytes, range[0], range[1]))
  }
  return echoes
}
