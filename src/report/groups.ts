/** The groups of a session at its end: in a few lines of text each, and as JSON. */
import { safeShort } from '../bytes/safe-text.ts'
import type { JsonObject, JsonValue } from '../codec/json-text.ts'
import type { Group } from '../findings/groups/group.ts'
import { bar, LEGEND, lifeText, membersOf, spansOf, stateText } from '../findings/groups/timeline.ts'
import type { Observed } from '../findings/pipeline.ts'
import { seconds } from './exchange-json.ts'
import { clockText, countText, plural } from './format.ts'

const BAR = 60
/** Groups, members and stretches that are told in text. */
const SHOWN_GROUPS = 20
const SHOWN_MEMBERS = 4
const SHOWN_STRETCHES = 6
/** Members and topics of each that stand in one line of JSON. */
const MAX_MEMBERS = 1000

/** Collects the groups of a session, to be shown when it is over. */
export class SeenGroups {
  private readonly groups: Group[] = []

  add(observed: Observed): void {
    if (observed.type === 'group') this.groups.push(observed.group)
  }

  /** None without a group. */
  lines(): string[] {
    if (this.groups.length === 0) return []
    const shown = this.groups.slice(0, SHOWN_GROUPS)
    const lines = [`${plural(this.groups.length, 'group')} (${LEGEND})`, ...shown.flatMap(groupLines)]
    if (this.groups.length > shown.length) lines.push(`  ... and ${countText(this.groups.length - shown.length)} more`)
    return lines
  }

  json(): JsonObject[] {
    return this.groups.map(groupJson)
  }
}

function groupLines(group: Group): string[] {
  const { id, life, seen, rebalances } = group
  const from = life[0]?.time ?? group.since
  const lines = [`  ${safeShort(id, 60)}: ${safeShort(stateText(group), 120)}, ${plural(rebalances, 'rebalance')}`]
  if (life.length > 0) {
    lines.push(`    ${clockText(from)} |${bar(group, BAR)}| ${clockText(seen)}`)
    lines.push(`    ${lifeText(group, SHOWN_STRETCHES)}`)
  }
  const members = membersOf(group)
  for (const { id: member, clientId, client, assigned } of members.slice(0, SHOWN_MEMBERS)) {
    const leads = member === group.leader ? ', leader' : ''
    const who = clientId === null ? '' : `${clientId} `
    const what = assigned ? `: ${assigned}` : ''
    lines.push(`    ${safeShort(`${who}${client ? `at ${client} ` : ''}(${member}${leads})${what}`, 160)}`)
  }
  if (members.length > SHOWN_MEMBERS) lines.push(`    and ${plural(members.length - SHOWN_MEMBERS, 'member')} more`)
  return lines
}

/** One `{"type":"group",...}`; `docs/GROUPS.md` says what is in it. */
export function groupJson(group: Group): JsonObject {
  const { id, broker, kind, protocolType, protocol, phase, generation, rebalances, leader, forgotten, history } = group
  return {
    type: 'group',
    group: id,
    broker,
    kind,
    protocolType,
    protocol,
    phase,
    generation,
    leader,
    rebalances,
    members: membersOf(group)
      .slice(0, MAX_MEMBERS)
      .map((member) => memberJson(member, leader)),
    membersDropped: group.crowded,
    life: spansOf(group).map(({ phase: name, time, end, generation: at, members, exchange }) => ({
      phase: name,
      time: seconds(time),
      end: seconds(end),
      generation: at,
      members,
      exchange,
    })),
    lifeDropped: forgotten,
    events: history.map(({ time, exchange, text }) => ({ time: seconds(time), exchange, text })),
  }
}

function memberJson(member: ReturnType<typeof membersOf>[number], leader: string): JsonValue {
  const { id, instanceId, clientId, client, generation, joined, seen, topics, assigned, said } = member
  return {
    memberId: id,
    instanceId,
    clientId,
    client: client || null,
    leader: id === leader,
    generation,
    joined: seconds(joined),
    seen: seconds(seen),
    topics: topics && [...topics],
    assigned,
    said,
  }
}
