/** JSON for people: indented, short objects and arrays on one line. */
import { type JsonValue, printJson } from '../../../codec/json-text.ts'

const WIDTH = 100
/** Characters at most. */
const MAX = 400_000

export function indented(value: JsonValue): string {
  const pieces: string[] = []
  let length = 0
  const put = (text: string): void => {
    pieces.push(text)
    length += text.length
  }
  const print = (item: JsonValue, indent: string): void => {
    if (length > MAX) return
    if (item === null || typeof item !== 'object' || Object.keys(item).length <= 8) {
      const flat = printJson(item)
      if (flat.length + indent.length <= WIDTH || item === null || typeof item !== 'object') {
        put(flat)
        return
      }
    }
    const isArray = Array.isArray(item)
    put(isArray ? '[\n' : '{\n')
    const entries = Object.entries(item) as [string, JsonValue][]
    for (const [i, [key, child]] of entries.entries()) {
      put(`${indent}  ${isArray ? '' : `${printJson(key)}: `}`)
      print(child, `${indent}  `)
      put(i < entries.length - 1 ? ',\n' : '\n')
    }
    put(`${indent}${isArray ? ']' : '}'}`)
  }
  print(value, '')
  if (length > MAX) put('\n… the rest is not shown')
  return pieces.join('')
}
