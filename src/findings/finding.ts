/** A finding says what was seen; a cause says which bug made the bytes. Shapes as in `docs/FINDINGS.md`. */

export type Severity = 'error' | 'warning' | 'note'

const RANK: Readonly<Record<Severity, number>> = { error: 3, warning: 2, note: 1 }

/** Higher is graver. */
export const severityRank = (severity: Severity): number => RANK[severity]

/** The gravest finding, the first of its kind; null without any. */
export function worst(findings: readonly Finding[]): Finding | null {
  let found: Finding | null = null
  for (const finding of findings) if (!found || RANK[finding.severity] > RANK[found.severity]) found = finding
  return found
}

export interface Cause {
  readonly cause: string
  /** 0 to 1; those of one finding add up to at most 1. */
  readonly score: number
  readonly message: string
  readonly path: string
  readonly offset: number
  readonly evidence?: Readonly<Record<string, string | number>>
  readonly occurrences?: number
}

export interface Finding {
  /** `body/underflow`: its room (`frame`, `header`, `body`, `records`, `protocol`, `group`, `unknown`), then what. */
  readonly code: string
  readonly severity: Severity
  readonly api?: string
  readonly apiVersion?: number
  readonly kind?: 'request' | 'response' | 'header' | 'data'
  readonly path: string
  /** From the first byte of the frame's size field; of the body, where only a body was given. */
  readonly offset: number
  readonly length: number
  /** One sentence a person understands. */
  readonly message: string
  readonly causes: readonly Cause[]
  /** Ids of the exchanges that show it, where it is about others than the one it stands in; the first 20. */
  readonly exchanges?: readonly number[]
  /** Frames of the session that the same cause explains. */
  readonly explains?: number
  /** What clients say of it, by client. */
  readonly clients?: Readonly<Record<string, string>>
}
