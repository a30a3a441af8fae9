/** A TCP or TLS socket to a broker. */
import { isIP, connect as netConnect, type Socket } from 'node:net'
import { type ConnectionOptions, connect as tlsConnect } from 'node:tls'
import { ClientError } from './errors.ts'

export interface Address {
  readonly host: string
  readonly port: number
}

/** TLS to the broker. PEM texts; certificate and name are verified unless `insecure`. */
export interface TlsOptions {
  /** Instead of the CAs that node trusts. */
  readonly ca?: string | undefined
  readonly cert?: string | undefined
  readonly key?: string | undefined
  readonly insecure?: boolean | undefined
}

/** `host:port`, an IPv6 host in brackets. */
export const addressText = ({ host, port }: Address): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`

/** Resolves with a socket that is connected, its TLS handshake done. Rejects with a ClientError of kind `connect`. */
export function openSocket(address: Address, tls: TlsOptions | null, timeoutMs: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = tls ? tlsConnect(tlsOptions(address, tls)) : netConnect({ ...address, noDelay: true })
    const settle = (error: Error | null): void => {
      clearTimeout(timer)
      socket.off('error', settle)
      if (error === null) {
        socket.setNoDelay(true)
        resolve(socket)
        return
      }
      socket.on('error', () => {})
      socket.destroy()
      reject(new ClientError('connect', problemOf(error), { broker: addressText(address) }))
    }
    const timer = setTimeout(() => settle(new Error(`no connection within ${timeoutMs} ms`)), timeoutMs)
    socket.once('error', settle)
    socket.once(tls ? 'secureConnect' : 'connect', () => settle(null))
  })
}

function problemOf(error: Error): string {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'ECONNREFUSED') return 'nothing listens there (ECONNREFUSED)'
  // A host with several addresses gives an AggregateError without a message.
  return message || code || 'no connection'
}

/** SNI has no addresses (RFC 6066). */
function tlsOptions({ host, port }: Address, { ca, cert, key, insecure = false }: TlsOptions): ConnectionOptions {
  return {
    host,
    port,
    rejectUnauthorized: !insecure,
    ...(isIP(host) ? {} : { servername: host }),
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  }
}
