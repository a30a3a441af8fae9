/** What a handler of an API is, and what it is given. Handlers do no I/O; they read and change the broker's state. */
import type { Encodable } from '../codec/encode.ts'
import type { Access } from './access/access.ts'
import type { Broker } from './broker.ts'
import type { Node } from './cluster.ts'
import type { Login } from './sasl.ts'

/** The body of a response. Fields left out hold their defaults; those that a version lacks are passed over. */
export type Answer = { readonly [field: string]: Encodable }

/** An API as it is advertised: versions from the lowest to the highest that is answered. */
export interface Api {
  readonly apiKey: number
  readonly versions: readonly [low: number, high: number]
}

/** Of the request at hand. */
export interface Context {
  readonly broker: Broker
  /** The node that is asked. */
  readonly node: Node
  /** All that are answered. */
  readonly apis: readonly Api[]
  readonly version: number
  readonly clientId: string | null
  /** The client's address, as DescribeGroups shows it. */
  readonly clientHost: string
  /** Who asks: `User:name`, as Apache Kafka's KafkaPrincipal prints it. */
  readonly principal?: string
  /** What whoever asks may do. */
  readonly access: Access
  /** The connection's login, where there are logins. */
  readonly login?: Login
  /** Aborted when the client's connection is gone. */
  readonly signal: AbortSignal
}

/** `null`: no answer is sent (Produce with acks 0). `close`: neither is one, and the connection is closed. */
export type Outcome = Answer | null | 'close'

/** One API. `R` is its request as values, over all versions: fields that some versions lack may be undefined. */
export interface Handler<R> extends Api {
  handle(request: R, context: Context): Outcome | Promise<Outcome>
}

/** A handler in the list of all, its request unseen. */
export type AnyHandler = Handler<never>
