/** IncrementalAlterConfigs (KIP-339): settings are set, removed, or lists of them added to and taken from. */
import { errorCode } from '../../../dissectors/errors.ts'
import type { Handler } from '../api.ts'
import { repeated } from '../repeated.ts'
import { alter, type Problem, problem, RESOURCE, type Resource, type Where } from '../resources.ts'
import type { Values } from '../settings.ts'
import { eachOnce } from './alter-configs.ts'

interface Change {
  readonly name: string
  readonly configOperation: number
  readonly value: string | null
}

interface Request {
  readonly resources: readonly {
    readonly resourceType: number
    readonly resourceName: string
    readonly configs: readonly Change[]
  }[]
  readonly validateOnly: boolean
}

/** AlterConfigOp.OpType */
const SET = 0
const DELETE = 1
const APPEND = 2
const SUBTRACT = 3

export const incrementalAlterConfigs: Handler<Request> = {
  apiKey: 44,
  versions: [0, 1],
  handle: ({ resources, validateOnly }, context) => ({
    responses: eachOnce(resources, ({ resourceType, resourceName, configs }) => {
      const wrong = shapeProblem(configs)
      if (wrong) return wrong
      if (resourceType === RESOURCE.logger) return alterLoggers(context, resourceName, configs, validateOnly)
      return alter(context, resourceType, resourceName, (resource) => apply(resource, configs), validateOnly)
    }),
  }),
}

function shapeProblem(configs: readonly Change[]): Problem | null {
  if (repeated(configs.map(({ name }) => name)).size > 0) {
    return problem('INVALID_REQUEST', 'Error due to duplicate config keys')
  }
  const none = configs.find(({ configOperation, value }) => value === null && configOperation !== DELETE)
  return none ? problem('INVALID_REQUEST', `Null value not supported for : ${none.name}`) : null
}

function apply({ known, values }: Resource, configs: readonly Change[]): Values | Problem {
  const changed: Values = new Map(values)
  for (const { name, configOperation, value } of configs) {
    const config = known.find((each) => each.name === name)
    const list = (changed.get(name) ?? config?.default ?? '').split(',').filter((each) => each !== '')
    const given = (value ?? '').split(',')
    if (configOperation === SET) changed.set(name, value!)
    else if (configOperation === DELETE) changed.delete(name)
    else if (configOperation !== APPEND && configOperation !== SUBTRACT) {
      return { errorCode: errorCode('UNKNOWN_SERVER_ERROR'), errorMessage: null }
    } else if (config?.type !== 'list') {
      const what = configOperation === APPEND ? 'APPEND' : 'SUBTRACT'
      return problem('INVALID_CONFIG', `Can't ${what} to key ${name} because its type is not LIST.`)
    } else if (configOperation === APPEND) {
      changed.set(name, [...list, ...given.filter((each) => !list.includes(each))].join(','))
    } else changed.set(name, list.filter((each) => !given.includes(each)).join(','))
  }
  return changed
}

const LEVELS = new Set(['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'])

/** There is one logger, the root; its level is kept and shown. */
function alterLoggers(
  { broker, node }: Where,
  resourceName: string,
  configs: readonly Change[],
  validateOnly: boolean,
): Problem | null {
  if (resourceName !== String(node.nodeId)) {
    return problem('INVALID_REQUEST', `Unexpected broker id, expected ${node.nodeId} but received ${resourceName}`)
  }
  for (const { name, value, configOperation } of configs) {
    if (name !== 'root') return problem('INVALID_CONFIG', `Logger ${name} does not exist!`)
    if (configOperation !== SET) return problem('INVALID_REQUEST', 'The root logger can only be given another level.')
    if (!LEVELS.has(value!)) return problem('INVALID_CONFIG', `Cannot set the log level of ${name} to ${value}.`)
    if (!validateOnly) broker.settings.rootLevel = value!
  }
  return null
}
