/** The options of `kafkascope proxy`, checked: what they mean for the relay, and which files they read and make. */
import { fchmodSync, openSync } from 'node:fs'
import { isIP } from 'node:net'
import { createSecureContext } from 'node:tls'
import { type HostPort, isHost, isLoopback, isWildcard, parseHostPort, printHostPort } from '../proxy/address.ts'
import { makeCertificate, removeCa, writeCa } from '../proxy/certificate.ts'
import { isOwnAddress } from '../proxy/self.ts'
import type { ClientTls, UpstreamTls } from '../proxy/tls.ts'
import { CliError } from './errors.ts'
import { optionFile } from './option-file.ts'
import { problemText } from './problem.ts'
import { refuseWith, refuseWithout } from './refuse.ts'

export interface ProxyOptions {
  readonly listen?: string
  readonly upstream?: string
  readonly advertise?: string
  /** False with `--no-rewrite`. */
  readonly rewrite?: boolean
  readonly tls?: boolean
  readonly tlsCert?: string
  readonly tlsKey?: string
  readonly tlsCaOut?: string
  readonly upstreamTls?: boolean
  readonly upstreamCa?: string
  readonly upstreamCert?: string
  readonly upstreamKey?: string
  readonly upstreamInsecure?: boolean
  readonly keylogOut?: string
  readonly record?: string
  readonly recordSize?: string
  readonly recordTime?: string
  readonly strict?: boolean
  readonly json?: boolean
  readonly fields?: boolean
  readonly hex?: boolean
  readonly expand?: boolean
  readonly showSecrets?: boolean
  readonly filter?: string
  readonly color?: boolean
  readonly quiet?: boolean
  readonly verbose?: boolean
  readonly bug?: readonly string[]
  readonly brokers?: string
  /** Of the embedded broker, as `broker` has them. */
  readonly data?: string
  readonly saslUsers?: string
  readonly saslMechanisms?: string
  readonly saslReauth?: string
  readonly acls?: string
  readonly apiVersions?: string
}

const DEFAULT_PORT = 9092
const MAX_EMBEDDED = 32

/** Refuses options that nobody would look at. Throws CliError. */
export function checkOptions({ json, fields, hex, expand, filter, quiet, verbose }: ProxyOptions): void {
  if (!json) refuseWithout('proxy', '--json', { '--fields': fields, '--hex': hex })
  // A filter over what nested bytes hold is of use without JSON, too.
  if (!json && filter === undefined) refuseWithout('proxy', '--json or --filter', { '--expand': expand })
  if (quiet) refuseWith('proxy: --quiet', { '--verbose': verbose })
}

/** Throws CliError where the proxy would stand in front of itself. */
export async function refuseItself(listen: HostPort, upstream: HostPort | null): Promise<void> {
  if (!upstream || !(await isOwnAddress(listen, upstream))) return
  const name = printHostPort(upstream.host, upstream.port)
  throw new CliError(
    `proxy: --upstream: ${name} is where this proxy listens; choose another --listen, say :${listen.port + 1}`,
  )
}

/** Where to listen. Without `--listen`, and advertising more than this machine, on all addresses: else nobody could come. */
export function listenAddress({ listen, advertise }: ProxyOptions): HostPort {
  if (listen !== undefined) return address('--listen', listen)
  const host = advertise !== undefined && !isLoopback(advertise) ? '0.0.0.0' : '127.0.0.1'
  return { host, port: DEFAULT_PORT }
}

/** The broker to stand in front of; null: the embedded one. */
export function upstreamAddress(options: ProxyOptions): HostPort | null {
  if (options.upstream === undefined) {
    if (options.upstreamTls)
      throw new CliError('proxy: --upstream-tls wants --upstream: the embedded broker has no TLS')
    return null
  }
  const upstream = address('--upstream', options.upstream)
  if (upstream.port === 0) throw new CliError(`proxy: --upstream: no broker listens on port 0`)
  return upstream
}

/** Nodes of the embedded broker. */
export function embeddedNodes({ brokers, upstream, ...rest }: ProxyOptions): number {
  if (upstream !== undefined) {
    const { data, saslUsers, saslMechanisms, saslReauth, acls } = rest
    refuseWith('proxy: --upstream', {
      ...{ '--brokers': brokers, '--data': data, '--acls': acls, '--sasl-users': saslUsers },
      ...{ '--sasl-mechanisms': saslMechanisms, '--sasl-reauth': saslReauth },
    })
  }
  const nodes = Number(brokers ?? 1)
  if (!Number.isInteger(nodes) || nodes < 1 || nodes > MAX_EMBEDDED) {
    throw new CliError(`proxy: --brokers: want 1 to ${MAX_EMBEDDED}, have ${JSON.stringify(brokers)}`)
  }
  return nodes
}

