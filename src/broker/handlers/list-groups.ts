/** ListGroups: by state since v4 (KIP-518), by type since v5 (KIP-848). */
import type { Handler } from '../api.ts'

interface Request {
  readonly statesFilter?: readonly string[]
  readonly typesFilter?: readonly string[]
}

export const listGroups: Handler<Request> = {
  apiKey: 16,
  versions: [0, 5],
  handle({ statesFilter = [], typesFilter = [] }, { broker, node }) {
    const matches = (filter: readonly string[], value: string): boolean =>
      filter.length === 0 || filter.some((each) => each.toLowerCase() === value.toLowerCase())
    const known = broker.groups.all().map((group) => ({
      groupId: group.id,
      protocolType: group.protocolType ?? '',
      groupState: group.state as string,
      groupType: 'classic',
    }))
    // Offsets may have been committed without anyone ever having joined.
    const { coordinator } = broker
    const others = broker.offsets
      .groupIds()
      .filter((groupId) => !broker.groups.get(groupId) && coordinator.typeOf(groupId) === 'classic')
    const consumer = coordinator.consumer.all().map(({ id, state }) => ({
      groupId: id,
      protocolType: 'consumer',
      groupState: state,
      groupType: 'consumer',
    }))
    const share = coordinator.share.all().map(({ id, members }) => ({
      groupId: id,
      protocolType: 'share',
      groupState: members.size === 0 ? 'Empty' : 'Stable',
      groupType: 'share',
    }))
    const streams = coordinator.streams.all().map(({ id, state }) => ({
      groupId: id,
      protocolType: 'streams',
      groupState: state,
      groupType: 'streams',
    }))
    const empty = others.map((groupId) => ({ groupId, protocolType: '', groupState: 'Empty', groupType: 'classic' }))
    return {
      groups: [...known, ...empty, ...consumer, ...share, ...streams].filter(
        (g) =>
          broker.cluster.coordinator(g.groupId) === node &&
          matches(statesFilter, g.groupState) &&
          matches(typesFilter, g.groupType),
      ),
    }
  },
}
