/** What can be said of a filter before it sees an exchange: fields that there are not, comparisons that can never hold. */
import { safeShort } from '../bytes/safe-text.ts'
import { similarTo } from '../bytes/similar.ts'
import { FilterError } from './error.ts'
import type { Operator } from './lexer.ts'
import { type Expression, type Literal, type Operand, printPath } from './parser.ts'

type Type = 'number' | 'string' | 'object'

/** What an exchange's JSON has at its top, and of which type it is where it is there. */
const TOP: Readonly<Record<string, Type>> = {
  type: 'string',
  id: 'number',
  connection: 'number',
  client: 'string',
  broker: 'string',
  clientId: 'string',
  apiKey: 'number',
  api: 'string',
  apiVersion: 'number',
  correlationId: 'number',
  request: 'object',
  response: 'object',
  noResponse: 'string',
  latencyMs: 'number',
  findings: 'object',
}

export const EXCHANGE_KEYS: readonly string[] = Object.keys(TOP)

/** Fields below the top whose types never change. Bodies are the messages' own: of them nothing is certain. */
const BELOW: Readonly<Record<string, Type>> = {
  'request.time': 'number',
  'request.size': 'number',
  'request.packet': 'number',
  'response.time': 'number',
  'response.size': 'number',
  'response.packet': 'number',
  'request.header.clientId': 'string',
  'request.header.correlationId': 'number',
  'request.header.requestApiKey': 'number',
  'request.header.requestApiVersion': 'number',
  'response.header.correlationId': 'number',
  'findings.code': 'string',
  'findings.severity': 'string',
  'findings.message': 'string',
  'findings.path': 'string',
  'findings.offset': 'number',
  'findings.length': 'number',
}

/** Throws FilterError where the filter asks for a field that no exchange has, or compares what can't be compared. */
export function checkFilter(expression: Expression, text: string): void {
  switch (expression.type) {
    case 'or':
    case 'and':
      checkFilter(expression.left, text)
      checkFilter(expression.right, text)
      return
    case 'not':
      checkFilter(expression.of, text)
      return
    case 'holds':
      checkPath(expression.operand, text)
      return
    default:
      checkPath(expression.left, text)
      checkPath(expression.right, text)
      checkTypes(expression.operator, expression.left, expression.right, text)
  }
}

function checkPath(operand: Operand, text: string): void {
  if (operand.type !== 'path') return
  const top = String(operand.path[0])
  if (Object.hasOwn(TOP, top)) return
  throw new FilterError(
    text,
    operand.at,
    `an exchange has no ${printPath(operand.path.slice(0, 1))}; ${suggestion(top)}`,
  )
}

function suggestion(given: string): string {
  const same = EXCHANGE_KEYS.find((key) => key.toLowerCase() === given.toLowerCase())
  if (same) return `it is spelled ${same}`
  const near = similarTo(given, EXCHANGE_KEYS)
  return `${near ? `did you mean ${near}? W` : 'w'}ant one of ${EXCHANGE_KEYS.join(', ')}, or a text in quotes`
}

function checkTypes(operator: Operator, left: Operand, right: Operand, text: string): void {
  const field = typeOf(left)
  if (field === 'object' && operator !== 'contains' && !isNull(right)) {
    throw new FilterError(
      text,
      left.at,
      `${nameOf(left)} holds fields; want one of them, as in ${EXAMPLES[nameOf(left)]}`,
    )
  }
  // A pattern takes numbers as they are printed.
  if (operator === '=~' || operator === '!~' || operator === 'contains') return
  for (const literal of literalsOf(right)) {
    const wrong = field && mismatch(field, literal)
    if (wrong) throw new FilterError(text, right.at, `${nameOf(left)} is a ${field}, ${wrong} is none`)
  }
}

const EXAMPLES: Readonly<Record<string, string>> = {
  request: 'request.size or request.body.groupId',
  response: 'response.size or response.body.errorCode',
  findings: 'findings.code',
}

/** The type of a field, where that is certain; of a literal on the left, none. */
function typeOf(operand: Operand): Type | null {
  if (operand.type !== 'path') return null
  const named = operand.path.filter((step) => typeof step === 'string').join('.')
  if (operand.path.length === 1) return TOP[named] ?? null
  return BELOW[named] ?? null
}

const nameOf = (operand: Operand): string => (operand.type === 'path' ? printPath(operand.path) : '')

const isNull = (operand: Operand): boolean => operand.type === 'literal' && operand.value === null

function literalsOf(operand: Operand): readonly Literal[] {
  if (operand.type === 'literal') return [operand.value]
  return operand.type === 'list' ? operand.values : []
}

/** How a value that is none of the field's type is written; null where it is one, or is null. */
function mismatch(type: Type, value: Literal): string | null {
  if (value === null || type === 'object') return null
  const actual = typeof value === 'bigint' ? 'number' : typeof value
  if (actual === type) return null
  return typeof value === 'string' ? safeShort(JSON.stringify(value), 60) : String(value)
}
