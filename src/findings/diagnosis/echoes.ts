/** What a request named comes back in its answer: topics and their ids, partitions, groups, members, and how many of them. */
import { latin1 } from '../../bytes/latin1.ts'
import type { DecodedFrame } from '../../codec/frame.ts'
import { contents, valueAt } from '../../codec/value.ts'
import type { Field } from '../../schema/model.ts'
import { NodeKind, nodeOf } from '../../schema/node.ts'

/** Texts, ids and numbers of one request that are looked for; a request that names more has said enough. */
const MAX_ECHOES = 256
const MAX_TEXT = 256
/** Lines of a request that are looked at. */
const MAX_LINES = 20_000

const PARTITION = /^(partition(s|Index|Indexes|Id)?|index)$/

const BROKER = /^((node|broker|leader|controller)(Id)?|(replica|isr|broker)(Nodes|Ids|s)?)$/
const GENERATION = /^(generationId|memberEpoch|generationIdOrMemberEpoch)$/

/** What a number is of, under whichever name a message has it: partitions have many. */
export const roleOf = (name: string): string => roles.get(name) ?? newRole(name)

const roles = new Map<string, string>()

function newRole(name: string): string {
  const role = PARTITION.test(name)
    ? 'partition'
    : BROKER.test(name)
      ? 'broker'
      : GENERATION.test(name)
        ? 'generation'
        : name
  roles.set(name, role)
  return role
}

export class Echoes {
  private readonly texts = new Set<string>()
  private readonly ids = new Set<string>()
  private readonly numbers = new Map<string, Set<number>>()
  private readonly counts = new Map<string, Set<number>>()
  private size = 0

  hasText(b: Uint8Array, from: number, to: number): boolean {
    return to - from <= MAX_TEXT && this.texts.has(latin1(b, from, to))
  }

  /** Whether the 16 bytes at `at` are an id that the request named. */
  hasId(b: Uint8Array, at: number): boolean {
    return this.ids.size > 0 && this.ids.has(latin1(b, at, at + 16))
  }

  /** Whether the request named that number for a field of that role; null where it named none. */
  hasNumber(name: string, value: number | bigint): boolean | null {
    return this.numbers.size === 0 ? null : (this.numbers.get(roleOf(name))?.has(Number(value)) ?? null)
  }

  /** Whether the request asked for so many of what an array holds; null where it asked for none of the kind. */
  hasCount(array: Field, count: number): boolean | null {
    const kind = this.counts.size === 0 ? null : kindOf(array)
    return kind === null ? null : (this.counts.get(kind)?.has(count) ?? null)
  }

  /** Takes what a line of the request's table names. */
  learn({ bytes, table }: DecodedFrame, line: number): void {
    const { kind, name, field, element } = nodeOf(table.node(line))
    if (this.size >= MAX_ECHOES) return
    if (kind === NodeKind.string || kind === NodeKind.uuid) {
      const id = kind === NodeKind.uuid
      const at = table.offset(line)
      const range = id ? ([at, at + 16] as const) : contents(bytes, table, line)
      if (!range || range[1] <= range[0] || range[1] - range[0] > MAX_TEXT || range[1] > bytes.length) return
      const text = latin1(bytes, range[0], range[1])
      if (id && /^\0*$/.test(text)) return
      this.add(id ? this.ids : this.texts, text)
    } else if (kind === NodeKind.int32 || kind === NodeKind.int64) {
      if (TOLD_BACK.test(name) || PARTITION.test(name)) this.number(name, valueAt(bytes, table, line))
    } else if (field && (kind === NodeKind.array || kind === NodeKind.fixedArray)) {
      this.array(field, valueAt(bytes, table, line))
      if (element === NodeKind.int32 && PARTITION.test(name))
        for (const value of listOf(valueAt(bytes, table, line))) this.number(name, value)
    }
  }

  private add(set: Set<string>, text: string): void {
    if (!set.has(text)) this.size++
    set.add(text)
  }

  private number(name: string, value: unknown): void {
    if (typeof value !== 'number' && typeof value !== 'bigint') return
    this.size++
    remember(this.numbers, roleOf(name), Number(value))
  }

  private array(field: Field, value: unknown): void {
    const kind = kindOf(field)
    const count = listOf(value).length
    if (kind !== null && count > 0) remember(this.counts, kind, count)
  }
}

/** Numbers of a request that its answer repeats. */
const TOLD_BACK = /^(generationId|memberEpoch|producerId|brokerId|nodeId)$/

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

function remember(map: Map<string, Set<number>>, key: string, value: number): void {
  const known = map.get(key)
  if (known) known.add(value)
  else map.set(key, new Set([value]))
}

/** What an array's elements are, so that a request's and its answer's can be held against each other; null: unknown. */
function kindOf({ name, element, fields, entityType }: Field): string | null {
  if (element !== 'struct') return PARTITION.test(name) ? 'partition' : entityType
  const first = fields.find((field) => !field.name.startsWith('error') && field.tag < 0)
  if (!first) return null
  if (PARTITION.test(first.name)) return 'partition'
  if (first.name === 'topicId') return 'topicName'
  if (first.entityType) return first.entityType
  return first.name === 'name' ? null : first.name
}

/** What a request's body names. */
export function echoesOf(request: DecodedFrame): Echoes {
  const echoes = new Echoes()
  const { table, bodyLine } = request
  const end = bodyLine < 0 ? 0 : Math.min(table.size, bodyLine + MAX_LINES)
  for (let line = Math.max(0, bodyLine); line < end; line++) echoes.learn(request, line)
  return echoes
}
