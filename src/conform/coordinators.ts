/** Which group or transactional id a request is about: in a cluster it goes to that one's coordinator. */
import type { Encodable } from '../codec/encode.ts'
import type { Where } from './bench.ts'

/** Fields that name one, or a list of them; a list's elements are names or structs that have one of the fields. */
const FIELDS: Readonly<Record<Where, readonly string[]>> = {
  any: [],
  leader: [],
  group: ['groupId', 'groups', 'groupIds', 'groupsNames'],
  txn: ['transactionalId', 'v3AndBelowTransactionalId', 'transactionalIds', 'transactions'],
}

/** The first one that is named, of the kind that the request goes to; null where it names none. */
export function coordinatedKey(where: Where, body: Encodable): string | null {
  if (typeof body !== 'object' || body === null || Array.isArray(body) || body instanceof Uint8Array) return null
  const fields = body as { readonly [field: string]: Encodable }
  for (const name of FIELDS[where]) {
    const value = fields[name]
    const first = Array.isArray(value) ? (value[0] as Encodable | undefined) : value
    if (typeof first === 'string' && first !== '') return first
    const within = first === undefined ? null : coordinatedKey(where, first)
    if (within !== null) return within
  }
  return null
}
