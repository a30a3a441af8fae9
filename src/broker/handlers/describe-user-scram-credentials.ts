/** DescribeUserScramCredentials (KIP-554): mechanisms and iterations, never the secrets. */
import type { Answer, Context, Handler } from '../api.ts'
import { repeated } from '../repeated.ts'
import { problem } from '../resources.ts'

interface Request {
  /** Null or none: all. */
  readonly users: readonly { readonly name: string }[] | null
}

export const describeUserScramCredentials: Handler<Request> = {
  apiKey: 50,
  versions: [0, 0],
  handle({ users }, context) {
    const { scram } = context.broker.settings
    const names = users && users.length > 0 ? users.map(({ name }) => name) : [...scram.keys()]
    const twice = repeated(names)
    return { errorMessage: '', results: [...new Set(names)].map((user) => describe(user, twice.has(user), context)) }
  },
}

function describe(user: string, twice: boolean, { broker }: Context): Answer {
  if (twice) {
    const text = `Cannot describe SCRAM credentials for the same user twice in a single request: ${user}`
    return { user, ...problem('DUPLICATE_RESOURCE', text), credentialInfos: [] }
  }
  const own = broker.settings.scram.get(user)
  if (!own) {
    const text = `Attempt to describe a user credential that does not exist: ${user}`
    return { user, ...problem('RESOURCE_NOT_FOUND', text), credentialInfos: [] }
  }
  return {
    user,
    errorMessage: '',
    credentialInfos: [...own].map(([mechanism, { iterations }]) => ({ mechanism, iterations })),
  }
}
