/** What two brokers answered to the same checks, by value: what is bound to differ (`diff/volatile.ts`) is left out. */
import { apiName } from '../codec/messages.ts'
import { Renames } from '../diff/renames.ts'
import { Rules } from '../diff/rules.ts'
import { ValueComparison } from '../diff/values.ts'
import type { Result } from './run.ts'

export interface CheckDifference {
  readonly id: string
  /** `Metadata v9: topics[0].errorCode: ...`; not escaped. */
  readonly message: string
}

/** Sentences are every broker's own. */
const OWN_WORDS = { name: 'error texts', how: 'any', where: 'errorMessage', reason: 'for people' } as const
/** Differences of one check that are told. */
const MAX_TOLD = 5

/** The differences of the checks that both have. */
export function compareResults(results: readonly Result[], reference: readonly Result[]): CheckDifference[] {
  const rules = new Rules([OWN_WORDS])
  const others = new Map(reference.map((result) => [result.check.id, result]))
  return results.flatMap((result) => {
    const other = others.get(result.check.id)
    return other ? differencesOf(result, other, rules) : []
  })
}

function differencesOf(result: Result, other: Result, rules: Rules): CheckDifference[] {
  const { id } = result.check
  if (result.outcome !== other.outcome) {
    return [{ id, message: `${result.outcome} here, ${other.outcome} at the reference` }]
  }
  // Several members at once: whose answer comes first is chance, only the outcome is held against the other's.
  if (result.check.theme === 'groups') return []
  const found: CheckDifference[] = []
  // Offsets follow from what was written: none of these answers is the first.
  const memory = { renames: new Renames(), bound: new Map<string, number>(), differed: true }
  for (const [index, a] of result.seen.entries()) {
    const b = other.seen[index]
    if (!b || a.apiKey !== b.apiKey || a.apiVersion !== b.apiVersion || a.body === null || b.body === null) break
    const api = apiName(a.apiKey) ?? `${a.apiKey}`
    const options = { scope: id, learn: true, lenientA: false, lenientB: false, ranges: false }
    const values = new ValueComparison(memory, options)
    values.compare(a.body, b.body, rules.root(api, 'response', null), '', '')
    for (const { message } of values.differences) found.push({ id, message: `${api} v${a.apiVersion}: ${message}` })
  }
  return found.slice(0, MAX_TOLD)
}
