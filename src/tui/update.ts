/** The next state of a screen, and what is to be done outside. Pure: data are only read. */
import { onKey } from './keys.ts'
import { chosenDetail, chosenEntry, fieldIndex, litRange, shownSide, treeOf } from './look.ts'
import { onMouse } from './mouse.ts'
import { chooseByte, chooseEntry } from './moves.ts'
import { scroll } from './scroll.ts'
import { type Event, LOG_LENGTH, type Message, type State, type Step } from './state.ts'
import { layoutOf } from './view/layout.ts'

export function update(state: State, event: Event): Step {
  const step = react(state, event)
  return { state: settle(step.state), effects: step.effects }
}

function react(state: State, event: Event): Step {
  switch (event.type) {
    case 'key':
      return onKey(state.message ? { ...state, message: null } : state, event.key, event.ch)
    case 'mouse':
      return { state: onMouse(state, event), effects: [] }
    case 'resize':
      return { state: { ...state, size: event.size }, effects: [] }
    case 'tick':
      return { state: found(state), effects: [] }
    case 'message':
      return { state: say(state, event), effects: [] }
    case 'hush':
      return { state: state.message?.text === event.text ? { ...state, message: null } : state, effects: [] }
    case 'filtered': {
      if (!event.error) return { state: { ...state, filter: event.expression, prompt: null, top: 0 }, effects: [] }
      const prompt = state.prompt ?? { kind: 'filter', text: event.expression, at: event.expression.length, error: '' }
      return { state: { ...state, prompt: { ...prompt, error: event.error } }, effects: [] }
    }
  }
}

function say(state: State, { time, text, wrong }: Message): State {
  const log = [...state.log, { time, text, wrong }].slice(-LOG_LENGTH)
  return { ...state, message: { text, wrong, over: state.message ? state.message.over + 1 : 0 }, log }
}

/** Takes what a search has found. */
function found(state: State): State {
  const hit = state.data.search.take()
  if (hit === null) return state
  if (hit === 'none') return { ...state, message: { text: `nothing found: ${state.search}`, wrong: true, over: 0 } }
  const moved: State = { ...chooseEntry({ ...state, follow: false }, hit.seq), tab: hit.side }
  return { ...chooseByte(moved, hit.offset), message: null }
}

/** Keeps what is chosen in sight, and within what there is. */
function settle(state: State): State {
  const { visible } = state.data
  let next = state
  const count = visible.length
  if (state.follow && count > 0) {
    const newest = visible.at(state.descending ? 0 : count - 1)
    if (newest !== state.chosen) next = chooseEntry(next, newest, false)
  }
  if (count > 0 && (next.chosen < 0 || visible.indexOf(next.chosen) < 0)) {
    next = chooseEntry(next, visible.at(Math.max(0, visible.near(next.chosen))), false)
  }
  if (count === 0 && next.chosen >= 0 && !chosenEntry(next)) next = { ...next, chosen: -1 }
  if (next.awaits && next.pane !== 'list') next = { ...next, awaits: false }
  if (next.awaits && chosenEntry(next)?.complete) next = chooseEntry(next, next.chosen, false)
  const layout = layoutOf(next)
  const index = visible.indexOf(next.chosen)
  next = { ...next, top: scroll(next.top, index, layout.list.rows, count) }
  return settleFrame(next, layout.fields.rows, layout.hex.rows, layout.hexBytes)
}

function settleFrame(state: State, fieldRows: number, hexRows: number, hexBytes: number): State {
  const entry = chosenEntry(state)
  const detail = entry && chosenDetail(state)
  if (!entry || !detail || shownSide(state, entry) !== detail.side) return state
  const { rows } = treeOf(state, detail)
  const at = fieldIndex(state, rows)
  const [from, end] = litRange(state, rows)
  const last = Math.max(0, detail.frame.bytes.length - 1)
  const inside = state.byte >= from && state.byte < end
  const byte = Math.max(0, Math.min(last, inside ? state.byte : from))
  const lines = Math.ceil((last + 1) / hexBytes) + 1
  return {
    ...state,
    byte,
    // Nobody has chosen a field yet: the body comes first, the header is above it.
    fieldTop: scroll(state.field === '' ? at : state.fieldTop, at, fieldRows, rows.length),
    hexTop: scroll(state.hexTop, Math.floor(byte / hexBytes), hexRows, lines),
  }
}
