/** From a filter's text to tokens. */
import { FilterError } from './error.ts'

/** What an operator may be called; words and symbols that mean the same have one name here. */
export type Operator = '==' | '!=' | '<' | '<=' | '>' | '>=' | '=~' | '!~' | 'in' | 'contains'

export type Token =
  | { readonly type: 'operator'; readonly at: number; readonly operator: Operator }
  | { readonly type: 'and' | 'or' | 'not' | '(' | ')' | '[' | ']' | ',' | 'end'; readonly at: number }
  | { readonly type: 'literal'; readonly at: number; readonly value: null | boolean | number | bigint | string }
  /** `request.body.topics.name`; indices may be given (`topics[0].name`), `[*]` says what no index says. */
  | { readonly type: 'path'; readonly at: number; readonly path: readonly (string | number)[] }

/** A filter longer than this is no filter. */
const MAX_LENGTH = 10_000

const WORDS = new Map<string, string>([
  ['and', 'and'],
  ['or', 'or'],
  ['not', 'not'],
  ['in', 'in'],
  ['contains', 'contains'],
])
const SYMBOLS: readonly (readonly [symbol: string, meaning: string])[] = [
  ['&&', 'and'],
  ['||', 'or'],
  ['==', '=='],
  ['!=', '!='],
  ['=~', '=~'],
  ['!~', '!~'],
  ['<=', '<='],
  ['>=', '>='],
  ['<', '<'],
  ['>', '>'],
  ['!', 'not'],
  ['(', '('],
  [')', ')'],
  ['[', '['],
  [']', ']'],
  [',', ','],
]
const OPERATORS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=', '=~', '!~', 'in', 'contains'])

const SPACE = /\s+/y
const NUMBER = /-?(?:0[xX][0-9a-fA-F]+|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.])/y
const NAME = /[A-Za-z_$][\w$]*/y
const INDEX = /\[\s*(\d{1,9}|\*)\s*\]/y

/** The tokens of an expression, an `end` last. Throws FilterError. */
export function tokens(text: string): Token[] {
  if (text.length > MAX_LENGTH) throw new FilterError(text, MAX_LENGTH, `a filter has at most ${MAX_LENGTH} characters`)
  const found: Token[] = []
  let at = skipSpace(text, 0)
  while (at < text.length) {
    const [token, end] = tokenAt(text, at)
    found.push(token)
    at = skipSpace(text, end)
  }
  found.push({ type: 'end', at })
  return found
}

/** The match of a sticky expression at a place, or null. */
function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(text)
}

const skipSpace = (text: string, at: number): number => at + (matchAt(SPACE, text, at)?.[0].length ?? 0)

function tokenAt(text: string, at: number): [Token, number] {
  const character = text.charAt(at)
  if (character === '"' || character === "'") return stringAt(text, at)
  const number = matchAt(NUMBER, text, at)?.[0]
  if (number !== undefined) return [{ type: 'literal', at, value: numberOf(number) }, at + number.length]
  const name = matchAt(NAME, text, at)?.[0]
  if (name !== undefined) return wordAt(text, at, name)
  for (const [symbol, meaning] of SYMBOLS) {
    if (text.startsWith(symbol, at)) return [tokenOf(meaning, at), at + symbol.length]
  }
  if (character === '=') throw new FilterError(text, at, 'want == (or =~ for a pattern), have a single =')
  if (/\d/.test(character)) throw new FilterError(text, at, 'this is no number')
  throw new FilterError(text, at, `want a field, a value or an operator, have ${JSON.stringify(character)}`)
}

function tokenOf(meaning: string, at: number): Token {
  if (OPERATORS.has(meaning)) return { type: 'operator', at, operator: meaning as Operator }
  return { type: meaning as 'and', at }
}

/** A number; integers that a double does not hold are bigints, as in the JSON. */
function numberOf(text: string): number | bigint {
  const value = Number(text.replace(/^-/, ''))
  const sign = text.startsWith('-') ? -1 : 1
  if (/[.eE]/.test(text) && !/[xX]/.test(text)) return sign * value
  if (Number.isSafeInteger(value)) return value === 0 ? 0 : sign * value
  return BigInt(text.replace(/^-/, '')) * BigInt(sign)
}

const LITERALS = new Map<string, null | boolean>([
  ['null', null],
  ['true', true],
  ['false', false],
])

function wordAt(text: string, at: number, name: string): [Token, number] {
  let end = at + name.length
  const meaning = WORDS.get(name)
  if (meaning !== undefined && text.charAt(end) !== '.') return [tokenOf(meaning, at), end]
  const literal = LITERALS.get(name)
  if (literal !== undefined && text.charAt(end) !== '.') return [{ type: 'literal', at, value: literal }, end]
  const path: (string | number)[] = [name]
  for (;;) {
    const index = matchAt(INDEX, text, end)
    if (index) {
      if (index[1] !== '*') path.push(Number(index[1]))
      end += index[0].length
    } else if (text.charAt(end) === '.') {
      const next = matchAt(NAME, text, end + 1)?.[0]
      if (next === undefined) throw new FilterError(text, end + 1, 'want the name of a field after the dot')
      path.push(next)
      end += 1 + next.length
    } else return [{ type: 'path', at, path }, end]
  }
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', "'": "'", '\\': '\\' }

/**
 * A string in either kind of quotes. `\n`, `\r`, `\t`, `\u00e9`, `\\` and quotes are as in JSON; before any other
 * character the backslash stays, so that patterns need only one (`"^\d+$"`).
 */
function stringAt(text: string, at: number): [Token, number] {
  const quote = text.charAt(at)
  let value = ''
  for (let i = at + 1; i < text.length; i++) {
    const character = text.charAt(i)
    if (character === quote) return [{ type: 'literal', at, value }, i + 1]
    if (character !== '\\') {
      value += character
      continue
    }
    const next = text.charAt(++i)
    const unicode = next === 'u' ? /^[0-9a-fA-F]{4}/.exec(text.slice(i + 1, i + 5))?.[0] : undefined
    if (unicode !== undefined) {
      value += String.fromCharCode(Number.parseInt(unicode, 16))
      i += 4
    } else value += ESCAPES[next] ?? `\\${next}`
  }
  throw new FilterError(text, at, `want a closing ${quote}`)
}
