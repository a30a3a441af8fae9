/** Error codes in an answer, found in its span table: nothing but the numbers is read. */
import { errorName } from '../../dissectors/errors.ts'
import { i16 } from '../bytes/read.ts'
import { NodeKind, nodeOf } from '../schema/node.ts'
import type { DecodedFrame } from './frame.ts'

/** Lines of one answer that are looked at. */
const MAX_LINES = 50_000

/** By node: whether it is an error code, 0 where nobody asked yet. Of a frame hundreds of lines may be asked. */
const IS_CODE = 1
const IS_NONE = 2
let kinds = new Uint8Array(4096)

function isErrorCode(id: number): boolean {
  if (id >= kinds.length) {
    const more = new Uint8Array(Math.max(id + 1, kinds.length * 2))
    more.set(kinds)
    kinds = more
  }
  if (kinds[id] === 0) {
    const { kind, name } = nodeOf(id)
    kinds[id] = kind === NodeKind.int16 && /errorCode$/i.test(name) ? IS_CODE : IS_NONE
  }
  return kinds[id] === IS_CODE
}

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
    if (!isErrorCode(table.node(line))) continue
    const code = i16(bytes, table.offset(line))
    if (code === 0) continue
    if (own) return errorName(code)
    first ||= code
    count++
  }
  return count === 0 ? null : count === 1 ? errorName(first) : `${errorName(first)} x${count}`
}
