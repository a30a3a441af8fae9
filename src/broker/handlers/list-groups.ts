/** ListGroups: by state since v4 (KIP-518), by type since v5 (KIP-848); all are of the classic type. */
import type { Handler } from '../api.ts'

interface Request {
  readonly statesFilter?: readonly string[]
  readonly typesFilter?: readonly string[]
}

export const listGroups: Handler<Request> = {
  apiKey: 16,
  versions: [0, 5],
  handle({ statesFilter = [], typesFilter = [] }, { broker }) {
    const matches = (filter: readonly string[], value: string): boolean =>
      filter.length === 0 || filter.some((each) => each.toLowerCase() === value.toLowerCase())
    const known = broker.groups.all().map((group) => ({
      groupId: group.id,
      protocolType: group.protocolType ?? '',
      groupState: group.state as string,
      groupType: 'classic',
    }))
    // Offsets may have been committed without anyone ever having joined.
    const others = broker.offsets.groupIds().filter((groupId) => !broker.groups.get(groupId))
    const empty = others.map((groupId) => ({ groupId, protocolType: '', groupState: 'Empty', groupType: 'classic' }))
    return {
      groups: [...known, ...empty].filter(
        (g) => matches(statesFilter, g.groupState) && matches(typesFilter, g.groupType),
      ),
    }
  },
}
