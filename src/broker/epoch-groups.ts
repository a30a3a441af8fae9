/** All groups of one protocol whose members heartbeat: by name, and no more of them than there is room for. */
import type { Clock } from './clock.ts'
import { GroupError } from './epoch-group.ts'
import type { Topics } from './topics.ts'

/** What the groups of a protocol ask of the rest of the broker. */
export interface GroupsInit {
  readonly clock: Clock
  readonly topics: Topics
  readonly groupMaxSize: number
  readonly maxGroups: number
  /** What members of all groups say of themselves, in bytes. */
  readonly maxGroupBytes: number
  /** Whether there is a group of another type with this name. */
  readonly isOther: (groupId: string) => boolean
}

interface Kept {
  readonly members: ReadonlyMap<string, unknown>
  /** Bytes that are said of it. */
  readonly bytes: number
  /** Ends all timers. */
  close(): void
}

export class EpochGroups<G extends Kept> {
  protected readonly byId = new Map<string, G>()
  private readonly limits: Pick<GroupsInit, 'maxGroups' | 'maxGroupBytes'>

  constructor(limits: Pick<GroupsInit, 'maxGroups' | 'maxGroupBytes'>) {
    this.limits = limits
  }

  get(id: string): G | undefined {
    return this.byId.get(id)
  }

  all(): G[] {
    return [...this.byId.values()]
  }

  /** `another`: for one more group, else for one more member. Empty groups go first. Throws GroupError. */
  protected checkRoom(another: boolean): void {
    const { maxGroups, maxGroupBytes } = this.limits
    if (another && this.byId.size >= maxGroups) {
      for (const [id, group] of this.byId) if (group.members.size === 0) this.byId.delete(id)
    }
    const bytes = this.all().reduce((sum, group) => sum + group.bytes, 0)
    if ((another && this.byId.size >= maxGroups) || bytes > maxGroupBytes) {
      throw new GroupError('COORDINATOR_NOT_AVAILABLE', 'This broker holds no more groups.')
    }
  }

  /** Forgets a group that nobody is in. Returns whether it is gone, or never was. */
  deleteEmpty(id: string): boolean {
    const group = this.byId.get(id)
    if (group && group.members.size > 0) return false
    this.byId.delete(id)
    return true
  }

  /** Ends all timers. */
  close(): void {
    for (const group of this.byId.values()) group.close()
  }
}
