/** A proxy in front of itself would connect to itself for ever. */
import { lookup } from 'node:dns/promises'
import type { Socket } from 'node:net'
import { networkInterfaces } from 'node:os'
import { type HostPort, isLoopback, isWildcard, plainAddress, printHostPort } from './address.ts'

/** Whether a connection to `upstream` would come to the listener. Names are looked up only where the ports are one. */
export async function isOwnAddress(listen: HostPort, upstream: HostPort): Promise<boolean> {
  if (listen.port !== upstream.port || listen.port === 0) return false
  const [ours, theirs] = await Promise.all([addressesOf(listen.host), addressesOf(upstream.host)])
  if (!isWildcard(listen.host)) return theirs.some((address) => ours.includes(address))
  const local = Object.values(networkInterfaces()).flatMap((list) => list?.map(({ address }) => address) ?? [])
  return theirs.some((address) => isLoopback(address) || local.includes(address))
}

/** Where a connection to a host would go. All addresses as a target mean this machine. */
async function addressesOf(host: string): Promise<string[]> {
  if (isWildcard(host)) return ['127.0.0.1', '::1']
  const found = await lookup(host, { all: true }).catch(() => [])
  return found.map(({ address }) => plainAddress(address))
}

/**
 * The connections that the relay itself has opened, by the address they come from: one that it accepts is its own where
 * the listener was reached under another name.
 */
export class OwnConnections {
  /** Connections on their way: what they come from is not known yet. */
  pending = 0
  private readonly opened = new Set<string>()

  /** A connection out of this process begins. */
  add(socket: Socket): void {
    this.pending++
    let from: string | null = null
    let connecting = true
    socket.once('connect', () => {
      connecting = false
      this.pending--
      from = endOf(socket.localAddress, socket.localPort)
      if (from !== null) this.opened.add(from)
    })
    socket.once('close', () => {
      if (connecting) this.pending--
      if (from !== null) this.opened.delete(from)
    })
  }

  /** Whether an accepted connection was opened by this relay. */
  has(client: Socket): boolean {
    const from = endOf(client.remoteAddress, client.remotePort)
    return from !== null && this.opened.has(from)
  }
}

const endOf = (address: string | undefined, port: number | undefined): string | null =>
  address === undefined || port === undefined ? null : printHostPort(plainAddress(address), port)
