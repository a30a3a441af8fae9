/** What of a message's values is the same in every run, as a number: messages with the same one go together. */
import type { JsonObject, JsonValue } from '../codec/json-text.ts'
import { isNothing } from './renames.ts'
import type { RuleNode } from './rules.ts'

/** Values of one message that count; those of a larger one are taken for its first ones. */
const MAX_VALUES = 20_000

/** Two hashes of 26 bits in one whole number: FNV-1a with two offsets and primes. */
class Hash {
  values = 0
  private high = 0x811c9dc5
  private low = 0x12345

  add(text: string): void {
    for (let i = 0; i < text.length; i++) {
      this.high = Math.imul(this.high ^ text.charCodeAt(i), 0x01000193)
      this.low = Math.imul(this.low ^ text.charCodeAt(i), 0x5bd1e995)
    }
    this.high = Math.imul(this.high ^ 0x1ff, 0x01000193)
    this.low = Math.imul(this.low ^ 0x1ff, 0x5bd1e995)
  }

  get value(): number {
    return ((this.high >>> 6) * 0x4000000 + (this.low >>> 6)) % Number.MAX_SAFE_INTEGER
  }
}

/** `offsets`: they count too. */
export function signature(value: JsonValue | undefined, rules: RuleNode, offsets: boolean): number {
  const hash = new Hash()
  add(value, rules, offsets, hash)
  return hash.value
}

function add(value: JsonValue | undefined, node: RuleNode, offsets: boolean, hash: Hash): void {
  if (hash.values++ > MAX_VALUES) return
  const { rule } = node
  if (rule && rule.how !== 'exact' && !(offsets && rule.how === 'offset')) {
    if (rule.how === 'renamed' && value !== undefined && !isContainer(value)) {
      hash.add(isNothing(value, rule) ? String(value) : '~')
      return
    }
    if (rule.how !== 'renamed') {
      hash.add('~')
      return
    }
  }
  if (Array.isArray(value)) {
    hash.add('[')
    for (const item of value) add(item, node, offsets, hash)
    hash.add(']')
  } else if (isContainer(value)) {
    hash.add('{')
    for (const key of Object.keys(value as JsonObject)) {
      hash.add(key)
      add((value as JsonObject)[key], node.child(key), offsets, hash)
    }
    hash.add('}')
  } else hash.add(`${typeof value} ${String(value)}`)
}

/** Whether a value has others in it. */
export const isContainer = (value: JsonValue | undefined): boolean => typeof value === 'object' && value !== null
