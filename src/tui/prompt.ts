/** The line at the foot of the screen in which a filter or a search text is typed. */
import { chosenDetail, fieldIndex, treeOf } from './look.ts'
import { chooseByte, chooseRow } from './moves.ts'
import { indexIn, needleError, needleOf } from './search.ts'
import type { Prompt, State, Step } from './state.ts'

/** Longer lines are of no use, and a paste may be anything. */
const MAX_TEXT = 2000

export function openPrompt(state: State, kind: Prompt['kind']): State {
  // A filter is mended, a search is begun anew; entering nothing searches for the last text again.
  const text = kind === 'filter' ? state.filter : ''
  return { ...state, screen: 'exchanges', prompt: { kind, text, at: text.length, error: '' } }
}

export function onPromptKey(state: State, prompt: Prompt, key: string, ch: string): Step {
  const { text, at } = prompt
  const typed = (next: string, position: number): Step => ({
    state: {
      ...state,
      prompt: { ...prompt, text: next.slice(0, MAX_TEXT), at: Math.min(position, MAX_TEXT), error: '' },
    },
    effects: [],
  })
  switch (key) {
    case 'escape':
      return { state: { ...state, prompt: null }, effects: [] }
    case 'enter':
    case 'linefeed':
      return prompt.kind === 'filter'
        ? { state, effects: [{ type: 'filter', expression: text.trim() }] }
        : search(state, prompt, text || state.search)
    case 'backspace':
      return at === 0 ? { state, effects: [] } : typed(text.slice(0, at - 1) + text.slice(at), at - 1)
    case 'delete':
      return typed(text.slice(0, at) + text.slice(at + 1), at)
    case 'left':
      return typed(text, Math.max(0, at - 1))
    case 'right':
      return typed(text, Math.min(text.length, at + 1))
    case 'home':
    case 'C-a':
      return typed(text, 0)
    case 'end':
    case 'C-e':
      return typed(text, text.length)
    case 'C-u':
      return typed(text.slice(at), 0)
    case 'C-w': {
      const kept = text.slice(0, at).replace(/\S+\s*$/, '')
      return typed(kept + text.slice(at), kept.length)
    }
    default:
      // Only what can be typed: a paste with control characters in it leaves them out.
      return ch && !/\p{C}/u.test(ch) ? typed(text.slice(0, at) + ch + text.slice(at), at + ch.length) : typed(text, at)
  }
}

/** Looks in the chosen frame first, after the chosen field; then in the frames of the list. */
function search(state: State, prompt: Prompt, text: string): Step {
  const error = needleError(text)
  if (error) return { state: { ...state, prompt: { ...prompt, error } }, effects: [] }
  if (!text) return { state: { ...state, prompt: null }, effects: [] }
  const next = { ...state, prompt: null, search: text }
  const here = inFrame(next, text)
  if (here) return { state: here, effects: [] }
  return { state: next, effects: [{ type: 'search', text, after: state.chosen }] }
}

function inFrame(state: State, text: string): State | null {
  const detail = chosenDetail(state)
  if (!detail || state.tab === 'finding') return null
  const { rows } = treeOf(state, detail)
  const wanted = text.toLowerCase()
  const from = fieldIndex(state, rows)
  const row = rows.find((one, i) => i > from && `${one.name} ${one.value}`.toLowerCase().includes(wanted))
  const pane = state.pane === 'list' ? 'fields' : state.pane
  if (row) return { ...chooseRow({ ...state, follow: false }, row), pane }
  const offset = indexIn(detail.frame.bytes, needleOf(text), state.byte + 1)
  return offset < 0 ? null : { ...chooseByte({ ...state, follow: false }, offset), pane }
}
