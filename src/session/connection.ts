import type { ConnectionInfo, Direction } from './segment.ts'

/** What the session knows of a connection; fields fill as traffic passes. Views read it, only the session writes. */
export interface Connection extends ConnectionInfo {
  readonly opened: number
  closed: number | null
  /** Whose side ended first; null while both are open, and where the connection was reset or just stopped. */
  endedBy: Direction | null
  clientId: string | null
  /** From ApiVersions v3 and up (KIP-511). */
  clientSoftwareName: string | null
  clientSoftwareVersion: string | null
  /** What the broker advertised on this connection: API key to [lowest, highest]. Null before its ApiVersions answer. */
  apiVersions: ReadonlyMap<number, readonly [number, number]> | null
  sasl: { mechanism: string; user: string | null; state: 'handshake' | 'tokens' | 'done' | 'failed' } | null
  requests: number
  responses: number
  requestBytes: number
  responseBytes: number
  /** Frames not decoded any more, and why: the connection carries no Kafka, or one side lost its framing. */
  opaque: string | null
}

/** A connection of which nothing is known yet but its ends. */
export const newConnection = ({ id, client, broker, midstream }: ConnectionInfo, opened: number): Connection => ({
  id,
  client,
  broker,
  midstream: midstream ?? false,
  opened,
  closed: null,
  endedBy: null,
  clientId: null,
  clientSoftwareName: null,
  clientSoftwareVersion: null,
  apiVersions: null,
  sasl: null,
  requests: 0,
  responses: 0,
  requestBytes: 0,
  responseBytes: 0,
  opaque: null,
})
