/** Fencing by leader epoch (KIP-320): the client says which epoch it believes in. */
import { errorCode } from '../../dissectors/errors.ts'
import { LEADER_EPOCH } from './log.ts'

/** An error code; 0 where the epoch is right or the client names none. */
export function epochProblem(currentLeaderEpoch: number | undefined): number {
  if (currentLeaderEpoch === undefined || currentLeaderEpoch < 0 || currentLeaderEpoch === LEADER_EPOCH) return 0
  // There never was an older epoch, so none can be fenced.
  return errorCode('UNKNOWN_LEADER_EPOCH')
}
