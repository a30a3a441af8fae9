import { safe } from '../bytes/safe-text.ts'

/** An expression that is no filter. `message` is one line; `detail` adds the expression with a caret under the place. */
export class FilterError extends Error {
  /** The 0-based character in the expression at which something else was wanted. */
  readonly position: number
  readonly detail: string

  constructor(expression: string, position: number, problem: string) {
    super(`filter, character ${position + 1}: ${safe(problem)}`)
    this.name = 'FilterError'
    this.position = position
    this.detail = `${this.message}\n${excerpt(expression, position)}`
  }
}

/** Characters of the expression shown on either side of the caret. */
const AROUND = 60

function excerpt(expression: string, position: number): string {
  const from = Math.max(0, position - AROUND)
  const shown = safe(expression.slice(from, position))
  const rest = safe(expression.slice(position, position + AROUND))
  return `  ${shown}${rest}\n  ${' '.repeat(shown.length)}^`
}
