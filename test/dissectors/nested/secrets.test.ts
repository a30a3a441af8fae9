import { expect, test } from 'vitest'
import { isSensitiveConfig, SECRET_FIELDS, SECRET_RECORD_FIELDS } from '../../../dissectors/nested/secrets.ts'
import { messageTable } from '../../../src/codec/messages.ts'
import type { TableField } from '../../../src/schema/model.ts'

test.each([
  'sasl.jaas.config',
  'listener.name.external.scram-sha-512.sasl.jaas.config',
  'ssl.key.password',
  'ssl.keystore.key',
  'ssl.keystore.certificate.chain',
  'ssl.truststore.certificates',
  'ssl.truststore.password',
  'delegation.token.secret.key',
  'delegation.token.master.key',
  'password.encoder.secret',
  'sasl.oauthbearer.client.credentials.client.secret',
  'confluent.license.token',
  'remote.storage.s3.private_key_pem',
])('%s is sensitive', (name) => expect(isSensitiveConfig(name)).toBe(true))

test.each([
  'retention.ms',
  'cleanup.policy',
  'compression.type',
  'delegation.token.max.lifetime.ms',
  'sasl.oauthbearer.token.endpoint.url',
  'ssl.keystore.location',
  'ssl.truststore.type',
  'key.converter',
  'message.format.version',
])('%s is not', (name) => expect(isSensitiveConfig(name)).toBe(false))

const fieldsOf = (fields: readonly TableField[]): TableField[] =>
  fields.flatMap((field) => [field, ...fieldsOf(field.fields)])

test('every secret field is a field of text or bytes, and configs have their name in front', () => {
  for (const { message, field, kind } of [...SECRET_FIELDS, ...SECRET_RECORD_FIELDS]) {
    const all = fieldsOf(messageTable(message)!.fields)
    const at = all.findIndex(({ name }) => name === field)
    expect(['bytes', 'string'], `${message}.${field}`).toContain(all[at]?.type)
    if (kind === 'config') expect(all[at - 1]!.name.toLowerCase(), message).toMatch(/^(name|configoperation)$/)
  }
})
