/** `--filter`: one expression over an exchange as `--json` prints it. */
import type { JsonObject } from '../codec/json-text.ts'
import { FilterError } from './error.ts'
import { evaluator } from './evaluate.ts'
import { type Expression, type Operand, parseFilter, printPath } from './parser.ts'

export { FilterError }

/** What an exchange's JSON has at its top; a path that begins otherwise is a slip of the pen. */
export const EXCHANGE_KEYS: readonly string[] = [
  'type',
  'id',
  'connection',
  'client',
  'broker',
  'clientId',
  'apiKey',
  'api',
  'apiVersion',
  'correlationId',
  'request',
  'response',
  'noResponse',
  'latencyMs',
  'findings',
]

/**
 * Compiles a filter. The result takes an exchange's JSON and never throws. Throws FilterError on an expression that is
 * none, with the place and what was wanted there. An expression of white space lets everything pass.
 */
export function compileFilter(expression: string): (json: JsonObject) => boolean {
  if (expression.trim() === '') return () => true
  const tree = parseFilter(expression)
  for (const { path, at } of pathsOf(tree)) {
    if (EXCHANGE_KEYS.includes(String(path[0]))) continue
    throw new FilterError(expression, at, `an exchange has no ${printPath(path.slice(0, 1))}; ${suggestion(path)}`)
  }
  return evaluator(tree, expression)
}

/** The paths that a filter looks at, `['api', 'request.body.topics.name']`. Throws FilterError. */
export function filterPaths(expression: string): string[] {
  if (expression.trim() === '') return []
  return [...new Set(pathsOf(parseFilter(expression)).map(({ path }) => printPath(path)))]
}

/** Whether a filter needs frames decoded: it looks into headers, bodies or what was made of their bytes. */
export const needsFrames = (expression: string): boolean =>
  filterPaths(expression).some((path) => /^(request|response)(?!\.(time|size|packet)$)./.test(path))

type Path = Extract<Operand, { type: 'path' }>

function pathsOf(expression: Expression): Path[] {
  if (expression.type === 'or' || expression.type === 'and') {
    return [...pathsOf(expression.left), ...pathsOf(expression.right)]
  }
  if (expression.type === 'not') return pathsOf(expression.of)
  const operands = expression.type === 'holds' ? [expression.operand] : [expression.left, expression.right]
  return operands.filter((operand) => operand.type === 'path')
}

function suggestion(path: readonly (string | number)[]): string {
  const wanted = String(path[0]).toLowerCase()
  const close = EXCHANGE_KEYS.find((key) => key.toLowerCase() === wanted)
  if (close) return `it is spelled ${close}`
  return `want one of ${EXCHANGE_KEYS.join(', ')}, or a text in quotes`
}
