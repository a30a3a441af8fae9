/**
 * Share sessions (KIP-932): which partitions a member reads, so that a ShareFetch names only what has changed. A session
 * ends with its member's last request or its connection, and what the member had acquired is released.
 */
import { errorCode } from '../../dissectors/errors.ts'

export interface ShareSession {
  readonly groupId: string
  readonly memberId: string
  readonly nodeId: number
  /** That the next request must have. */
  epoch: number
  /** Partition keys. */
  readonly partitions: Set<string>
  readonly forgetConnection: () => void
}

/** ShareRequestMetadata: opens a session, and ends one. */
export const INITIAL_EPOCH = 0
export const FINAL_EPOCH = -1
const LAST_EPOCH = 0x7fffffff

/** group.share.max.share.sessions */
const MAX_SESSIONS = 2000

/** A member has a session with each node. */
const keyOf = (groupId: string, memberId: string, nodeId: number): string => JSON.stringify([groupId, memberId, nodeId])

export class ShareSessions {
  private readonly byKey = new Map<string, ShareSession>()
  private readonly released: (session: ShareSession) => void

  /** `released`: called when a session has ended. */
  constructor(released: (session: ShareSession) => void) {
    this.released = released
  }

  /** A new session, in the place of one that the member may have had; or an error code. */
  open(groupId: string, memberId: string, nodeId: number, signal: AbortSignal): ShareSession | number {
    const key = keyOf(groupId, memberId, nodeId)
    this.byKey.get(key)?.forgetConnection()
    this.byKey.delete(key)
    if (this.byKey.size >= MAX_SESSIONS) return errorCode('SHARE_SESSION_LIMIT_REACHED')
    const gone = (): void => this.close(session)
    signal.addEventListener('abort', gone)
    const session: ShareSession = {
      groupId,
      memberId,
      nodeId,
      epoch: 1,
      partitions: new Set(),
      forgetConnection: () => signal.removeEventListener('abort', gone),
    }
    this.byKey.set(key, session)
    return session
  }

  /** The session that a request of this epoch goes on with, or ends; or an error code. */
  resume(groupId: string, memberId: string, nodeId: number, epoch: number): ShareSession | number {
    const session = this.byKey.get(keyOf(groupId, memberId, nodeId))
    if (!session) return errorCode('SHARE_SESSION_NOT_FOUND')
    if (epoch === FINAL_EPOCH) return session
    if (epoch !== session.epoch) return errorCode('INVALID_SHARE_SESSION_EPOCH')
    session.epoch = epoch === LAST_EPOCH ? 1 : epoch + 1
    return session
  }

  close(session: ShareSession): void {
    session.forgetConnection()
    const key = keyOf(session.groupId, session.memberId, session.nodeId)
    if (this.byKey.get(key) !== session) return
    this.byKey.delete(key)
    this.released(session)
  }
}
