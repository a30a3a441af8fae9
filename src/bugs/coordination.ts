/** Bugs of the coordinator, not of an encoder: every answer is sound, its moment is wrong. The embedded broker has them. */
export interface CoordinationBug {
  readonly name: 'early-join' | 'early-sync'
  readonly does: string
}

export const COORDINATION_BUGS: readonly CoordinationBug[] = [
  {
    name: 'early-join',
    does: 'a JoinGroup is answered at once, without the initial delay and before the other members have joined again',
  },
  {
    name: 'early-sync',
    does: "a follower's SyncGroup is answered at once, with no assignment, before the leader has sent any",
  },
]
