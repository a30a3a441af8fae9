/** What rules over a session share. */
import type { Connection } from '../session/connection.ts'
import type { SessionState } from '../session/state.ts'
import { FetchedReader } from './fetched.ts'
import { Groups } from './groups/groups.ts'
import { ProducedReader } from './produced.ts'
import type { Seen } from './seen.ts'
import { Topics } from './topics.ts'
import { Transactions } from './transactions.ts'

export class Models {
  readonly state: SessionState
  readonly topics = new Topics()
  readonly produced = new ProducedReader(this.topics)
  readonly fetched = new FetchedReader(this.topics)
  readonly transactions = new Transactions()
  /** Its `step` is what the exchange (or request) being watched did to its group. */
  readonly groups: Groups

  constructor(state: SessionState) {
    this.state = state
    this.groups = new Groups(state)
  }

  /** Before any rule sees the same request. */
  request(seen: Seen): void {
    this.transactions.request(seen)
    this.groups.request(seen)
  }

  /** Before any rule sees the same exchange. */
  exchange(seen: Seen): void {
    this.topics.exchange(seen)
    this.groups.exchange(seen)
  }

  /** After all rules saw the exchange: what they compare it with is what was before. */
  after(seen: Seen): void {
    this.transactions.exchange(seen)
  }

  /** Bytes are missing, of which `gap` is told only when frames are found again behind them. */
  lost(): void {
    this.transactions.lost()
  }

  gap(connection: Connection): void {
    this.fetched.gap(connection)
    this.transactions.lost()
    this.groups.broken(connection)
  }

  closed(connection: Connection): void {
    this.fetched.gap(connection)
    this.transactions.closed(connection)
    this.groups.broken(connection)
  }
}
