/** Hosts in ACLs: all, an address, or a network in CIDR notation (Apache Kafka 4.4, CidrUtils). */
import { BlockList, isIP } from 'node:net'
import { WILDCARD } from '../../../dissectors/acls.ts'

/** Whether `host` of an entry stands for the client at `address`. */
export function hostTakes(host: string, address: string): boolean {
  if (host === WILDCARD || host === address) return true
  if (!host.includes('/')) return false
  const family = familyOf(address)
  return family !== null && (networkOf(host)?.check(address, family) ?? false)
}

/** Why this can't be the host of an entry; null where it can. Names are taken, and stand for nobody. */
export function hostProblem(host: string): string | null {
  if (host === '') return 'Host pattern cannot be null or empty'
  return host.includes('/') && !networkOf(host) ? `Invalid CIDR host pattern ${host}` : null
}

const MAX_NETWORKS = 10_000
/** No network is longer: an IPv6 address in full, and a prefix. */
const MAX_LENGTH = 64
const networks = new Map<string, BlockList | null>()

/** Null where it is none. */
function networkOf(host: string): BlockList | null {
  if (host.length > MAX_LENGTH) return null
  const known = networks.get(host)
  if (known !== undefined) return known
  if (networks.size >= MAX_NETWORKS) networks.clear()
  const network = parse(host)
  networks.set(host, network)
  return network
}

function parse(host: string): BlockList | null {
  const match = /^([0-9a-fA-F.:]+)\/(\d{1,3})$/.exec(host)
  const family = match && familyOf(match[1]!)
  const prefix = Number(match?.[2])
  if (!match || !family || prefix > (family === 'ipv4' ? 32 : 128)) return null
  const network = new BlockList()
  network.addSubnet(match[1]!, prefix, family)
  return network
}

function familyOf(address: string): 'ipv4' | 'ipv6' | null {
  const version = isIP(address)
  return version === 0 ? null : version === 4 ? 'ipv4' : 'ipv6'
}
