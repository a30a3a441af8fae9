import { type JsonValue, printJson } from '../codec/json-text.ts'

/** Lines of one field's contents that are shown. */
const MAX_LINES = 2000
/** What is shorter stands on one line. */
const FLAT = 60

/** JSON as indented lines without braces: `name: value`, `[0] value`. */
export function jsonLines(value: JsonValue): string[] {
  const lines: string[] = []
  const print = (prefix: string, item: JsonValue, indent: string): void => {
    if (lines.length >= MAX_LINES) return
    const nested = item !== null && typeof item === 'object' && Object.keys(item).length > 0
    const flat = nested && !isLarge(item) ? printJson(item) : ''
    if (!nested || (flat && flat.length < FLAT)) {
      lines.push(indent + prefix + (flat || printJson(item)))
      return
    }
    if (prefix) lines.push(`${indent}${prefix}`.trimEnd())
    const deeper = prefix ? `${indent}  ` : indent
    for (const [name, child] of Object.entries(item) as [string, JsonValue][]) {
      print(Array.isArray(item) ? `[${name}] ` : `${name}: `, child, deeper)
    }
  }
  print('', value, '')
  return lines.length >= MAX_LINES ? [...lines, '…'] : lines
}

/** Whether there is no need to print it to see that it does not fit on a line. */
const isLarge = (item: object): boolean => Object.keys(item).length > 8
