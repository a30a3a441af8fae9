import { toUuid } from '../bytes/hex.ts'
import type { SpanTable } from '../bytes/spans.ts'
import { text } from '../bytes/utf8.ts'
import { NodeKind, nodeOf } from '../schema/node.ts'
import { contents } from './value.ts'

/**
 * What a message said before a line: the last field of each name that is asked for. Lines must be asked for in the
 * order of the table, so that all of it is one pass.
 */
export class Told {
  private readonly seen = new Map<string, number>()
  private next: number
  private readonly bytes: Uint8Array
  private readonly table: SpanTable
  private readonly names: ReadonlySet<string>

  /** Begins at line `from`, which is the message's own. */
  constructor(bytes: Uint8Array, table: SpanTable, from: number, names: ReadonlySet<string>) {
    this.bytes = bytes
    this.table = table
    this.next = from
    this.names = names
  }

  /** Takes note of all lines before `line`. */
  upTo(line: number): this {
    for (; this.next < line; this.next++) {
      const node = nodeOf(this.table.node(this.next))
      if (this.names.has(node.name)) this.seen.set(node.name, this.next)
    }
    return this
  }

  /** The text of a string or uuid; null where there was none, or it was null or empty. */
  value(name: string | undefined): string | null {
    const line = name === undefined ? undefined : this.seen.get(name)
    if (line === undefined) return null
    const { kind } = nodeOf(this.table.node(line))
    if (kind === NodeKind.uuid) return toUuid(this.bytes, this.table.offset(line))
    if (kind !== NodeKind.string) return null
    const range = contents(this.bytes, this.table, line)
    return range && (text(this.bytes, range[0], range[1]) || null)
  }
}
