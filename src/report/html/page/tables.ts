/** Tables of the summary. */
import { countText } from '../../format.ts'
import { fill, h } from './dom.ts'

export interface Column<T> {
  readonly name: string
  readonly cell: (row: T) => string | Node
  readonly num?: boolean
  /** What it is sorted by when its heading is clicked; without it, it is not. */
  readonly key?: (row: T) => number | string
}

const FIRST = 100

/** A table that can be sorted by its headings; of a long one the first rows, with a button for the rest. */
export function table<T>(caption: string, columns: readonly Column<T>[], given: readonly T[]): HTMLElement {
  if (given.length === 0) return h('div')
  const body = h('tbody')
  const foot = h('div')
  let rows = [...given]
  let shown = FIRST
  let sorted = -1
  let upwards = false
  const headings = columns.map((column, i) => {
    const { key, name, num } = column
    const heading = h('th', { scope: 'col', class: num ? 'num' : '' })
    if (key) heading.append(h('button', { type: 'button', class: 'link', onclick: () => sortBy(i, key) }, name))
    else heading.append(name)
    return heading
  })
  const sortBy = (i: number, key: (row: T) => number | string): void => {
    upwards = sorted === i ? !upwards : typeof key(rows[0]!) === 'string'
    sorted = i
    rows = [...given].sort((a, b) => compare(key(a), key(b)) * (upwards ? 1 : -1))
    for (const [n, heading] of headings.entries()) {
      if (n === i) heading.setAttribute('aria-sort', upwards ? 'ascending' : 'descending')
      else heading.removeAttribute('aria-sort')
    }
    draw()
  }
  const draw = (): void => {
    const lines = rows.slice(0, shown).map((row) =>
      h(
        'tr',
        {},
        columns.map(({ cell, num }) => h('td', { class: num ? 'num' : '' }, cell(row))),
      ),
    )
    fill(body, lines)
    fill(foot)
    if (rows.length <= shown) return
    const all = (): void => {
      shown = Number.POSITIVE_INFINITY
      draw()
    }
    foot.append(h('button', { type: 'button', class: 'link', onclick: all }, `show all ${countText(rows.length)}`))
  }
  draw()
  const heading = h('h2', {}, caption, h('span', { class: 'quiet' }, countText(given.length)))
  return h(
    'section',
    { class: 'panel' },
    heading,
    h('div', { class: 'table' }, h('table', { 'aria-label': caption }, h('thead', {}, h('tr', {}, headings)), body)),
    foot,
  )
}

const compare = (a: number | string, b: number | string): number => (a < b ? -1 : a > b ? 1 : 0)
