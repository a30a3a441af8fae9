/** How errors of transactions are told to clients of older versions. */
import { errorCode } from '../../dissectors/errors.ts'

const PRODUCER_FENCED = errorCode('PRODUCER_FENCED')
const INVALID_PRODUCER_EPOCH = errorCode('INVALID_PRODUCER_EPOCH')
const TRANSACTION_ABORTABLE = errorCode('TRANSACTION_ABORTABLE')
const CONCURRENT_TRANSACTIONS = errorCode('CONCURRENT_TRANSACTIONS')

/** KIP-588: versions before `first` do not know PRODUCER_FENCED. */
export const fencedAs = (error: number, version: number, first: number): number =>
  error === PRODUCER_FENCED && version < first ? INVALID_PRODUCER_EPOCH : error

/**
 * What a partition's leader makes of the coordinator's word about a transaction (AddPartitionsToTxnManager and
 * ReplicaManager of Apache Kafka): `abortable` versions know TRANSACTION_ABORTABLE (KIP-890).
 */
export function asLeader(error: number, abortable: boolean): number {
  if (error === PRODUCER_FENCED) return INVALID_PRODUCER_EPOCH
  if (error === TRANSACTION_ABORTABLE && !abortable) return errorCode('INVALID_TXN_STATE')
  if (error === CONCURRENT_TRANSACTIONS) return errorCode('NOT_ENOUGH_REPLICAS')
  return error
}
