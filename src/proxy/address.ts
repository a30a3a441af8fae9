/** Addresses as people write them and as brokers send them: `host:port`, `[::1]:9092`, `:9092`. */
import { isIP } from 'node:net'

export interface HostPort {
  readonly host: string
  readonly port: number
}

/**
 * Reads `HOST:PORT`, `[IPV6]:PORT`, `:PORT` or `PORT`; the latter two take the host from `fallbackHost`. Null where it
 * is none of these. Port 0 is let through: a listener takes any free port then.
 */
export function parseHostPort(text: string, fallbackHost = '127.0.0.1'): HostPort | null {
  const match = /^(?:(?:\[([0-9A-Fa-f:.%\w]+)\]|([^:[\]\s]*)):)?(\d{1,5})$/.exec(text.trim())
  if (!match) return null
  const port = Number(match[3])
  if (port > 65535) return null
  const host = match[1] ?? match[2] ?? ''
  if (match[1] !== undefined && isIP(match[1]) !== 6) return null
  return { host: host || fallbackHost, port }
}

/** `host:port`, an IPv6 host in brackets. */
export const printHostPort = (host: string, port: number): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`

/** `::ffff:127.0.0.1`, as a dual-stack listener sees an IPv4 peer, is `127.0.0.1`. */
export const plainAddress = (address: string): string => address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '')

export const isWildcard = (host: string): boolean => host === '0.0.0.0' || host === '::' || host === '*'

export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)

/**
 * Whether a host that a broker sent may be connected to and printed: letters, digits and what host names and
 * addresses are made of, at most 253 characters (RFC 1035). Anything else is no address but noise, or an attack on
 * whoever prints it.
 */
export const isHost = (host: string): boolean => /^[A-Za-z0-9._:%-]{1,253}$/.test(host)
