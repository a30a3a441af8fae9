/**
 * The lines of a frame's tree, and how they are stored: column by column, places as distances from where one expects
 * them, paths left out since the names of a line and of those around it tell them. That takes a third of the room.
 */

/**
 * `stop`: the field at which reading stopped; `missing`: names of fields that were not reached; `unread`: bytes of no
 * field; `expanded`: what compressed or encoded bytes hold, without bytes of its own; `title`: header, body, message.
 */
export type Role = '' | 'title' | 'stop' | 'missing' | 'unread' | 'expanded'

export interface PageField {
  readonly depth: number
  readonly name: string
  /** From the frame's first byte; of no meaning for `expanded`. */
  readonly offset: number
  readonly length: number
  readonly type: string
  readonly value: string
  readonly role: Role
  /** As in findings and `--fields`; empty where it has none. */
  readonly path: string
}

/** Depths, names, distances, lengths, types, values, roles. */
export type PackedFields = readonly [string, string, string, string, string, string, string]

const SEPARATOR = '\n'

/** Packs lines; `unpackFields` gives them back. */
export function packFields(fields: readonly PageField[]): PackedFields {
  const columns: [string[], string[], string[], string[], string[], string[], string[]] = [[], [], [], [], [], [], []]
  const [depths, names, distances, lengths, types, values, roles] = columns
  let expected = 0
  for (const field of fields) {
    depths.push(String(field.depth))
    names.push(oneLine(field.name))
    distances.push(String(field.offset - expected))
    lengths.push(String(field.length))
    types.push(field.type)
    values.push(field.value)
    roles.push(field.role)
    expected = after(field)
  }
  return [
    depths.join(' '),
    names.join(SEPARATOR),
    distances.join(' '),
    lengths.join(' '),
    types.join(SEPARATOR),
    joinValues(values),
    roles.join(SEPARATOR),
  ]
}

/** The column of values. */
export const joinValues = (values: readonly string[]): string => values.map(oneLine).join(SEPARATOR)

/** Escaped text has no line ends; should one come, it must not shift the lines after it. */
const oneLine = (text: string): string => (text.includes(SEPARATOR) ? text.replaceAll(SEPARATOR, ' ') : text)

export function unpackFields(packed: PackedFields): PageField[] {
  const [depths, distances, lengths] = [packed[0], packed[2], packed[3]].map((text) => text.split(' ').map(Number))
  const [names, types, values, roles] = [packed[1], packed[4], packed[5], packed[6]].map((text) =>
    text.split(SEPARATOR),
  )
  if (packed[0] === '') return []
  const fields: PageField[] = []
  /** By depth, the path of the last line there. */
  const paths: string[] = []
  let expected = 0
  for (const [i, depth] of depths!.entries()) {
    const name = names![i]!
    const role = roles![i] as Role
    const above = depth === 0 ? '' : paths[depth - 1]!
    const own = pathIn(above, name, role)
    paths[depth] = own
    const path = role === 'title' ? (name.startsWith('header v') && depth === 0 ? own : '') : own
    const offset = expected + distances![i]!
    const field = { depth, name, offset, length: lengths![i]!, type: types![i]!, value: values![i]!, role, path }
    fields.push(field)
    expected = after(field)
  }
  return fields
}

/** Where the next line is expected: inside a container, else after the field. */
const after = ({ offset, length, type, role }: PageField): number =>
  role === 'title' || isContainer(type) ? offset : offset + length

/** By the names of types: those of containers are few. A wrong guess only costs room. */
function isContainer(type: string): boolean {
  let is = containers.get(type)
  if (is === undefined) {
    is = /array|struct|batch|record|header$/.test(type)
    containers.set(type, is)
  }
  return is
}
const containers = new Map<string, boolean>()

/** The path of a line in another: see `childPath` of the codec. */
function pathIn(above: string, name: string, role: Role): string {
  if (role === 'expanded' || role === 'missing' || role === 'unread') return ''
  if (role === 'title') return above === '' && name.startsWith('header v') ? 'header' : above
  if (name.startsWith('[')) return above + name
  if (above.endsWith('_tags')) return above.replace(/_tags$/, name)
  return above === '' ? name : `${above}.${name}`
}
