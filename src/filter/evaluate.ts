/**
 * From a filter's tree to a function over an exchange's JSON. A path through arrays has several values; a comparison
 * holds if any of them fulfils it, and `!=` and `!~` hold where `==` and `=~` do not. What is absent is null.
 */
import { RE2JS } from 're2js'
import type { JsonObject, JsonValue } from '../codec/json-text.ts'
import { FilterError } from './error.ts'
import type { Operator } from './lexer.ts'
import type { Expression, Operand } from './parser.ts'

export type Predicate = (json: JsonObject) => boolean

/** Calls back with each value of an operand until the callback is content; whether it was. */
type Values = (json: JsonObject, test: (value: JsonValue) => boolean) => boolean

/** The function of a tree. Throws FilterError (a pattern that is none). `text` is for its message. */
export function evaluator(expression: Expression, text: string): Predicate {
  switch (expression.type) {
    case 'or': {
      const left = evaluator(expression.left, text)
      const right = evaluator(expression.right, text)
      return (json) => left(json) || right(json)
    }
    case 'and': {
      const left = evaluator(expression.left, text)
      const right = evaluator(expression.right, text)
      return (json) => left(json) && right(json)
    }
    case 'not': {
      const of = evaluator(expression.of, text)
      return (json) => !of(json)
    }
    case 'holds': {
      const values = valuesOf(expression.operand)
      return (json) => values(json, isTruthy)
    }
    default:
      return comparison(expression.operator, expression.left, expression.right, text)
  }
}

/** Objects hold; so does everything but null, false, 0 and the empty string. Arrays hold if an element does. */
const isTruthy = (value: JsonValue): boolean => Boolean(value)

function comparison(operator: Operator, left: Operand, right: Operand, text: string): Predicate {
  if (operator === '!=') return negated(comparison('==', left, right, text))
  if (operator === '!~') return negated(comparison('=~', left, right, text))
  const values = valuesOf(left)
  if (operator === '=~') {
    const matches = pattern(right, text)
    return (json) => values(json, matches)
  }
  const others = valuesOf(right)
  const compare = COMPARISONS[operator]
  return (json) => values(json, (a) => others(json, (b) => compare(a, b)))
}

const negated =
  (predicate: Predicate): Predicate =>
  (json) =>
    !predicate(json)

const isNumber = (value: JsonValue): value is number | bigint => typeof value === 'number' || typeof value === 'bigint'

/** Numbers and bigints compare by value, exactly: JavaScript's mixed comparisons do not round. */
// biome-ignore lint/suspicious/noDoubleEquals: 1n == 1 is what is wanted
const equal = (a: JsonValue, b: JsonValue): boolean => (isNumber(a) && isNumber(b) ? a == b : a === b)

const ordered = (a: JsonValue, b: JsonValue, test: (order: number) => boolean): boolean => {
  if (!((isNumber(a) && isNumber(b)) || (typeof a === 'string' && typeof b === 'string'))) return false
  return test(a < b ? -1 : a > b ? 1 : 0)
}

const COMPARISONS: Readonly<Record<Exclude<Operator, '!=' | '=~' | '!~'>, (a: JsonValue, b: JsonValue) => boolean>> = {
  '==': equal,
  '<': (a, b) => ordered(a, b, (order) => order < 0),
  '<=': (a, b) => ordered(a, b, (order) => order <= 0),
  '>': (a, b) => ordered(a, b, (order) => order > 0),
  '>=': (a, b) => ordered(a, b, (order) => order >= 0),
  in: equal,
  contains: (a, b) => (typeof a === 'string' && typeof b === 'string' ? a.includes(b) : equal(a, b)),
}

/** A pattern longer than this is refused; so is text of the traffic beyond its first characters. */
const MAX_PATTERN = 1000
const MAX_MATCHED = 64 * 1024

/**
 * RE2 instead of the built-in expressions: its time is linear in the text, and the text is whatever a peer sends. No
 * look-around and no back-references in turn.
 */
function pattern(operand: Operand, text: string): (value: JsonValue) => boolean {
  if (operand.type !== 'literal' || typeof operand.value !== 'string') {
    throw new FilterError(text, operand.at, 'want a pattern in quotes after =~ or !~')
  }
  if (operand.value.length > MAX_PATTERN) {
    throw new FilterError(text, operand.at, `a pattern has at most ${MAX_PATTERN} characters`)
  }
  const compiled = compilePattern(operand.value, operand.at, text)
  return (value) => {
    const subject = typeof value === 'string' ? value : isNumber(value) ? String(value) : null
    return subject !== null && compiled.matcher(subject.slice(0, MAX_MATCHED)).find()
  }
}

function compilePattern(source: string, at: number, text: string): RE2JS {
  try {
    return RE2JS.compile(source)
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : 'it does not compile'
    throw new FilterError(text, at, `want a pattern: ${reason}`)
  }
}

function valuesOf(operand: Operand): Values {
  if (operand.type === 'literal') return (_json, test) => test(operand.value)
  if (operand.type === 'list') return (_json, test) => operand.values.some(test)
  return (json, test) => follow(json, operand.path, 0, test)
}

/** Values at the end of a path; arrays on the way, and at the end, are gone into. */
function follow(
  value: JsonValue | undefined,
  path: readonly (string | number)[],
  step: number,
  test: (value: JsonValue) => boolean,
): boolean {
  if (Array.isArray(value)) {
    const wanted = path[step]
    if (typeof wanted === 'number') return wanted < value.length && follow(value[wanted], path, step + 1, test)
    return value.some((element) => follow(element, path, step, test))
  }
  if (step === path.length) return test(value ?? null)
  if (value === null || typeof value !== 'object') return test(null)
  const name = path[step]!
  return follow(Object.hasOwn(value, name) ? value[name] : null, path, step + 1, test)
}
