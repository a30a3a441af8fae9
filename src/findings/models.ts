/** What rules over a session share. */
import type { Connection } from '../session/connection.ts'
import type { SessionState } from '../session/state.ts'
import { FetchedReader } from './fetched.ts'
import { ProducedReader } from './produced.ts'
import type { Seen } from './seen.ts'
import { Topics } from './topics.ts'

export class Models {
  readonly state: SessionState
  readonly topics = new Topics()
  readonly produced = new ProducedReader(this.topics)
  readonly fetched = new FetchedReader(this.topics)

  constructor(state: SessionState) {
    this.state = state
  }

  /** Before any rule sees the same exchange. */
  exchange(seen: Seen): void {
    this.topics.exchange(seen)
  }

  gap(connection: Connection): void {
    this.fetched.gap(connection)
  }
}
