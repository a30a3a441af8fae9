/** A message's fields drawn for people, in the order of the wire, and what changed between two versions. */
import type { Field, Model } from './model.ts'

interface Row {
  /** Names from the message down; what is compared between versions. */
  readonly key: string
  readonly depth: number
  readonly name: string
  readonly type: string
  readonly encoding: string
  readonly note: string
}

type Mark = ' ' | '+' | '-' | '~'

/**
 * One message as a table, a line a field: mark, name, type, how it is written, and facts. Marks compare with `before`:
 * `+` is new, `-` is gone, `~` is written another way or means another thing; without `before` there are none.
 */
export function drawModel(model: Model, before: Model | null): string[] {
  const rows = modelRows(model)
  const marked = before ? compare(modelRows(before), rows) : rows.map((row) => ({ row, mark: ' ' as Mark, was: '' }))
  const wide = (width: (row: Row) => number): number => Math.max(0, ...marked.map(({ row }) => width(row)))
  const name = wide((row) => row.depth * 2 + row.name.length)
  const type = wide((row) => row.type.length)
  const encoding = wide((row) => row.encoding.length)
  return marked.map(({ row, mark, was }) =>
    [
      `${mark} ${' '.repeat(row.depth * 2)}${row.name}`.padEnd(name + 2),
      row.type.padEnd(type),
      row.encoding.padEnd(encoding),
      [row.note, was && `(was ${was})`].filter(Boolean).join(' '),
    ]
      .join('  ')
      .trimEnd(),
  )
}

/** Whether two versions of a message are written alike, byte for byte. */
export function sameWire(a: Model, b: Model): boolean {
  return compare(modelRows(a), modelRows(b)).every(({ mark }) => mark === ' ')
}

function modelRows(model: Model): Row[] {
  const rows: Row[] = []
  pushStruct(rows, model.fields, model.flexible, '', 0)
  return rows
}

function pushStruct(rows: Row[], fields: readonly Field[], flexible: boolean, path: string, depth: number): void {
  for (const field of fields) if (field.tag < 0) pushField(rows, field, path, depth)
  if (!flexible) return
  rows.push({ key: `${path}._tags`, depth, name: '_tags', type: 'tag buffer', encoding: 'varint count', note: '' })
  const tagged = fields.filter((field) => field.tag >= 0).sort((a, b) => a.tag - b.tag)
  for (const field of tagged) pushField(rows, field, path, depth + 1)
}

function pushField(rows: Row[], field: Field, path: string, depth: number): void {
  const key = `${path}.${field.name}`
  const bare = field.struct ?? field.element ?? field.type
  rows.push({
    key,
    depth,
    name: field.tag >= 0 ? `tag ${field.tag}: ${field.name}` : field.name,
    type: `${field.type === 'array' ? '[]' : ''}${bare}${field.nullable ? '?' : ''}`,
    encoding: encodingOf(field),
    note: noteOf(field),
  })
  if (field.fields.length > 0) pushStruct(rows, field.fields, field.flexible, key, depth + 1)
}

function encodingOf(field: Field): string {
  const lengthOf = (type: string): string => {
    if (type === 'string') return field.flexible ? 'varint length + 1' : 'int16 length'
    if (type === 'bytes' || type === 'records') return field.flexible ? 'varint length + 1' : 'int32 length'
    if (type === 'uuid') return '16 bytes'
    return ''
  }
  if (field.type === 'array') {
    const count = field.flexible ? 'varint count + 1' : 'int32 count'
    const each = field.element === 'string' || field.element === 'bytes' ? `, each ${lengthOf(field.element)}` : ''
    return count + each
  }
  if (field.type === 'struct') return !field.nullable ? '' : field.tag >= 0 ? 'varint 0 or 1' : 'int8 -1 or 1'
  return lengthOf(field.type)
}

function noteOf(field: Field): string {
  const notes: string[] = []
  if (field.default !== null) notes.push(`default ${field.default}`)
  if (field.mapKey) notes.push('map key')
  if (field.entityType) notes.push(`entity ${field.entityType}`)
  if (field.ignorable) notes.push('ignorable')
  return notes.join(', ')
}

function compare(before: readonly Row[], now: readonly Row[]): { row: Row; mark: Mark; was: string }[] {
  const old = new Map(before.map((row) => [row.key, row]))
  const here = new Set(now.map((row) => row.key))
  const marked: { row: Row; mark: Mark; was: string }[] = []
  let next = 0
  const pushGone = (until: string | null): void => {
    for (; next < before.length && before[next]!.key !== until; next++) {
      if (!here.has(before[next]!.key)) marked.push({ row: before[next]!, mark: '-', was: '' })
    }
  }
  for (const row of now) {
    const twin = old.get(row.key)
    if (!twin) {
      marked.push({ row, mark: '+', was: '' })
      continue
    }
    pushGone(row.key)
    next++
    const same = twin.type === row.type && twin.encoding === row.encoding && twin.name === row.name
    const was = same ? '' : [twin.type !== row.type ? twin.type : '', twin.encoding].filter(Boolean).join(', ')
    marked.push({ row, mark: same ? ' ' : '~', was })
  }
  pushGone(null)
  return marked
}
