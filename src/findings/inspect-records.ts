/** Findings in the records fields of a message: what `dissectors/records` objects to, put in the shape of findings. */
import { recordsContext } from '../../dissectors/nested/index.ts'
import { checkRecords } from '../../dissectors/records/check.ts'
import { type Budget, defaultBudget } from '../../dissectors/records/payload.ts'
import type { RecordsProblem, RecordsProblemCode } from '../../dissectors/records/problem.ts'
import type { SpanTable } from '../bytes/spans.ts'
import type { CompiledMessage } from '../codec/compile.ts'
import { pathOf } from '../codec/paths.ts'
import { contents } from '../codec/value.ts'
import { NodeKind, nodeOf } from '../schema/node.ts'
import { crcWords } from './clients/around.ts'
import type { Finding } from './finding.ts'
import type { RecordsRule } from './rule.ts'
import { RULES } from './rules/index.ts'

const byProblem = new Map<RecordsProblemCode, RecordsRule>()
for (const rule of RULES) if (rule.kind === 'records') byProblem.set(rule.problem, rule)

/** How sure the cause is that a problem names: a wrong number beside right ones leaves little else. */
const NAMED_BY_THE_BYTES = 0.9

/** At most so many findings a message; the rest repeat them. */
const MAX_FINDINGS = 20

/**
 * Bytes that the batches of one message may decompress to: 64 MiB, and as much again as sound data does. A megabyte of
 * zeros takes a kilobyte, and a fetch may have thousands of fields.
 */
const decompressed = (bytes: number): Budget => defaultBudget(undefined, (64 << 20) + 32 * bytes)

/** What is wrong inside the records fields of a message that was read into `table`; for those that have such fields. */
export function inspectRecords(
  bytes: Uint8Array,
  table: SpanTable,
  message: CompiledMessage,
  about: Pick<Finding, 'api' | 'apiVersion' | 'kind'>,
): Finding[] {
  const context = recordsContext(message.model.name)
  const budget = decompressed(bytes.length)
  const findings: Finding[] = []
  for (let line = 0; line < table.size && findings.length < MAX_FINDINGS; line++) {
    if (nodeOf(table.node(line)).kind !== NodeKind.records) continue
    const range = contents(bytes, table, line)
    if (!range) continue
    const maxProblems = MAX_FINDINGS - findings.length
    const problems = checkRecords(bytes, range[0], range[1], { context, budget, maxProblems })
    if (problems.length === 0) continue
    const path = pathOf(table, line)
    for (const problem of problems) findings.push(toFinding(problem, path, about))
  }
  return findings
}

function toFinding(
  problem: RecordsProblem,
  field: string,
  about: Pick<Finding, 'api' | 'apiVersion' | 'kind'>,
): Finding {
  const rule = byProblem.get(problem.code)!
  const path = field + problem.path
  const evidence = {
    ...(problem.claimed === null ? {} : { claimed: problem.claimed }),
    ...(problem.actual === null ? {} : { actual: problem.actual }),
  }
  const causes = rule.cause
    ? [
        {
          cause: rule.cause,
          score: NAMED_BY_THE_BYTES,
          message: problem.message,
          path,
          offset: problem.offset,
          evidence,
        },
      ]
    : []
  const { claimed, actual } = problem
  const fetched = about.kind === 'response' && problem.code === 'batch-crc'
  const clients =
    fetched && typeof claimed === 'number' && typeof actual === 'number' ? crcWords(claimed, actual) : null
  return {
    code: rule.code,
    severity: problem.severity,
    ...about,
    path,
    offset: problem.offset,
    length: problem.length,
    message: `${path}: ${problem.message}`,
    causes,
    ...(clients ? { clients } : {}),
  }
}
