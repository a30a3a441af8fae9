/** Who speaks for which member, on which connection; and how much of it all is kept. */
import type { Connection } from '../../session/connection.ts'
import type { Exchange } from '../../session/exchange.ts'
import type { SessionState } from '../../session/state.ts'
import { ByConnection } from '../by-connection.ts'
import { BROKEN, type Group, type Line, type Mark, type Member, newMember } from './group.ts'
import { Kept } from './kept.ts'

const MAX_MEMBERS = 1000
const MAX_ALL_MEMBERS = 10_000
/** Names longer than Kafka's own limit for topics are hostile. */
export const MAX_NAME = 1024

export class Roster {
  readonly kept = new Kept()
  private readonly lines = new ByConnection<Line>()
  private readonly groups: ReadonlyMap<string, Group>
  private readonly state: SessionState

  constructor(groups: ReadonlyMap<string, Group>, state: SessionState) {
    this.groups = groups
    this.state = state
  }

  topicName(id: string): string {
    return this.state.topicNames.get(id) ?? id
  }

  line(connection: Connection): Line {
    const known = this.lines.get(connection)
    if (known) return known
    if (connection.closed !== null) return BROKEN
    const made = { broken: false }
    this.lines.set(connection, made)
    return made
  }

  /** Bytes of a connection are missing, or it is closed: what its members do from now on is not known. */
  broken(connection: Connection): void {
    const line = this.lines.get(connection)
    if (line) line.broken = true
    this.lines.delete(connection)
  }

  /** The member that speaks in an exchange, made where it is not known; null where there is no room for one more. */
  member(group: Group, id: string, { clientId, connection }: Exchange, { time }: Mark): Member | null {
    const member = this.absent(group, id, time)
    if (!member) return null
    if (member.connection !== connection.id) {
      // On another connection than it joined on: what it said in between is not known.
      member.line = BROKEN
      member.held = null
    }
    member.clientId = clientId
    member.client = connection.client
    member.connection = connection.id
    member.seen = Math.max(member.seen, time)
    return member
  }

  /** A member that is only told of. */
  absent(group: Group, id: string, time: number): Member | null {
    const known = group.members.get(id)
    if (known) return known
    if (id === '' || id.length > MAX_NAME) return null
    if (group.members.size >= MAX_MEMBERS || this.full()) {
      group.crowded = true
      return null
    }
    const made = newMember(id, time)
    group.members.set(id, made)
    return made
  }

  private full(): boolean {
    let count = 0
    for (const { members } of this.groups.values()) count += members.size
    return count >= MAX_ALL_MEMBERS
  }
}
