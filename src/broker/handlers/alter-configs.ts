/** AlterConfigs: all settings of a resource at once; those that are not named are as if never set. */
import type { Answer, Handler } from '../api.ts'
import { repeated } from '../repeated.ts'
import { alter, type Problem, problem } from '../resources.ts'
import type { Values } from '../settings.ts'

interface Resource {
  readonly resourceType: number
  readonly resourceName: string
  readonly configs: readonly { readonly name: string; readonly value: string | null }[]
}

interface Request {
  readonly resources: readonly Resource[]
  readonly validateOnly: boolean
}

export const alterConfigs: Handler<Request> = {
  apiKey: 33,
  versions: [0, 2],
  handle: ({ resources, validateOnly }, context) => ({
    responses: eachOnce(resources, ({ resourceType, resourceName, configs }) =>
      alter(context, resourceType, resourceName, () => wanted(configs), validateOnly),
    ),
  }),
}

function wanted(configs: Resource['configs']): Values | Problem {
  const values: Values = new Map()
  for (const { name, value } of configs) {
    if (value === null) return problem('INVALID_REQUEST', `Null value not supported for : ${name}`)
    values.set(name, value)
  }
  return values
}

interface Named {
  readonly resourceType: number
  readonly resourceName: string
}

/** The answers for resources, of which none may be named twice. */
export function eachOnce<T extends Named>(resources: readonly T[], ask: (resource: T) => Problem | null): Answer[] {
  const key = ({ resourceType, resourceName }: Named): string => `${resourceType} ${resourceName}`
  const twice = repeated(resources.map(key))
  return resources.map((resource) => {
    const { resourceType, resourceName } = resource
    const failed = twice.has(key(resource))
      ? problem('INVALID_REQUEST', 'Each resource must appear at most once.')
      : ask(resource)
    return { errorCode: 0, errorMessage: null, ...failed, resourceType, resourceName }
  })
}
