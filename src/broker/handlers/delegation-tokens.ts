/**
 * Delegation tokens (KIP-48): this broker gives none, as Apache Kafka without delegation.token.secret.key; and does not
 * even hear of them from whom it does not know.
 */
import { OPERATION, RESOURCE_TYPE } from '../../../dissectors/acls.ts'
import { errorCode } from '../../../dissectors/errors.ts'
import type { Answer, Context, Handler } from '../api.ts'

interface Creation {
  /** v3+ (KIP-373) */
  readonly ownerPrincipalType?: string | null
  readonly ownerPrincipalName?: string | null
  readonly renewers: readonly { readonly principalType: string }[]
}

const ANONYMOUS = 'User:ANONYMOUS'
const whoAsks = ({ principal = ANONYMOUS }: Context): string => principal

/** Whoever is logged in or has a certificate may ask. */
const refusal = (context: Context): number =>
  errorCode(whoAsks(context) === ANONYMOUS ? 'DELEGATION_TOKEN_REQUEST_NOT_ALLOWED' : 'DELEGATION_TOKEN_AUTH_DISABLED')

const refused = (context: Context, more: Answer): Answer => ({ errorCode: refusal(context), ...more })

function creationProblem({ renewers }: Creation, owner: string, context: Context): number {
  const asker = whoAsks(context)
  if (asker === ANONYMOUS) return refusal(context)
  if (owner !== asker && !context.access.may(OPERATION.CREATE_TOKENS, RESOURCE_TYPE.USER, owner)) {
    return errorCode('DELEGATION_TOKEN_AUTHORIZATION_FAILED')
  }
  const strange = renewers.some(({ principalType }) => principalType !== 'User')
  return strange ? errorCode('INVALID_PRINCIPAL_TYPE') : refusal(context)
}

export const createDelegationToken: Handler<Creation> = {
  apiKey: 38,
  versions: [0, 3],
  handle(request, context) {
    const asker = whoAsks(context)
    const { ownerPrincipalType, ownerPrincipalName } = request
    const owner = ownerPrincipalName ? `${ownerPrincipalType}:${ownerPrincipalName}` : asker
    const [principalType, principalName] = partsOf(owner)
    const [tokenRequesterPrincipalType, tokenRequesterPrincipalName] = partsOf(asker)
    return {
      errorCode: creationProblem(request, owner, context),
      principalType,
      principalName,
      tokenRequesterPrincipalType,
      tokenRequesterPrincipalName,
      issueTimestampMs: -1,
      expiryTimestampMs: -1,
      maxTimestampMs: -1,
    }
  },
}

function partsOf(principal: string): [type: string, name: string] {
  const colon = principal.indexOf(':')
  return [principal.slice(0, colon), principal.slice(colon + 1)]
}

export const renewDelegationToken: Handler<unknown> = {
  apiKey: 39,
  versions: [0, 2],
  handle: (_request, context) => refused(context, { expiryTimestampMs: -1 }),
}

export const expireDelegationToken: Handler<unknown> = {
  apiKey: 40,
  versions: [0, 2],
  handle: (_request, context) => refused(context, { expiryTimestampMs: -1 }),
}

export const describeDelegationToken: Handler<unknown> = {
  apiKey: 41,
  versions: [0, 3],
  handle: (_request, context) => refused(context, { tokens: [] }),
}
