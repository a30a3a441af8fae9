/** The page's keys, and what a filter looks like. */
import { h } from './dom.ts'

const KEYS: readonly (readonly [string, string])[] = [
  ['1 … 6', 'the views'],
  ['/', 'filter'],
  ['↑ ↓ PgUp PgDn Home End', 'move in a list'],
  ['Enter', 'from the list into the fields; there, fold and unfold'],
  ['← →', 'fold and unfold a field'],
  ['Esc', 'back to the list; in a filter, clear it'],
  ['n  N', 'next and previous finding'],
  ['r', 'request, answer, JSON in turn'],
  ['t', 'light, dark, automatic'],
  ['?', 'this'],
]

const FILTERS: readonly string[] = [
  'api == "Fetch" and latencyMs > 10',
  'clientId =~ "^rdkafka"',
  'request.body.topics.name == "orders"',
  'findings.severity == "error"',
  'not (api in ["Heartbeat", "Metadata"])',
]

export function helpDialog(): HTMLDialogElement {
  const dialog = h('dialog', { class: 'help', 'aria-label': 'Help' })
  dialog.append(
    h('h2', {}, 'Keys'),
    h(
      'dl',
      {},
      KEYS.map(([keys, text]) => [h('dt', {}, h('kbd', {}, keys)), h('dd', {}, text)]),
    ),
    h('h2', {}, 'Filters'),
    h(
      'p',
      {},
      'One expression over an exchange as its JSON shows it (nested bytes are expanded there). A path through arrays holds if any element does.',
    ),
    h(
      'ul',
      {},
      FILTERS.map((filter) => h('li', {}, h('code', {}, filter))),
    ),
    h('button', { type: 'button', onclick: () => dialog.close() }, 'Close'),
  )
  return dialog
}
