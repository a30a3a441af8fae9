/**
 * Plants the bugs of encoders in sound bodies: each fault is an edit of the bytes at every place where the encoder's code
 * for it ran, found by the span table of the sound body.
 */
import type { SpanTable } from '../../src/bytes/spans.ts'
import { contents } from '../../src/codec/value.ts'
import { NodeKind, nodeOf, type SpanNode } from '../../src/schema/node.ts'
import type { Random } from '../random.ts'

export interface Fault {
  readonly cause: string
  /** The first wrong byte, or where the missing ones belong. */
  readonly offset: number
  readonly bytes: Buffer
}

interface Edit {
  readonly from: number
  readonly to: number
  readonly put: Buffer
}

const NOTHING = Buffer.alloc(0)

function apply(bytes: Uint8Array, edits: readonly Edit[]): Buffer {
  const parts: Uint8Array[] = []
  let at = 0
  for (const { from, to, put } of [...edits].sort((a, b) => a.from - b.from)) {
    parts.push(bytes.subarray(at, from), put)
    at = to
  }
  return Buffer.concat([...parts, bytes.subarray(at)])
}

function uvarint(value: number): Buffer {
  const out: number[] = []
  let rest = value
  while (rest >= 0x80) {
    out.push((rest & 0x7f) | 0x80)
    rest >>>= 7
  }
  return Buffer.from([...out, rest])
}

const number = (value: number, width: number): Buffer => {
  const out = Buffer.alloc(width)
  out.writeIntBE(value, 0, width)
  return out
}

interface Line {
  readonly node: SpanNode
  readonly line: number
  readonly at: number
  readonly end: number
}

/** All faults that this body can have, one of each kind and field. */
export function faultsOf(bytes: Buffer, table: SpanTable, flexible: boolean, random: Random): Fault[] {
  const byNode = new Map<number, Line[]>()
  for (let line = 1; line < table.size; line++) {
    const node = nodeOf(table.node(line))
    const at = table.offset(line)
    byNode.set(node.id, [...(byNode.get(node.id) ?? []), { node, line, at, end: at + table.length(line) }])
  }
  const faults: Fault[] = []
  const add = (cause: string, edits: readonly Edit[], offset = Math.min(...edits.map(({ from }) => from))): void => {
    if (edits.length === 0) return
    const broken = apply(bytes, edits)
    if (Buffer.compare(broken, bytes) !== 0) faults.push({ cause, offset, bytes: broken })
  }
  for (const lines of byNode.values()) addFieldFaults(bytes, lines, table, add)
  addLengthFaults(bytes, [...byNode.values()].flat(), table, flexible, add)
  addTagFaults([...byNode.values()].flat(), flexible, add)
  const cut = random.below(bytes.length)
  if (cut > 4) faults.push({ cause: 'truncated', offset: cutField(byNode, cut), bytes: bytes.subarray(0, cut) })
  if (flexible)
    faults.push({ cause: 'trailing-bytes', offset: bytes.length, bytes: Buffer.concat([bytes, number(1000, 4)]) })
  return faults
}

/** Where the field begins that a cut falls into. */
function cutField(byNode: ReadonlyMap<number, Line[]>, cut: number): number {
  let start = cut
  for (const { node, at, end } of [...byNode.values()].flat()) {
    if (at <= cut && end > cut && node.kind >= NodeKind.bool && node.kind <= NodeKind.uuid) start = at
  }
  return start
}

const INTEGERS = new Map<NodeKind, number>([
  [NodeKind.int16, 2],
  [NodeKind.int32, 4],
])

type Add = (cause: string, edits: readonly Edit[], offset?: number) => void

