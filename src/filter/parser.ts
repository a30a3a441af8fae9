/**
 * From tokens to a tree. Loosest first: `or`, `and`, `not`, then a comparison, a bare operand, or parentheses.
 */
import { safeShort } from '../bytes/safe-text.ts'
import { FilterError } from './error.ts'
import { type Operator, type Token, tokens } from './lexer.ts'

export type Literal = null | boolean | number | bigint | string

export type Operand =
  | { readonly type: 'literal'; readonly at: number; readonly value: Literal }
  | { readonly type: 'list'; readonly at: number; readonly values: readonly Literal[] }
  | { readonly type: 'path'; readonly at: number; readonly path: readonly (string | number)[] }

export type Expression =
  | { readonly type: 'or' | 'and'; readonly left: Expression; readonly right: Expression }
  | { readonly type: 'not'; readonly of: Expression }
  | { readonly type: 'holds'; readonly operand: Operand }
  | { readonly type: 'compare'; readonly operator: Operator; readonly left: Operand; readonly right: Operand }

/** Parentheses and `not`s within each other. */
const MAX_DEPTH = 200

/** The tree of a filter. Throws FilterError. */
export function parseFilter(text: string): Expression {
  const parser = new Parser(text)
  const expression = parser.or(0)
  parser.wantEnd()
  return expression
}

class Parser {
  private readonly text: string
  private readonly tokens: readonly Token[]
  private next = 0

  constructor(text: string) {
    this.text = text
    this.tokens = tokens(text)
  }

  or(depth: number): Expression {
    let left = this.and(depth)
    while (this.take('or')) left = { type: 'or', left, right: this.and(depth) }
    return left
  }

  private and(depth: number): Expression {
    let left = this.not(depth)
    while (this.take('and')) left = { type: 'and', left, right: this.not(depth) }
    return left
  }

  private not(depth: number): Expression {
    if (depth > MAX_DEPTH) this.fail(`parentheses and nots are nested more than ${MAX_DEPTH} deep`)
    if (this.take('not')) return { type: 'not', of: this.not(depth + 1) }
    if (!this.take('(')) return this.comparison()
    const inner = this.or(depth + 1)
    if (!this.take(')')) this.fail(`want an operator or ), have ${describe(this.token)}`)
    return inner
  }

  private comparison(): Expression {
    const left = this.operand('a field or a value')
    const negated = this.token.type === 'not' && this.isOperator(this.next + 1, 'in', 'contains')
    if (negated) this.next++
    const token = this.token
    if (token.type !== 'operator') return { type: 'holds', operand: left }
    this.next++
    const { operator } = token
    const right = operator === 'in' ? this.list() : this.operand(`a value after ${operator}`)
    const comparison: Expression = { type: 'compare', operator, left, right }
    return negated ? { type: 'not', of: comparison } : comparison
  }

  private operand(wanted: string): Operand {
    const { token } = this
    if (token.type !== 'literal' && token.type !== 'path') this.fail(`want ${wanted}, have ${describe(token)}`)
    this.next++
    return token
  }

  /** `[a, b]`, or a field: its elements are then the list. */
  private list(): Operand {
    const { token } = this
    if (token.type === 'path') return this.operand('')
    if (!this.take('[')) this.fail(`want a list like ["a", "b"] after in, have ${describe(token)}`)
    const values: Literal[] = []
    while (!this.take(']')) {
      if (values.length > 0 && !this.take(',')) this.fail(`want , or ] in a list, have ${describe(this.token)}`)
      const value = this.token
      if (value.type !== 'literal') this.fail(`want a value in a list, have ${describe(value)}`)
      values.push(value.value)
      this.next++
    }
    return { type: 'list', at: token.at, values }
  }

  wantEnd(): void {
    if (this.token.type !== 'end') this.fail(`want an operator or the end, have ${describe(this.token)}`)
  }

  private get token(): Token {
    return this.tokens[this.next]!
  }

  private isOperator(index: number, ...wanted: readonly Operator[]): boolean {
    const token = this.tokens[index]
    return token?.type === 'operator' && wanted.includes(token.operator)
  }

  private take(type: Token['type']): boolean {
    const found = this.token.type === type
    if (found) this.next++
    return found
  }

  private fail(problem: string): never {
    throw new FilterError(this.text, this.token.at, problem)
  }
}

function describe(token: Token): string {
  if (token.type === 'end') return 'the end'
  if (token.type === 'operator') return token.operator
  if (token.type === 'path') return printPath(token.path)
  if (token.type !== 'literal') return token.type
  return typeof token.value === 'string' ? safeShort(JSON.stringify(token.value), 60) : String(token.value)
}

/** A path as it is written: `request.body.topics[0].name`. */
export const printPath = (path: readonly (string | number)[]): string =>
  path.map((step, i) => (typeof step === 'number' ? `[${step}]` : i === 0 ? step : `.${step}`)).join('')
