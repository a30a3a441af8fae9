/** How large a page may become. A report is sent by e-mail and opened in a browser tab. */

export interface PageLimits {
  /** Exchanges in the list; the rest is in the totals only. */
  readonly exchanges: number
  /** Compressed bytes of all contents together; in the page they take a third more. */
  readonly contents: number
  /** Of these, what is kept for exchanges with findings that come late. */
  readonly reserve: number
}

export const DEFAULT_LIMITS: PageLimits = { exchanges: 50_000, contents: 20_000_000, reserve: 4_000_000 }

/** Bytes of a frame, and lines of its tree, that are in the page. */
export const MAX_FRAME_BYTES = 64 * 1024
export const MAX_FRAME_FIELDS = 4000
/** Characters of an exchange's JSON; what is longer loses its bodies. */
export const MAX_JSON = 1_000_000
/** Characters of a value in the tree. */
export const MAX_VALUE = 300
/** Connections, clients, versions of APIs and other events with rows of their own. */
export const MAX_CONNECTIONS = 5000
export const MAX_GROUPS = 1000
export const MAX_EVENTS = 5000
/** Findings of one exchange; and of all together, beyond which each exchange keeps its gravest only. */
export const MAX_FINDINGS = 50
export const MAX_ALL_FINDINGS = 20_000
