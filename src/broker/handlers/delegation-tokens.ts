/** Delegation tokens (KIP-48): nobody is known well enough to be given one, as on a plaintext listener of Apache Kafka. */
import { errorCode } from '../../../dissectors/errors.ts'
import type { Handler } from '../api.ts'

const refused = { errorCode: errorCode('DELEGATION_TOKEN_REQUEST_NOT_ALLOWED') }
const ANONYMOUS = { principalType: 'User', principalName: 'ANONYMOUS' }

export const createDelegationToken: Handler<unknown> = {
  apiKey: 38,
  versions: [0, 3],
  handle: () => ({
    ...refused,
    ...ANONYMOUS,
    tokenRequesterPrincipalType: ANONYMOUS.principalType,
    tokenRequesterPrincipalName: ANONYMOUS.principalName,
    issueTimestampMs: -1,
    expiryTimestampMs: -1,
    maxTimestampMs: -1,
  }),
}

export const renewDelegationToken: Handler<unknown> = {
  apiKey: 39,
  versions: [0, 2],
  handle: () => ({ ...refused, expiryTimestampMs: -1 }),
}

export const expireDelegationToken: Handler<unknown> = {
  apiKey: 40,
  versions: [0, 2],
  handle: () => ({ ...refused, expiryTimestampMs: -1 }),
}

export const describeDelegationToken: Handler<unknown> = {
  apiKey: 41,
  versions: [0, 3],
  handle: () => ({ ...refused, tokens: [] }),
}
