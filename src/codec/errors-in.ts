/** Error codes in an answer, found in its span table: nothing but the numbers is read. */
import { errorName } from '../../dissectors/errors.ts'
import { i16 } from '../bytes/read.ts'
import { NodeKind, nodeOf } from '../schema/node.ts'
import type { DecodedFrame } from './frame.ts'

/** Lines of one answer that are looked at. */
const MAX_LINES = 50_000

/**
 * The error of an answer by name: the message's own error code, else the first one inside it, with the number of errors
 * where there is more than one (`NOT_LEADER_OR_FOLLOWER x3`). Null where all is well.
 */
export function errorIn({ bytes, table, bodyLine }: Pick<DecodedFrame, 'bytes' | 'table' | 'bodyLine'>): string | null {
  if (bodyLine < 0) return null
  const end = Math.min(table.size, bodyLine + MAX_LINES)
  let ownLine = bodyLine + 1
  let first = 0
  let count = 0
  for (let line = bodyLine + 1; line < end; line++) {
    const own = line === ownLine
    if (own) ownLine = table.next(line)
    const node = nodeOf(table.node(line))
    if (node.kind !== NodeKind.int16 || !/errorCode$/i.test(node.name)) continue
    const code = i16(bytes, table.offset(line))
    if (code === 0) continue
    if (own) return errorName(code)
    first ||= code
    count++
  }
  return count === 0 ? null : count === 1 ? errorName(first) : `${errorName(first)} x${count}`
}
