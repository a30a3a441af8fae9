import { errorCode } from '../../../dissectors/errors.ts'
import type { Connection } from '../../session/connection.ts'
import { Bounded } from '../bounded.ts'
import { ByConnection } from '../by-connection.ts'
import type { Cause } from '../finding.ts'
import { HEARTBEAT, JOIN, SYNC } from '../groups/apis.ts'
import { because, fieldOf, keyOf, named } from '../groups/say.ts'
import type { Asked, Joined, Step } from '../groups/step.ts'
import type { SessionRule } from '../rule.ts'
import type { Seen } from '../seen.ts'
import type { Tell, Watch } from '../watch.ts'

const MEMBER_ID_REQUIRED = errorCode('MEMBER_ID_REQUIRED')
const MAX_CHAINS = 10_000
/** Ghosts at which it is told: two could be a timeout and bad luck. */
const TOLD_AT: readonly number[] = [2, 10, 100, 1000]
const MAX_EXCHANGES = 20

/** The joins of one client that led to nothing, one after the other. */
interface Chain {
  readonly name: string
  ghosts: number
  readonly exchanges: number[]
  /** Whether its last join made a member, and the id that it was told; null where it can't know it. */
  made: boolean
  id: string | null
  asked: string
  why: 'unreadable' | 'id-ignored' | 'unanswered' | 'answered'
}

/** A client joins again and again, each time as another member, and never syncs: the coordinator waits for the others. */
export const groupGhosts: SessionRule = {
  kind: 'session',
  code: 'group/ghosts',
  severity: 'warning',
  apis: [JOIN, SYNC, HEARTBEAT],
  watch: ({ groups }) => new Ghosts(() => groups.step),
}

class Ghosts implements Watch {
  private readonly step: () => Step | null
  private readonly chains = new Bounded<string, Chain>(MAX_CHAINS)
  /** Chains whose connection is gone, by group, client id and host: the client may go on with another connection. */
  private readonly parked = new Bounded<string, Chain>(MAX_CHAINS)
  private readonly byConnection = new ByConnection<Set<string>>()

  constructor(step: () => Step | null) {
    this.step = step
  }

  request(seen: Seen, tell: Tell): void {
    const step = this.step()
    if (step?.kind !== 'asked') return
    const key = `${seen.exchange.connection.id} ${keyOf(step.group)}`
    if (step.what !== 'join') {
      this.chains.delete(key)
      return
    }
    const chain = this.chain(key, seen, step)
    const again = chain.made && step.memberId !== chain.id && !isOwn(chain, step)
    chain.asked = step.memberId
    chain.exchanges.push(seen.exchange.id)
    if (chain.exchanges.length > MAX_EXCHANGES) chain.exchanges.shift()
    if (!again) return
    chain.ghosts++
    if (TOLD_AT.includes(chain.ghosts)) this.tell(chain, step, seen, tell)
  }

  exchange(seen: Seen): void {
    const step = this.step()
    if (step?.kind !== 'joined') return
    const chain = this.chains.get(`${seen.exchange.connection.id} ${keyOf(step.group)}`)
    if (chain) learn(chain, step)
  }

  gap(connection: Connection): void {
    for (const key of this.byConnection.get(connection) ?? []) this.chains.delete(key)
  }

  closed(connection: Connection): void {
    for (const key of this.byConnection.get(connection) ?? []) {
      const chain = this.chains.get(key)
      this.chains.delete(key)
      if (chain?.made) this.parked.set(chain.name, chain)
    }
    this.byConnection.delete(connection)
  }

  private chain(key: string, { exchange }: Seen, { group }: Asked): Chain {
    const known = this.chains.get(key)
    if (known) return known
    const host = exchange.connection.client.replace(/:\d+$/, '')
    const name = `${keyOf(group)} ${exchange.clientId} ${host}`
    const made: Chain = this.parked.get(name) ?? {
      name,
      ghosts: 0,
      exchanges: [],
      made: false,
      id: null,
      asked: '',
      why: 'answered',
    }
    this.parked.delete(name)
    this.chains.set(key, made)
    const keys = this.byConnection.get(exchange.connection) ?? new Set()
    this.byConnection.set(exchange.connection, keys.add(key))
    return made
  }

  private tell({ ghosts, exchanges, why }: Chain, { memberId }: Asked, seen: Seen, tell: Tell): void {
    const place = fieldOf(seen, 'request', 'memberId')
    const { clientId } = seen.exchange
    const as = memberId === '' ? 'without a member id' : `as ${named(memberId)}`
    tell({
      ...place,
      message: `${clientId === null ? 'A client' : named(clientId)} asks to join ${as} after ${ghosts} joins that it never synced: each may have left a member for which the coordinator waits.`,
      causes: causesOf(why, place),
      exchanges: [...exchanges],
    })
  }
}

/** The id that it had asked with before: the coordinator knows it again. */
const isOwn = ({ asked }: Chain, { memberId }: Asked): boolean => memberId !== '' && memberId === asked

function learn(chain: Chain, { error, memberId, version }: Joined): void {
  // Without an answer only an old coordinator made a member of it: from v4 on it gives out the id first (KIP-394).
  chain.made = error === 0 || error === -1 || error === MEMBER_ID_REQUIRED || (error === null && version < 4)
  chain.id = error === -1 || error === null ? null : memberId
  chain.why =
    error === -1
      ? 'unreadable'
      : error === null
        ? 'unanswered'
        : error === MEMBER_ID_REQUIRED
          ? 'id-ignored'
          : 'answered'
}

function causesOf(why: Chain['why'], place: { path: string; offset: number }): Cause[] {
  switch (why) {
    case 'unreadable':
      return because('join-answer-unreadable', 0.9, "the client can't read the JoinGroup answer and asks again", place)
    case 'id-ignored':
      return because(
        'member-id-ignored',
        0.7,
        'the client does not come back with the member id that MEMBER_ID_REQUIRED gave it',
        place,
      )
    case 'unanswered':
      return because('join-timeout', 0.7, 'the client does not wait as long as the coordinator holds the answer', place)
    default:
      return []
  }
}
