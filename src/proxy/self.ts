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
 * The connections that the relay itself has opened, by both their ends: one that it accepts is its own where the listener
 * was reached under another name. The end they come from is not enough: a system gives one port to several connections
 * that go to different places.
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
      from = endsOf(endOf(socket.localAddress, socket.localPort), endOf(socket.remoteAddress, socket.remotePort))
      if (from !== null) this.opened.add(from)
    })
    socket.once('close', () => {
      if (connecting) this.pending--
      if (from !== null) this.opened.delete(from)
    })
  }

  /** Whether an accepted connection was opened by this relay. */
  has(client: Socket): boolean {
    const from = endsOf(endOf(client.remoteAddress, client.remotePort), endOf(client.localAddress, client.localPort))
    return from !== null && this.opened.has(from)
  }
}

const endsOf = (from: string | null, to: string | null): string | null =>
  from === null || to === null ? null : `${from} ${to}`

const endOf = (address: string | undefined, port: number | undefined): string | null =>
  address === undefined || port === undefined ? null : printHostPort(plainAddress(address), port)
