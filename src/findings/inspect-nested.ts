/** Findings in bytes fields that must hold a message of their own. */
import type { SpanTable } from '../bytes/spans.ts'
import type { CompiledMessage } from '../codec/compile.ts'
import { nestedFlaws } from '../codec/expand.ts'
import type { Finding } from './finding.ts'
import { nested } from './rules/nested.ts'

/** What is wrong inside the bytes fields of a message; `line` is the message's own in the table. */
export function inspectNested(
  bytes: Uint8Array,
  table: SpanTable,
  line: number,
  message: CompiledMessage,
  about: Pick<Finding, 'api' | 'apiVersion' | 'kind'>,
): readonly Finding[] {
  const flaws = nestedFlaws(bytes, table, line, message)
  return flaws.length === 0
    ? NONE
    : flaws.map((flaw) => ({
        code: nested.code,
        severity: nested.severity,
        ...about,
        path: flaw.path,
        offset: flaw.offset,
        length: flaw.length,
        message: nested.describe(flaw),
        causes: [],
      }))
}

const NONE: readonly Finding[] = []
