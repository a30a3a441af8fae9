/** What the options of `broker` mean, those that `proxy` has too for the embedded broker among them. Throws CliError. */
import type { AuthorizerOptions } from '../broker/access/authorizer.ts'
import { AclFileError, parseAcls } from '../broker/access/file.ts'
import { ALL_MECHANISMS, MECHANISMS, type SaslOptions, type ServerMechanism } from '../broker/sasl.ts'
import type { BrokerTls } from '../broker/server.ts'
import { Storage } from '../broker/storage.ts'
import type { HostPort } from '../proxy/address.ts'
import { CliError } from './errors.ts'
import { optionFile } from './option-file.ts'
import { fileText, problemText } from './problem.ts'
import { clientTls } from './proxy-options.ts'
import { refuseWithout } from './refuse.ts'

export interface BrokerModes {
  readonly tls?: boolean
  readonly tlsCert?: string
  readonly tlsKey?: string
  readonly tlsCaOut?: string
  readonly tlsClientCa?: string
  readonly saslUsers?: string
  readonly saslMechanisms?: string
  readonly saslReauth?: string
  readonly acls?: string
  readonly apiVersions?: string
  readonly data?: string
}

/** Lines that say something, with their numbers: no comments, nothing empty. */
export function* meantLines(text: string): Generator<[line: string, number: number]> {
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() !== '' && !line.trimStart().startsWith('#')) yield [line, i + 1]
  }
}

/** `user:password` lines. */
export function usersOf(command: string, file: string): Map<string, string> {
  const users = new Map<string, string>()
  for (const [line, number] of meantLines(optionFile(command, '--sasl-users', file))) {
    const colon = line.indexOf(':')
    if (colon < 1 || colon === line.length - 1) {
      // Not the line itself: a password may be in it.
      throw new CliError(`${command}: --sasl-users: ${file}:${number}: want USER:PASSWORD`)
    }
    users.set(line.slice(0, colon), line.slice(colon + 1))
  }
  if (users.size === 0) throw new CliError(`${command}: --sasl-users: ${file} names nobody`)
  return users
}

/** Undefined without `--sasl-users`. */
export function saslOf(
  command: string,
  { saslUsers, saslMechanisms, saslReauth }: BrokerModes,
): SaslOptions | undefined {
  if (saslUsers === undefined) {
    refuseWithout(command, '--sasl-users', { '--sasl-mechanisms': saslMechanisms, '--sasl-reauth': saslReauth })
    return undefined
  }
  const mechanisms = (saslMechanisms ?? MECHANISMS.join(',')).split(',').map((name): ServerMechanism => {
    const known = ALL_MECHANISMS.find((each) => each === name.trim().toUpperCase())
    if (!known) throw new CliError(`${command}: --sasl-mechanisms: want some of ${ALL_MECHANISMS.join(',')}`)
    return known
  })
  const maxReauthMs = Number(saslReauth ?? 0)
  if (!Number.isInteger(maxReauthMs) || maxReauthMs < 0) {
    throw new CliError(`${command}: --sasl-reauth: want milliseconds, have ${JSON.stringify(saslReauth)}`)
  }
  return { users: usersOf(command, saslUsers), mechanisms, maxReauthMs }
}

/** Undefined without `--acls`. */
export function accessOf(command: string, { acls }: BrokerModes): AuthorizerOptions | undefined {
  if (acls === undefined) return undefined
  try {
    return parseAcls(optionFile(command, '--acls', acls))
  } catch (error) {
    if (!(error instanceof AclFileError)) throw error
    throw new CliError(`${command}: --acls: ${fileText(acls)}:${error.line}: ${error.message}`)
  }
}

/** What a broker keeps in a directory; undefined without `--data`. `say` is told what was found torn. */
export function storageOf(command: string, { data }: BrokerModes, say: (line: string) => void): Storage | undefined {
  if (data === undefined) return undefined
  try {
    return Storage.open(data, say)
  } catch (error) {
    throw new CliError(`${command}: --data: ${fileText(data)}: ${problemText(error)}`)
  }
}

export interface BrokerTlsSetup {
  readonly tls: BrokerTls | undefined
  /** The file that clients find the CA in, where one was made. */
  readonly caFile: string | null
  readonly cleanUp: () => void
}

/** TLS to the broker's clients: the certificate given, or one made now. */
export async function brokerTls(options: BrokerModes, listen: HostPort): Promise<BrokerTlsSetup> {
  const { tlsClientCa } = options
  if (!options.tls) refuseWithout('broker', '--tls', { '--tls-client-ca': tlsClientCa })
  const clientCa = tlsClientCa === undefined ? {} : { clientCa: optionFile('broker', '--tls-client-ca', tlsClientCa) }
  const { tls, caFile, cleanUp } = await clientTls(options, listen, 'broker')
  return { tls: tls ? { ...tls, ...clientCa } : undefined, caFile, cleanUp }
}
