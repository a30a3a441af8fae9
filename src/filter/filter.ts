/** `--filter`: one expression over an exchange as `--json` prints it. */
import type { JsonObject } from '../codec/json-text.ts'
import { checkFilter, EXCHANGE_KEYS } from './check.ts'
import { FilterError } from './error.ts'
import { evaluator } from './evaluate.ts'
import { type Expression, type Operand, parseFilter, printPath } from './parser.ts'

export { EXCHANGE_KEYS, FilterError }

/**
 * Compiles a filter. The result takes an exchange's JSON and never throws. Throws FilterError on an expression that is
 * none, with the place and what was wanted there. An expression of white space lets everything pass.
 */
export function compileFilter(expression: string): (json: JsonObject) => boolean {
  if (expression.trim() === '') return () => true
  const tree = parseFilter(expression)
  checkFilter(tree, expression)
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
