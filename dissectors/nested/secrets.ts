/**
 * Which fields hold passwords, tokens and keys. Their bytes are overwritten before anything is shown; everything else
 * of the message stays readable.
 *
 * - `whole`: all contents
 * - `sasl-client`, `sasl-server`: what `readSasl` finds secret; all of it where the token is not understood
 * - `config`: the value of a config whose name (the field before it) is sensitive, or that the broker marks so
 */
export type SecretKind = 'whole' | 'sasl-client' | 'sasl-server' | 'config'

export interface SecretField {
  readonly message: string
  readonly field: string
  readonly kind: SecretKind
}

const whole = (message: string, ...fields: string[]): SecretField[] =>
  fields.map((field) => ({ message, field, kind: 'whole' }))
const configs = (...messages: string[]): SecretField[] =>
  messages.map((message) => ({ message, field: 'value', kind: 'config' }))

/** Fields of requests and responses. */
export const SECRET_FIELDS: readonly SecretField[] = [
  { message: 'SaslAuthenticateRequest', field: 'authBytes', kind: 'sasl-client' },
  { message: 'SaslAuthenticateResponse', field: 'authBytes', kind: 'sasl-server' },
  ...whole('CreateDelegationTokenResponse', 'hmac'),
  ...whole('RenewDelegationTokenRequest', 'hmac'),
  ...whole('ExpireDelegationTokenRequest', 'hmac'),
  ...whole('DescribeDelegationTokenResponse', 'hmac'),
  ...whole('AlterUserScramCredentialsRequest', 'salt', 'saltedPassword'),
  ...configs('CreateTopicsRequest', 'CreateTopicsResponse', 'AlterConfigsRequest', 'IncrementalAlterConfigsRequest'),
  ...configs('DescribeConfigsResponse'),
]

/** Fields of records, which are in a log of Kafka's own. */
export const SECRET_RECORD_FIELDS: readonly SecretField[] = [
  ...whole('UserScramCredentialRecord', 'salt', 'storedKey', 'serverKey'),
  ...configs('ConfigRecord'),
]

/** APIs whose messages hold another message whole. */
export const ENVELOPE_MESSAGES: ReadonlySet<string> = new Set(['EnvelopeRequest', 'EnvelopeResponse'])

/** The name of a config in front of its value, and the mark behind it. */
export const CONFIG_NAME = 'name'
export const CONFIG_SENSITIVE = 'isSensitive'

/**
 * Names of configs that hold secrets: those of type PASSWORD in Kafka's ConfigDefs (`sasl.jaas.config`,
 * `ssl.keystore.key`, `ssl.keystore.certificate.chain`, `*.password`, `delegation.token.secret.key`, also behind
 * `listener.name.…`), and what plugins' authors would call theirs.
 */
const SENSITIVE =
  /passw|secret|credential|jaas|private|(?:^|[._-])(?:key|token|passphrase|keystore\.certificate\.chain|truststore\.certificates)$/i

export const isSensitiveConfig = (name: string): boolean => SENSITIVE.test(name)

/** What gives away, in bytes that could not be read as fields, that a secret may follow. */
export const SENSITIVE_BYTES = /passw|secret|credential|jaas|private|[._-]key|[._-]token/i
