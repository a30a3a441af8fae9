/** What the relay's thread and the observer's say to each other. */
import type { HostPort } from './address.ts'
import type { Batch } from './batch.ts'
import type { BrokerRow, Notice } from './notice.ts'
import type { RelayOptions } from './relay.ts'

/** The first message to the thread. */
export interface WorkerInit {
  readonly relay: RelayOptions
  readonly observeLimit: number
  readonly strict: boolean
  /** An open file descriptor, the process's; null: no key log. */
  readonly keyLogFd: number | null
}

export interface RelayStats {
  readonly connections: number
  /** Bytes that passed without being looked at, because the observer could not follow. */
  readonly skippedBytes: number
  /** Answers that may carry addresses and passed as they are. */
  readonly untouched: number
  /** Connections of clients for which no connection to their broker could be had. */
  readonly upstreamFailures: number
}

export type FromWorker =
  | { readonly type: 'listening'; readonly at: HostPort }
  | { readonly type: 'failed'; readonly code: string; readonly message: string }
  | { readonly type: 'batch'; readonly batch: Batch }
  | { readonly type: 'notice'; readonly notice: Notice }
  | { readonly type: 'brokers'; readonly rows: BrokerRow[] }
  | { readonly type: 'closed'; readonly stats: RelayStats }

export type ToWorker =
  /** A batch was looked at; `memory` is its block, to be filled again. */
  { readonly type: 'looked'; readonly weight: number; readonly memory: ArrayBuffer | null } | { readonly type: 'close' }
