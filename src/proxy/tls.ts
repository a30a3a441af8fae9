/** The relay's TLS, as PEM texts and flags that can be given to a thread. */
import { isIP, type Server, type Socket } from 'node:net'
import { type ConnectionOptions, connect, createServer, type TLSSocket } from 'node:tls'
import type { HostPort } from './address.ts'

/** TLS to clients: the certificate (with those between it and its CA) and its key, PEM. */
export interface ClientTls {
  readonly cert: string
  readonly key: string
}

/** TLS to brokers, PEM. */
export interface UpstreamTls {
  /** Instead of the CAs that node trusts. */
  readonly ca: string | null
  readonly cert: string | null
  readonly key: string | null
  /** Neither certificate nor name is verified. */
  readonly insecure: boolean
}

export type KeyLog = (line: Buffer) => void

/** A server that hands over sockets once their handshake is done; `failed` is told of handshakes that did not. */
export function tlsServer(
  tls: ClientTls,
  accept: (socket: Socket) => void,
  failed: (error: Error, socket: Socket) => void,
  keyLog: KeyLog | null,
): Server {
  const options = { cert: tls.cert, key: tls.key, allowHalfOpen: true, noDelay: true, handshakeTimeout: 30_000 }
  const server = createServer(options, (socket) => accept(socket))
  server.on('tlsClientError', (error, socket) => failed(error, socket))
  if (keyLog) server.on('keylog', (line) => keyLog(line))
  return server
}

/**
 * Connects to a broker; `secured` is called when the handshake is done. The certificate must be for the host that is
 * connected to, which is also the name asked for (SNI has no addresses, RFC 6066).
 */
export function tlsConnect(
  { host, port }: HostPort,
  tls: UpstreamTls,
  secured: () => void,
  keyLog: KeyLog | null,
): TLSSocket {
  const options: ConnectionOptions & { allowHalfOpen: boolean } = {
    host,
    port,
    allowHalfOpen: true,
    rejectUnauthorized: !tls.insecure,
  }
  if (!isIP(host)) options.servername = host
  if (tls.ca !== null) options.ca = tls.ca
  if (tls.cert !== null) options.cert = tls.cert
  if (tls.key !== null) options.key = tls.key
  const socket = connect(options, secured)
  socket.setNoDelay(true)
  if (keyLog) socket.on('keylog', (line) => keyLog(line))
  return socket
}
