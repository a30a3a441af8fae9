/** The bytes fields of all tables: what holds something known, and what does not and why. */
import type { RecordsContext } from '../records/read.ts'
import type { BytesField, NestedFormat } from './format.ts'
import { GROUP_FIELDS } from './group.ts'

/** A principal as DefaultKafkaPrincipalBuilder writes it. Other builders may write anything. */
export const PRINCIPAL: NestedFormat = {
  form: 'message',
  message: 'DefaultPrincipalData',
  version: 'int16',
  certain: false,
}

const OTHER_FIELDS: readonly BytesField[] = [
  // KIP-590: a request as the broker got it and the answer to it, each from its header on, without a size.
  { message: 'EnvelopeRequest', field: 'requestData', holds: 'envelope-request' },
  { message: 'EnvelopeRequest', field: 'requestPrincipal', holds: 'principal' },
  { message: 'EnvelopeRequest', field: 'clientHostAddress', holds: 'ip-address' },
  { message: 'EnvelopeResponse', field: 'responseData', holds: 'envelope-response' },
  { message: 'SaslAuthenticateRequest', field: 'authBytes', holds: 'sasl-client' },
  { message: 'SaslAuthenticateResponse', field: 'authBytes', holds: 'sasl-server' },
]

const opaque = (why: string, ...fields: readonly string[]): BytesField[] =>
  fields.map((path) => {
    const [message, field] = path.split('.') as [string, string]
    return { message, field, holds: 'opaque', why }
  })

/** Listed so that a test can tell a new field from one that was thought about. */
const OPAQUE_FIELDS: readonly BytesField[] = [
  ...opaque('metrics as OTLP protobuf (KIP-714), compressed as compressionType says', 'PushTelemetryRequest.metrics'),
  ...opaque(
    'the remote storage plugin made it',
    'RemoteLogSegmentMetadataRecord.customMetadata',
    'RemoteLogSegmentMetadataUpdateRecord.customMetadata',
    'RemoteLogSegmentMetadataSnapshotRecord.customMetadata',
  ),
  ...opaque(
    'the HMAC of a delegation token',
    'CreateDelegationTokenResponse.hmac',
    'RenewDelegationTokenRequest.hmac',
    'ExpireDelegationTokenRequest.hmac',
    'DescribeDelegationTokenResponse.hmac',
  ),
  ...opaque(
    'keys and salts of SCRAM',
    'UserScramCredentialRecord.salt',
    'UserScramCredentialRecord.storedKey',
    'UserScramCredentialRecord.serverKey',
    'AlterUserScramCredentialsRequest.salt',
    'AlterUserScramCredentialsRequest.saltedPassword',
  ),
]

export const BYTES_FIELDS: readonly BytesField[] = [...GROUP_FIELDS, ...OTHER_FIELDS, ...OPAQUE_FIELDS]

/** Where the records of a message are from, which decides what is legal in them. */
export function recordsContext(message: string): RecordsContext {
  if (message === 'ProduceRequest') return 'produce'
  return message === 'FetchSnapshotResponse' ? 'snapshot' : 'fetch'
}

/** Which fields before a records field name its topic, by message; a topic id has `topicId` in its name. */
export const RECORDS_TOPIC: ReadonlyMap<string, readonly string[]> = new Map([
  ['ProduceRequest', ['name', 'topicId']],
  ['FetchResponse', ['topic', 'topicId']],
  ['ShareFetchResponse', ['topicId']],
  ['FetchSnapshotResponse', ['name']],
])
