/** Groups as a report's page holds them: bounded, and in words where the page only shows them. */
import type { Group } from '../../findings/groups/group.ts'
import { membersOf, spansOf, stateText } from '../../findings/groups/timeline.ts'
import type { PageGroup } from './model.ts'

/** Groups and members of each that are in the page. */
export const MAX_PAGE_GROUPS = 100
const MAX_MEMBERS = 100
const MAX_NAME = 300

const cut = (text: string): string => (text.length > MAX_NAME ? `${text.slice(0, MAX_NAME)}…` : text)

export function pageGroup(group: Group): PageGroup {
  const { id, broker, kind, leader, rebalances, forgotten, history } = group
  const members = membersOf(group)
  return {
    id: cut(id),
    broker,
    state: cut(stateText(group)),
    classic: kind === 'classic',
    rebalances,
    spans: spansOf(group).map(({ phase, time, end, generation, members: count, exchange }) => {
      return { phase, time, end, generation, members: count, exchange }
    }),
    forgotten,
    members: members.slice(0, MAX_MEMBERS).map((one) => ({
      id: cut(one.id),
      clientId: one.clientId === null ? null : cut(one.clientId),
      client: one.client,
      connection: one.connection,
      leader: one.id === leader,
      assigned: cut(one.assigned),
      said: one.said,
    })),
    moreMembers: members.length > MAX_MEMBERS || group.crowded,
    events: history.map(({ time, exchange, text }) => ({ time, exchange, text: cut(text) })),
  }
}
