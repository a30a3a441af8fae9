/**
 * The embedded broker on sockets, one listener for each of its nodes. `connection.ts` says what happens on each
 * connection.
 */
import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, TLSSocket } from 'node:tls'
import { Broker, type BrokerInit } from './broker.ts'
import type { Endpoint } from './cluster.ts'
import { type Buffered, serve } from './connection.ts'
import { RETENTION_CHECK_MS } from './retention.ts'

/** TLS to clients, PEM texts. */
export interface BrokerTls {
  readonly cert: string
  readonly key: string
  /** Clients must show a certificate of this CA (ssl.client.auth=required). */
  readonly clientCa?: string
}

export interface StartOptions extends Omit<BrokerInit, 'endpoint' | 'moreEndpoints'> {
  /** Default 127.0.0.1 */
  readonly host?: string
  /** Default 0: any free one. Further nodes listen on the ports after it. */
  readonly port?: number
  /** Nodes, 1 by default. */
  readonly nodes?: number
  /** Where clients are told to connect to, where that is not the listener. */
  readonly advertisedHost?: string
  readonly advertisedPort?: number
  readonly tls?: BrokerTls
  /** Gets a line for people: why a connection was closed. */
  readonly log?: (line: string) => void
}

export interface BrokerHandle {
  /** Of the first node's listener. */
  readonly host: string
  readonly port: number
  /** Of all nodes, as clients are told. */
  readonly endpoints: readonly Endpoint[]
  readonly broker: Broker
  /** Closes the listeners and all connections, and stops all timers. */
  close(): Promise<void>
}

/** Listens and answers. Rejects where an address can't be had. */
export async function startBroker(options: StartOptions = {}): Promise<BrokerHandle> {
  const { host = '127.0.0.1', port = 0, nodes = 1, tls, log = () => {}, ...rest } = options
  const { advertisedHost, advertisedPort, ...init } = rest
  const servers: Server[] = []
  const sockets = new Set<Socket>()
  const shut = (): Promise<unknown> => {
    const closed = servers.map((server) => new Promise((resolve) => server.close(resolve)))
    for (const socket of sockets) socket.destroy()
    return Promise.all(closed)
  }
  try {
    for (let i = 0; i < nodes; i++) {
      const server = makeServer(tls, log)
      await listen(server, host, port === 0 ? 0 : port + i)
      servers.push(server)
    }
    const ports = servers.map(portOf)
    const endpoints = ports.map((own, i) => ({
      host: advertisedHost ?? advertisable(host),
      port: advertisedPort === undefined ? own : advertisedPort + i,
    }))
    const broker = new Broker({ ...init, endpoint: endpoints[0]!, moreEndpoints: endpoints.slice(1) })
    const buffered: Buffered = { requests: 0, answers: 0 }
    servers.forEach((server, i) => {
      server.on('error', (error) => log(`broker: ${error.message}`))
      const served = (socket: Socket): void =>
        serve(socket, { broker, nodeId: i + 1, principal: principalOf(socket), buffered, log })
      // Below TLS: handshakes that are not done count too.
      server.on('connection', (socket: Socket) => {
        if (sockets.size >= broker.options.maxConnections) {
          log(
            `broker: ${socket.remoteAddress}:${socket.remotePort}: more than ${broker.options.maxConnections} connections; it is closed`,
          )
          socket.destroy()
          return
        }
        sockets.add(socket)
        socket.once('close', () => sockets.delete(socket))
        if (!tls) served(socket)
      })
      if (tls) server.on('secureConnection', served)
    })
    const retention = setInterval(() => broker.enforceRetention(), RETENTION_CHECK_MS)
    retention.unref()
    const close = async (): Promise<void> => {
      clearInterval(retention)
      const closed = shut()
      broker.close()
      await closed
    }
    return { host, port: ports[0]!, endpoints, broker, close }
  } catch (error) {
    await shut()
    throw error
  }
}

/** The subject of the client's certificate as X500Principal.getName has it (RFC 2253): the last part first. */
function principalOf(socket: Socket): string | undefined {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined
  const { subject } = socket.getPeerCertificate()
  if (!subject) return undefined
  const parts = Object.entries(subject).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((each) => `${name}=${String(each).replace(/[,+"\\<>;]/g, '\\$&')}`),
  )
  return `User:${parts.reverse().join(',')}`
}

function makeServer(tls: BrokerTls | undefined, log: (line: string) => void): Server {
  const options = { noDelay: true, allowHalfOpen: true }
  if (!tls) return createServer(options)
  const { cert, key, clientCa } = tls
  const client = clientCa === undefined ? {} : { ca: clientCa, requestCert: true, rejectUnauthorized: true }
  const server = createTlsServer({ ...options, cert, key, ...client, handshakeTimeout: 30_000 })
  server.on('tlsClientError', (error, socket) => {
    log(`broker: ${socket.remoteAddress}:${socket.remotePort}: no TLS connection: ${error.message}`)
  })
  return server
}

const listen = (server: Server, host: string, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })

function portOf(server: Server): number {
  const address = server.address()
  return address !== null && typeof address === 'object' ? address.port : 0
}

/** A listener on all addresses is told to clients as this machine's loopback. */
const advertisable = (host: string): string => (host === '0.0.0.0' || host === '::' || host === '' ? '127.0.0.1' : host)
