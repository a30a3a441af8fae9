/** AlterUserScramCredentials (KIP-554): each user once in a request. */
import type { Handler } from '../api.ts'
import { repeated } from '../repeated.ts'
import { type Problem, problem } from '../resources.ts'
import { MAX_KEPT, type Settings } from '../settings.ts'

interface Deletion {
  readonly name: string
  readonly mechanism: number
}

interface Upsertion extends Deletion {
  readonly iterations: number
  readonly salt: Uint8Array
  readonly saltedPassword: Uint8Array
}

interface Request {
  readonly deletions: readonly Deletion[]
  readonly upsertions: readonly Upsertion[]
}

/** ScramMechanism of kafka-clients: SCRAM-SHA-256 and SCRAM-SHA-512, and the size of their hashes. */
const HASH_BYTES: ReadonlyMap<number, number> = new Map([
  [1, 32],
  [2, 64],
])
const MIN_ITERATIONS = 4096
const MAX_ITERATIONS = 16_384
const MAX_SALT = 1024

export const alterUserScramCredentials: Handler<Request> = {
  apiKey: 51,
  versions: [0, 0],
  handle({ deletions, upsertions }, { broker }) {
    const changes = [...deletions, ...upsertions]
    // Of one mechanism or of both: ScramControlManager knows changes by the user's name only.
    const twice = repeated(changes.map(({ name }) => name))
    const users = [...new Set(changes.map(({ name }) => name))]
    return {
      results: users.map((user) => {
        const own = changes.filter(({ name }) => name === user)
        const wrong = twice.has(user)
          ? problem('DUPLICATE_RESOURCE', 'A user credential cannot be altered twice in the same request')
          : (own.map((change) => changeProblem(change, broker.settings)).find((each) => each !== null) ?? null)
        if (!wrong) for (const change of own) apply(change, broker.settings)
        return { user, errorCode: 0, errorMessage: null, ...wrong }
      }),
    }
  },
}

function changeProblem(change: Deletion | Upsertion, { scram }: Settings): Problem | null {
  const { name, mechanism } = change
  if (name === '') return problem('UNACCEPTABLE_CREDENTIAL', 'Username must not be empty')
  const hashBytes = HASH_BYTES.get(mechanism)
  if (hashBytes === undefined) return problem('UNSUPPORTED_SASL_MECHANISM', 'Unknown SCRAM mechanism')
  if (!('salt' in change)) {
    if (scram.get(name)?.has(mechanism)) return null
    return problem('RESOURCE_NOT_FOUND', 'Attempt to delete a user credential that does not exist')
  }
  if (change.iterations < MIN_ITERATIONS) return problem('UNACCEPTABLE_CREDENTIAL', 'Too few iterations')
  if (change.iterations > MAX_ITERATIONS) return problem('UNACCEPTABLE_CREDENTIAL', 'Too many iterations')
  if (change.saltedPassword.length !== hashBytes || change.salt.length > MAX_SALT) {
    return problem('UNACCEPTABLE_CREDENTIAL', `Not a salted password of ${hashBytes} bytes`)
  }
  if (scram.size >= MAX_KEPT && !scram.has(name)) {
    return problem('POLICY_VIOLATION', `This broker keeps credentials of at most ${MAX_KEPT} users.`)
  }
  return null
}

function apply(change: Deletion | Upsertion, { scram }: Settings): void {
  const { name, mechanism } = change
  const own = scram.get(name) ?? new Map()
  if ('salt' in change) {
    // Copied: they outlive the frame they came in.
    const { iterations, salt, saltedPassword } = change
    own.set(mechanism, { iterations, salt: new Uint8Array(salt), saltedPassword: new Uint8Array(saltedPassword) })
  } else own.delete(mechanism)
  if (own.size > 0) scram.set(name, own)
  else scram.delete(name)
}