/** The host to write into answers; null: where the proxy listens. */
export function advertisedHost({ advertise }: ProxyOptions): string | null {
  if (advertise === undefined) return null
  if (!isHost(advertise) || isWildcard(advertise)) {
    throw new CliError(`proxy: --advertise: want a host that clients can connect to, have ${JSON.stringify(advertise)}`)
  }
  // Ports are those of the listeners, one for each broker.
  if (advertise.includes(':') && isIP(advertise) !== 6) {
    throw new CliError(`proxy: --advertise: want a host without a port, have ${JSON.stringify(advertise)}`)
  }
  return advertise
}

function address(option: string, text: string): HostPort {
  const parsed = parseHostPort(text)
  if (!parsed || (!isHost(parsed.host) && !isWildcard(parsed.host))) {
    throw new CliError(`proxy: ${option}: want HOST:PORT, as in 127.0.0.1:9092, have ${JSON.stringify(text)}`)
  }
  return parsed
}

export interface ClientTlsSetup {
  readonly tls: ClientTls | null
  /** The file that clients find the CA in, where one was made. */
  readonly caFile: string | null
  /** Removes what was made for this run alone. */
  readonly cleanUp: () => void
}

/** TLS towards clients: the certificate given, or one made now. Throws CliError. */
export async function clientTls(
  options: Pick<ProxyOptions, 'tls' | 'tlsCert' | 'tlsKey' | 'tlsCaOut' | 'advertise'>,
  listen: HostPort,
  command = 'proxy',
): Promise<ClientTlsSetup> {
  const { tls, tlsCert, tlsKey, tlsCaOut, advertise } = options
  if (!tls) {
    refuseWithout(command, '--tls', { '--tls-cert': tlsCert, '--tls-key': tlsKey, '--tls-ca-out': tlsCaOut })
    return { tls: null, caFile: null, cleanUp: () => {} }
  }
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    throw new CliError(`${command}: --tls-cert and --tls-key want each other`)
  }
  if (tlsCert !== undefined && tlsKey !== undefined) {
    const given = { cert: optionFile(command, '--tls-cert', tlsCert), key: optionFile(command, '--tls-key', tlsKey) }
    check('--tls-cert, --tls-key', given, command)
    return { tls: given, caFile: null, cleanUp: () => {} }
  }
  const hosts = [listen.host, advertise].filter((host) => host !== undefined && !isWildcard(host))
  const made = await makeCertificate(hosts as string[])
  try {
    const caFile = writeCa(made.ca, tlsCaOut)
    // A file that the user named is the user's.
    const cleanUp = tlsCaOut === undefined ? () => removeCa(caFile) : () => {}
    return { tls: { cert: made.cert, key: made.key }, caFile, cleanUp }
  } catch (error) {
    throw new CliError(`${command}: can't write the CA: ${problemText(error)}`)
  }
}

/** TLS towards brokers; null without `--upstream-tls`. Throws CliError. */
export function upstreamTls(options: ProxyOptions): UpstreamTls | null {
  const { upstreamTls: on, upstreamCa, upstreamCert, upstreamKey, upstreamInsecure } = options
  if (!on) {
    refuseWithout('proxy', '--upstream-tls', {
      '--upstream-ca': upstreamCa,
      '--upstream-cert': upstreamCert,
      '--upstream-key': upstreamKey,
      '--upstream-insecure': upstreamInsecure,
    })
    return null
  }
  if ((upstreamCert === undefined) !== (upstreamKey === undefined)) {
    throw new CliError('proxy: --upstream-cert and --upstream-key want each other')
  }
  const ca = upstreamCa === undefined ? null : optionFile('proxy', '--upstream-ca', upstreamCa)
  const cert = upstreamCert === undefined ? null : optionFile('proxy', '--upstream-cert', upstreamCert)
  const key = upstreamKey === undefined ? null : optionFile('proxy', '--upstream-key', upstreamKey)
  if (ca !== null) check('--upstream-ca', { ca })
  if (cert !== null && key !== null) check('--upstream-cert, --upstream-key', { cert, key })
  return { ca, cert, key, insecure: upstreamInsecure ?? false }
}

/** Opens the key log, for its owner's eyes only; null where there is to be none. Throws CliError. */
export function openKeyLog({ keylogOut, tls, upstreamTls: up }: ProxyOptions): number | null {
  if (keylogOut === undefined) return null
  if (!tls && !up) throw new CliError('proxy: --keylog-out wants --tls or --upstream-tls: there are no keys without')
  try {
    const fd = openSync(keylogOut, 'a', 0o600)
    // The file may have been there, open to others.
    fchmodSync(fd, 0o600)
    return fd
  } catch (error) {
    throw new CliError(`proxy: --keylog-out: ${problemText(error)}`)
  }
}

function check(options: string, pem: { ca?: string; cert?: string; key?: string }, command = 'proxy'): void {
  try {
    createSecureContext(pem)
  } catch (error) {
    throw new CliError(`${command}: ${options}: ${problemText(error)}`)
  }
}

/** The proxy's own address in its title and first line. */
export const ownAddress = (listen: HostPort, advertise: string | null): string =>
  printHostPort(advertise ?? listen.host, listen.port)
