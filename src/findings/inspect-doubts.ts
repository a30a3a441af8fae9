/** Findings in bodies that read well: values that only another reading makes sense of. */
import type { SpanTable } from '../bytes/spans.ts'
import type { CompiledMessage } from '../codec/compile.ts'
import { doubtOf } from './diagnosis/doubts.ts'
import type { Finding } from './finding.ts'
import { unlikely } from './rules/unlikely.ts'

/** What is hard to believe in a body without flaws; `line` is its own in the table. */
export function inspectDoubts(
  bytes: Uint8Array,
  table: SpanTable,
  line: number,
  message: CompiledMessage,
  about: Pick<Finding, 'api' | 'apiVersion' | 'kind'>,
): readonly Finding[] {
  if (line < 0 || table.size <= line) return NONE
  const doubt = doubtOf(message, table, line, { bytes, start: table.offset(line), end: bytes.length })
  const best = doubt?.causes[0]
  if (!doubt || !best) return NONE
  return [
    {
      code: unlikely.code,
      severity: doubt.sure ? unlikely.severity : 'note',
      ...about,
      path: best.path,
      offset: best.offset,
      length: 0,
      message: unlikely.describe(best, `${message.model.name} v${message.model.version}`),
      causes: doubt.causes,
    },
  ]
}

const NONE: readonly Finding[] = []