function addFieldFaults(bytes: Buffer, lines: readonly Line[], _table: SpanTable, add: Add): void {
  const { node } = lines[0]!
  if (!node.field || node.field.tag >= 0 || node.kind === NodeKind.struct || node.root) return
  const isElement =
    lines.length > 1 && node.field.type === 'array' && node.kind !== NodeKind.array && node.kind !== NodeKind.fixedArray
  if (isElement) return
  add(
    'missing-field',
    lines.map(({ at, end }) => ({ from: at, to: end, put: NOTHING })),
  )
  add(
    'doubled-field',
    lines.map(({ at, end }) => ({ from: at, to: at, put: bytes.subarray(at, end) })),
  )
  const width = INTEGERS.get(node.kind)
  if (!width) return
  const value = (at: number): number => bytes.readIntBE(at, width)
  add(
    'wrong-width',
    lines.map(({ at, end }) => ({ from: at, to: end, put: wide(value(at), 2 * width) })),
  )
}

function wide(value: number, width: number): Buffer {
  const out = Buffer.alloc(width, value < 0 ? 0xff : 0)
  const low = number(value, width / 2)
  low.copy(out, width / 2)
  return out
}

const isText = ({ node }: Line): boolean => node.kind === NodeKind.string
const isArray = ({ node }: Line): boolean => node.kind === NodeKind.array || node.kind === NodeKind.fixedArray

function addLengthFaults(bytes: Buffer, lines: readonly Line[], table: SpanTable, flexible: boolean, add: Add): void {
  const prefixes = (want: (line: Line) => boolean): { from: number; to: number; value: number; text: boolean }[] =>
    lines
      .filter((line) => want(line) && line.node.prefix === (flexible ? 'uvarint' : isText(line) ? 'int16' : 'int32'))
      .map((line) => prefixOf(bytes, table, line, flexible))
  for (const want of [isText, isArray]) {
    const all = prefixes(want)
    if (flexible) {
      add(
        'classic-length',
        all.map(({ from, to, value, text }) => ({ from, to, put: number(value, text ? 2 : 4) })),
      )
      add(
        'compact-off-by-one',
        all.map(({ from, to, value }) => ({ from, to, put: uvarint(Math.max(0, value)) })),
      )
    } else
      add(
        'compact-length',
        all.map(({ from, to, value }) => ({ from, to, put: uvarint(value + 1) })),
      )
  }
  for (const { from, to, value, text } of prefixes(isArray)) {
    const put = (claimed: number): Buffer => (flexible ? uvarint(claimed + 1) : number(claimed, text ? 2 : 4))
    if (value >= 0) add('wrong-count', [{ from, to, put: put(value + 1) }])
    if (value > 1) add('wrong-count', [{ from, to, put: put(value - 1) }])
  }
  for (const { from, to, value, text } of prefixes(isText)) {
    const claimed = bytes.length + 50
    if (value > 0)
      add('wrong-length', [{ from, to, put: flexible ? uvarint(claimed + 1) : number(claimed, text ? 2 : 4) }])
  }
}

function prefixOf(bytes: Buffer, table: SpanTable, { line, node, at, end }: Line, flexible: boolean) {
  const text = node.kind === NodeKind.string
  if (!flexible) {
    const width = text ? 2 : 4
    return { from: at, to: at + width, value: bytes.readIntBE(at, width), text }
  }
  let to = at
  let raw = 0
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[to++]!
    raw |= (byte & 0x7f) << shift
    if (byte < 0x80) break
  }
  return { from: at, to, value: text && contents(bytes, table, line) === null ? -1 : raw - 1, text, end }
}

function addTagFaults(lines: readonly Line[], flexible: boolean, add: Add): void {
  if (!flexible) return
  const buffers = lines.filter(({ node }) => node.kind === NodeKind.tagBuffer)
  const last = buffers.at(-1)!
  const remove = ({ at, end }: Line): Edit => ({ from: at, to: end, put: NOTHING })
  const root = buffers.reduce((a, b) => (b.at > a.at ? b : a), last)
  add('missing-tag-buffer', [remove(root)])
  if (buffers.length > 1) {
    add('missing-tag-buffer', buffers.map(remove))
    add('missing-tag-buffer', buffers.filter((buffer) => buffer !== root).map(remove))
  }
  add('extra-field', [{ from: root.at, to: root.at, put: number(7, 4) }])
}
