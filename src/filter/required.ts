/** What a filter can be told from without its JSON being read: text that must stand in it. */
import { type Expression, type Operand, parseFilter } from './parser.ts'

/**
 * Pieces of text that the printed JSON of every exchange holds of which the filter holds: whoever has much JSON as text
 * need not read what lacks one. Often there are none. Throws FilterError.
 */
export function requiredTexts(expression: string): string[] {
  return expression.trim() === '' ? [] : textsOf(parseFilter(expression))
}

function textsOf(expression: Expression): string[] {
  if (expression.type === 'and') return [...textsOf(expression.left), ...textsOf(expression.right)]
  if (expression.type !== 'compare' || expression.operator !== '==') return []
  const { left, right } = expression
  if (left.type === 'path') return literalText(right)
  return right.type === 'path' ? literalText(left) : []
}

/** Text that JSON shows as it is, in its quotes. */
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/

function literalText(operand: Operand): string[] {
  if (operand.type !== 'literal' || typeof operand.value !== 'string' || !PLAIN.test(operand.value)) return []
  return [`"${operand.value}"`]
}
