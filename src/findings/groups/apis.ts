/** Keys of the APIs that groups are made of. */
export const OFFSET_COMMIT = 8
export const JOIN = 11
export const HEARTBEAT = 12
export const LEAVE = 13
export const SYNC = 14
export const TXN_OFFSET_COMMIT = 28
export const DELETE_GROUPS = 42
export const CONSUMER_HEARTBEAT = 68
export const SHARE_HEARTBEAT = 76
export const STREAMS_HEARTBEAT = 88

/** The APIs that teach something about groups. */
export const GROUP_APIS: readonly number[] = [
  OFFSET_COMMIT,
  JOIN,
  HEARTBEAT,
  LEAVE,
  SYNC,
  TXN_OFFSET_COMMIT,
  DELETE_GROUPS,
  CONSUMER_HEARTBEAT,
  SHARE_HEARTBEAT,
  STREAMS_HEARTBEAT,
]
