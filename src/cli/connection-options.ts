/** What `load`, `replay` and `conform` are told of the broker that they connect to. */
import type { SaslMechanism, SaslOptions } from '../client/sasl.ts'
import type { TlsOptions } from '../client/socket.ts'
import { type HostPort, parseHostPort } from '../proxy/address.ts'
import { CliError } from './errors.ts'
import { optionFile } from './option-file.ts'
import { refuseWithout } from './refuse.ts'

/** A broker's address; `option` is empty where it stands alone. Throws CliError. */
export function brokerAddress(command: string, option: string, text: string): HostPort {
  const address = parseHostPort(text)
  if (address && address.port > 0) return address
  const where = option ? `${command}: ${option}` : command
  throw new CliError(`${where}: want a broker's HOST:PORT, as in 127.0.0.1:9092, have ${JSON.stringify(text)}`)
}

export interface TlsGiven {
  readonly tls?: boolean
  readonly tlsCa?: string
  readonly tlsCert?: string
  readonly tlsKey?: string
  readonly tlsInsecure?: boolean
}

/** Null where no TLS is wanted. Throws CliError. */
export function tlsOptions(command: string, { tls, tlsCa, tlsCert, tlsKey, tlsInsecure }: TlsGiven): TlsOptions | null {
  if (!tls) {
    const given = { '--tls-ca': tlsCa, '--tls-cert': tlsCert, '--tls-key': tlsKey, '--tls-insecure': tlsInsecure }
    refuseWithout(command, '--tls', given)
    return null
  }
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    throw new CliError(`${command}: --tls-cert and --tls-key want each other`)
  }
  const pem = (option: string, file: string | undefined): string | undefined =>
    file === undefined ? undefined : optionFile(command, option, file)
  return {
    ca: pem('--tls-ca', tlsCa),
    cert: pem('--tls-cert', tlsCert),
    key: pem('--tls-key', tlsKey),
    insecure: tlsInsecure,
  }
}

const MECHANISMS: readonly SaslMechanism[] = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512']

export interface SaslGiven {
  readonly sasl: string | undefined
  readonly user: string | undefined
  readonly password: string | undefined
}

/** The names of the options for user and password differ between commands. */
export interface SaslNames {
  readonly user: string
  readonly password: string
}

const NAMES: SaslNames = { user: '--user', password: '--password' }

/** Null where no login is wanted. The password may come from KAFKASCOPE_PASSWORD instead. Throws CliError. */
export function saslOptions(
  command: string,
  { sasl, user, password = process.env.KAFKASCOPE_PASSWORD }: SaslGiven,
  names = NAMES,
): SaslOptions | null {
  if (sasl === undefined) return null
  const mechanism = MECHANISMS.find((known) => known === sasl.toUpperCase())
  if (!mechanism) throw new CliError(`${command}: --sasl: want ${MECHANISMS.join(', ')}, have ${JSON.stringify(sasl)}`)
  if (user === undefined) throw new CliError(`${command}: --sasl wants ${names.user}`)
  if (password === undefined) {
    throw new CliError(`${command}: --sasl wants ${names.password}, or KAFKASCOPE_PASSWORD to be set`)
  }
  return { mechanism, username: user, password }
}

/** What `replay` and `diff` are given. */
export interface LoginGiven extends TlsGiven {
  readonly sasl?: string
  readonly saslUser?: string
  readonly saslPassword?: string
}

/** TLS and login of a connection, each null where it is not wanted. Throws CliError. */
export function loginOptions(
  command: string,
  options: LoginGiven,
): { readonly tls: TlsOptions | null; readonly sasl: SaslOptions | null } {
  const { sasl, saslUser: user, saslPassword: password } = options
  const names = { user: '--sasl-user', password: '--sasl-password' }
  if (sasl === undefined) refuseWithout(command, '--sasl', { [names.user]: user, [names.password]: password })
  return { tls: tlsOptions(command, options), sasl: saslOptions(command, { sasl, user, password }, names) }
}
