/** What can go wrong between a client and a broker, with what is needed to say where. */

export type ClientErrorKind =
  /** No connection could be had: address, TLS. */
  | 'connect'
  /** The login was refused, or the broker's proof of knowing the password is wrong. */
  | 'auth'
  /** Broker and client have no version of the API in common, or it has not the one that was pinned. */
  | 'version'
  | 'timeout'
  /** The connection ended while an answer was awaited. */
  | 'closed'
  /** Bytes that are no frame, or one larger than is allowed. */
  | 'frame'
  /** The answer has the correlation id of another request. */
  | 'correlation'
  /** The answer's bytes are not those of its API and version. */
  | 'decode'

export interface ErrorPlace {
  /** `host:port` of the broker. */
  readonly broker: string
  /** `JoinGroup v5`; absent where no request was under way. */
  readonly request?: string | undefined
  /** The answer's frame where there was one, its size field included. */
  readonly frame?: Uint8Array | undefined
}

/** `127.0.0.1:9092: JoinGroup v5: no answer within 30000 ms`. Text from the wire is not in it. */
export class ClientError extends Error {
  readonly kind: ClientErrorKind
  readonly place: ErrorPlace

  constructor(kind: ClientErrorKind, problem: string, place: ErrorPlace) {
    super([place.broker, place.request, problem].filter((part) => part !== undefined).join(': '))
    this.name = 'ClientError'
    this.kind = kind
    this.place = place
  }
}
