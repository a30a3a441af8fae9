/**
 * What a person has done to the screen: what is chosen, unfolded, typed. Immutable; `update` makes the next one. What
 * is shown comes from `Data`, which `data` refers to and which is only read.
 */
import type { Data } from './data.ts'
import type { Side } from './detail.ts'

export interface Size {
  readonly columns: number
  readonly rows: number
}

export type Pane = 'list' | 'fields' | 'hex' | 'finding'
export type Screen = 'exchanges' | 'groups' | 'connections' | 'log' | 'help'

/** A line that is being typed. */
export interface Prompt {
  readonly kind: 'filter' | 'search'
  readonly text: string
  /** Where the next character goes. */
  readonly at: number
  /** What is wrong with what was entered. */
  readonly error: string
}

export type SortColumn = 'time' | 'connection' | 'client' | 'api' | 'request' | 'response' | 'ms' | 'finding'

/** Something that was said at the foot of the screen. */
export interface Message {
  /** Microseconds since 1970. */
  readonly time: number
  readonly text: string
  readonly wrong: boolean
}

export interface State {
  readonly data: Data
  readonly title: string
  readonly subtitle: string
  readonly size: Size
  readonly screen: Screen
  readonly pane: Pane
  readonly tab: Side | 'finding'
  /** The number of the chosen entry; -1 while there is none. */
  readonly chosen: number
  /** It was incomplete when it was chosen, and nobody has looked into it since: its answer will be shown at once. */
  readonly awaits: boolean
  /** The list's first row on the screen. */
  readonly top: number
  readonly follow: boolean
  readonly paused: boolean
  /** The list gives most of its rows to what is below. */
  readonly zoomed: boolean
  /** The key of the chosen field; '' before one was chosen. */
  readonly field: string
  /** The chosen byte, from the first of the frame. */
  readonly byte: number
  readonly flipped: ReadonlySet<string>
  /** Rows of the tree that are made at most. */
  readonly limit: number
  readonly fieldTop: number
  readonly hexTop: number
  readonly findingTop: number
  /** The chosen row of the groups or the connections, and the first row of the log and the help. */
  readonly line: number
  readonly prompt: Prompt | null
  readonly filter: string
  readonly search: string
  readonly sort: SortColumn
  readonly descending: boolean
  /** What stands at the foot; `over`: so many others, unread for all one knows, which stand in the log. */
  readonly message: { readonly text: string; readonly wrong: boolean; readonly over: number } | null
  /** What was said, oldest first: the last `LOG_LENGTH`. */
  readonly log: readonly Message[]
}

/** Fields of one frame that are made into rows before somebody asks for more. */
export const FIRST_LIMIT = 4000

/** Messages that are kept to be read again. */
export const LOG_LENGTH = 200

/** The state of a screen that nobody has touched: it follows what arrives. */
export function firstState(data: Data, title: string, subtitle: string, size: Size): State {
  return {
    data,
    title,
    subtitle,
    size,
    screen: 'exchanges',
    pane: 'list',
    tab: 'response',
    chosen: -1,
    awaits: false,
    top: 0,
    follow: true,
    paused: false,
    zoomed: false,
    field: '',
    byte: 0,
    flipped: new Set(),
    limit: FIRST_LIMIT,
    fieldTop: 0,
    hexTop: 0,
    findingTop: 0,
    line: 0,
    prompt: null,
    filter: '',
    search: '',
    sort: 'time',
    descending: false,
    message: null,
    log: [],
  }
}

/** What a person does to a screen. */
export type ScreenEvent =
  | { readonly type: 'key'; readonly key: string; readonly ch: string }
  | { readonly type: 'mouse'; readonly action: 'press' | 'up' | 'down'; readonly x: number; readonly y: number }
  | { readonly type: 'resize'; readonly size: Size }

/** What happens to this one. */
export type Event =
  | ScreenEvent
  /** Data have changed. */
  | { readonly type: 'tick' }
  | ({ readonly type: 'message' } & Message)
  /** A message has stood long enough. */
  | { readonly type: 'hush'; readonly text: string }
  /** The filter was taken, or was not, and why. */
  | { readonly type: 'filtered'; readonly expression: string; readonly error: string }

/** What is to be done outside. */
export type Effect =
  | { readonly type: 'quit' }
  | { readonly type: 'filter'; readonly expression: string }
  | { readonly type: 'search'; readonly text: string; readonly after: number }
  | { readonly type: 'sort'; readonly column: SortColumn; readonly descending: boolean }
  | { readonly type: 'pause'; readonly on: boolean }
  | { readonly type: 'copy'; readonly seq: number; readonly as: 'json' | 'hex'; readonly side: Side }
  | { readonly type: 'redraw' }

export interface Step {
  readonly state: State
  readonly effects: readonly Effect[]
}
