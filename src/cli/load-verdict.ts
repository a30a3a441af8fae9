/** What is wrong with a run, in sentences: none where all is well. */
import { safeShort } from '../bytes/safe-text.ts'
import { countText, plural } from '../report/format.ts'
import type { LoadResult } from './load-run.ts'

const MAX_ERROR = 300

export function problemsOf(result: LoadResult): string[] {
  const { failed, failures, lost, duplicates, consumers, interrupted } = result
  const problems: string[] = []
  if (failed > 0) {
    const [message = '', count = 0] = failures[0] ?? []
    const most = failures.length > 1 ? `, ${countText(count)} of them` : ''
    problems.push(`${plural(failed, 'message')} not acknowledged${most}: ${safeShort(message, MAX_ERROR)}`)
  }
  if (lost > 0) problems.push(`${plural(lost, 'message')} lost: acknowledged, but no consumer got them`)
  if (duplicates.afterLastRebalance > 0) {
    problems.push(`${plural(duplicates.afterLastRebalance, 'message')} read twice after the last rebalance`)
  }
  if (consumers.length > 0 && !interrupted) problems.push(...groupProblems(result))
  return problems
}

function groupProblems({ topic, consumers }: LoadResult): string[] {
  const problems: string[] = []
  const partitions = topic.partitions.length
  const generation = Math.max(...consumers.map((consumer) => consumer.generation))
  for (const { name, gaveUp, partitions: owned, generation: its, events } of consumers) {
    const failure = events.filter(({ type }) => type === 'failed').at(-1)
    const why = failure?.type === 'failed' ? `: ${safeShort(failure.message, MAX_ERROR)}` : ''
    if (gaveUp) problems.push(`${name} gave up${why}`)
    else if (owned === null) problems.push(`${name} has no place in the group${why}`)
    else if (owned.length === 0 && partitions >= consumers.length) {
      problems.push(`${name} is left without partitions, although there are ${partitions} for ${consumers.length}`)
    } else if (its !== generation) problems.push(`${name} is still in generation ${its}, others are in ${generation}`)
  }
  const owners = new Map<number, string[]>()
  for (const { name, partitions: owned } of consumers) {
    for (const partition of owned ?? []) owners.set(partition, [...(owners.get(partition) ?? []), name])
  }
  const nobody = topic.partitions.filter(({ partition }) => !owners.has(partition)).map(({ partition }) => partition)
  if (nobody.length > 0)
    problems.push(`nobody reads ${nobody.length === 1 ? 'partition' : 'partitions'} ${nobody.join(', ')}`)
  for (const [partition, names] of owners) {
    if (names.length > 1) problems.push(`partition ${partition} is read by ${names.join(' and ')}`)
  }
  return problems
}
