/** Fencing by leader epoch (KIP-320): the client says which epoch it believes in. */
import { errorCode } from '../../dissectors/errors.ts'
import type { PartitionLog } from './log.ts'

/** An error code; 0 where the epoch is right or the client names none. */
export function epochProblem(currentLeaderEpoch: number | undefined, { leaderEpoch }: PartitionLog): number {
  if (currentLeaderEpoch === undefined || currentLeaderEpoch < 0 || currentLeaderEpoch === leaderEpoch) return 0
  return errorCode(currentLeaderEpoch < leaderEpoch ? 'FENCED_LEADER_EPOCH' : 'UNKNOWN_LEADER_EPOCH')
}
