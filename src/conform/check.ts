/** What a check is: one thing that a broker must do, asked of it, with where that is written. */
import type { Bench } from './bench.ts'

export const THEMES = ['api', 'empty', 'tags', 'header', 'version', 'framing', 'errors', 'groups', 'sasl'] as const

export type Theme = (typeof THEMES)[number]

/** What each theme is about, for people. */
export const THEME_TITLES: Readonly<Record<Theme, string>> = {
  api: 'every advertised version of every API, asked soundly',
  empty: 'nulls and empty arrays',
  tags: 'unknown tagged fields are skipped (KIP-482)',
  header: 'request and response headers',
  version: 'version negotiation (KIP-35, KIP-511)',
  framing: 'frames: order, pipelining, pieces, sizes',
  errors: 'error codes',
  groups: 'group choreography',
  sasl: 'the order of a SASL login',
}

export interface Check {
  /** `api/JoinGroup/v5`: the theme, then what it is about. Unique. */
  readonly id: string
  readonly theme: Theme
  readonly title: string
  /** Where it is written: a KIP, a schema, a class of Apache Kafka, or its observed behaviour. */
  readonly source: string
  /** Resolves where the broker does it. Rejects with Failed or Skipped, or the client's errors, which count as failures. */
  run(bench: Bench): Promise<void>
}

/** The broker does not do it; the message says what it did. Text from the wire in it is escaped by views. */
export class Failed extends Error {
  /** The bug that it must be, as `docs/FINDINGS.md` calls it; null where there is no telling. */
  readonly bug: string | null

  constructor(message: string, bug: string | null = null) {
    super(message)
    this.bug = bug
  }
}

/** It can't be asked of this broker; the message says why. */
export class Skipped extends Error {}

/** Throws Failed with `message` where `condition` is false. */
export function must(condition: boolean, message: string | (() => string)): asserts condition {
  if (!condition) throw new Failed(typeof message === 'string' ? message : message())
}
