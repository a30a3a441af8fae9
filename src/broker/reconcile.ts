/**
 * How one member of a consumer group gets from what it has to what it shall have (KIP-848, CurrentAssignmentBuilder of
 * Apache Kafka): first it gives up what it shall not keep, and only then it gets what is new, as others let go of it.
 *
 *     Stable ──target changed──▶ UnrevokedPartitions ──it no longer owns them──▶ UnreleasedPartitions ──▶ Stable
 */
export type MemberState = 'Stable' | 'UnrevokedPartitions' | 'UnreleasedPartitions'

/** Where a member is on its way. Partitions are named by `partitionKey`. */
export interface Progress {
  readonly state: MemberState
  readonly epoch: number
  /** What it may read. */
  readonly assigned: ReadonlySet<string>
  /** What it was told to give up, and has not yet. */
  readonly revoking: ReadonlySet<string>
}

export interface Goal {
  readonly targetEpoch: number
  readonly target: ReadonlySet<string>
  /** What it says that it owns; null where it does not say. */
  readonly owned: ReadonlySet<string> | null
  /** Whether another member has this partition, or has not yet given it up. */
  readonly isTaken: (partition: string) => boolean
}

/** The next step; the same object where there is none. */
export function reconcile(now: Progress, goal: Goal): Progress {
  if (now.state === 'Stable' && now.epoch === goal.targetEpoch) return now
  if (now.state === 'UnrevokedPartitions' && ownsAnyOf(now.revoking, goal.owned)) return now
  const assigned = new Set<string>()
  const revoking = new Set<string>()
  for (const partition of now.assigned) (goal.target.has(partition) ? assigned : revoking).add(partition)
  if (revoking.size > 0 && ownsAnyOf(revoking, goal.owned)) {
    return { state: 'UnrevokedPartitions', epoch: now.epoch, assigned, revoking }
  }
  let unreleased = false
  for (const partition of goal.target) {
    if (assigned.has(partition)) continue
    if (goal.isTaken(partition)) unreleased = true
    else assigned.add(partition)
  }
  return {
    state: unreleased ? 'UnreleasedPartitions' : 'Stable',
    epoch: goal.targetEpoch,
    assigned,
    revoking: new Set(),
  }
}

/** A member that does not say what it owns may own all of it. */
function ownsAnyOf(partitions: ReadonlySet<string>, owned: ReadonlySet<string> | null): boolean {
  if (owned === null) return true
  for (const partition of partitions) if (owned.has(partition)) return true
  return false
}
