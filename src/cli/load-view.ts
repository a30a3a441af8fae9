/** How a run of `kafkascope load` is shown: a bar while it goes on, a summary after it, as text or JSON lines. */
import { safe, safeShort } from '../bytes/safe-text.ts'
import { type JsonObject, printJson } from '../codec/json-text.ts'
import { findingJson } from '../report/exchange-json.ts'
import { countText, msText, plural, sizeText } from '../report/format.ts'
import type { Latencies } from '../report/latencies.ts'
import type { Consumer, ConsumerEvent } from './load-consume.ts'
import type { Found, Inspection } from './load-inspect.ts'
import type { LoadPlan } from './load-options.ts'
import type { LoadProgress, LoadResult } from './load-run.ts'

const QUANTILES = [
  ['p50', 0.5],
  ['p95', 0.95],
  ['p99', 0.99],
  ['p999', 0.999],
  ['max', 1],
] as const
const BAR_CELLS = 20
/** Findings, causes and reasons that a summary shows. */
const MAX_FOUND = 10
const MAX_CAUSES = 3
const MAX_FAILURES = 5
const MAX_MESSAGE = 600

/** One line for a terminal, without line end. */
export function progressLine({ fraction, sent, acknowledged, read, elapsedMs, p99Ms }: LoadProgress): string {
  const full = Math.round(fraction * BAR_CELLS)
  const bar = `[${'#'.repeat(full)}${'.'.repeat(BAR_CELLS - full)}]`
  const rate = elapsedMs > 0 ? countText(Math.round((acknowledged * 1000) / elapsedMs)) : '0'
  const p99 = p99Ms === null ? '' : `  p99 ${msText(p99Ms)} ms`
  return `load ${bar} ${Math.round(fraction * 100)}%  sent ${countText(sent)}  ${rate}/s${p99}  read ${countText(read)}`
}

const secondsText = (ms: number): string => `${(ms / 1000).toFixed(2)} s`
const partitionsText = (partitions: readonly number[]): string =>
  partitions.length === 0
    ? 'no partitions'
    : `${partitions.length === 1 ? 'partition' : 'partitions'} ${partitions.join(', ')}`

/** What happened to a consumer, for people. */
export function eventText(event: ConsumerEvent): string {
  switch (event.type) {
    case 'joined':
      return `joined generation ${event.generation}${event.leads ? ' as its leader' : ''}`
    case 'assigned':
      return `got ${partitionsText(event.partitions)}`
    case 'rebalance':
      return `gave them back: the group rebalances after generation ${event.generation}`
    case 'failed':
      return safeShort(event.message, MAX_MESSAGE)
    case 'gave-up':
      return 'gave up'
    case 'left':
      return 'left'
  }
}

const perSecond = (count: number, ms: number): number => (ms > 0 ? (count * 1000) / ms : 0)

function quantileText(latencies: Latencies): string {
  const values = QUANTILES.map(([name, fraction]) => {
    const ms = latencies.quantile(fraction)
    return `${name === 'p999' ? 'p99.9' : name} ${ms === null ? '-' : msText(ms)}`
  })
  return values.join('  ')
}

/** The summary for people. `problems`: what is wrong with the run. */
export function summaryLines(
  plan: LoadPlan,
  result: LoadResult,
  inspection: Inspection,
  problems: readonly string[],
): string[] {
  const { acknowledged, sent, elapsedMs, produceLatencies, consumeLatencies, read, lost, duplicates } = result
  const rate = perSecond(acknowledged, elapsedMs)
  const lines = [
    `${plural(acknowledged, 'message')} of ${countText(sent)} acknowledged in ${secondsText(elapsedMs)}: ` +
      `${countText(Math.round(rate))} a second, ${sizeText(Math.round(rate * plan.size))}/s`,
    `  produce ms   ${quantileText(produceLatencies)}`,
  ]
  if (consumeLatencies) {
    const repeats = duplicates.all > 0 ? ` (${countText(duplicates.afterLastRebalance)} after the last rebalance)` : ''
    lines.push(
      `  consume ms   ${quantileText(consumeLatencies)}`,
      `${plural(read, 'message')} read, ${countText(lost)} lost, ${countText(duplicates.all)} read again${repeats}; ` +
        `${plural(result.rebalances, 'rebalance')}`,
    )
    for (const consumer of result.consumers) lines.push(...consumerLines(consumer))
  }
  for (const [message, count] of result.failures.slice(0, MAX_FAILURES)) {
    lines.push(`${countText(count).padStart(9)}  ${safeShort(message, MAX_MESSAGE)}`)
  }
  lines.push(...foundLines(inspection))
  if (result.interrupted) lines.push('interrupted: what was not read yet is not counted as lost')
  return [...lines, ...problems.map((problem) => `failed: ${problem}`)]
}

function consumerLines({ name, own, events, droppedEvents }: Consumer): string[] {
  const shown: string[] = []
  for (let i = 0; i < events.length; ) {
    const { atMs } = events[i]!
    const text = eventText(events[i]!)
    const from = i
    // Whoever tries again and again fails in the same way.
    while (i < events.length && eventText(events[i]!) === text) i++
    const times = i - from > 1 ? ` (${i - from} times)` : ''
    shown.push(`  ${secondsText(atMs).padStart(9)}  ${text}${times}`)
  }
  const more = droppedEvents > 0 ? [`  ${plural(droppedEvents, 'event')} more`] : []
  return [`${name}: ${plural(own, 'message')}`, ...shown, ...more]
}

function foundLines(inspection: Inspection): string[] {
  const { found, severities } = inspection
  const { error: errors, warning: warnings, note: notes } = severities
  if (found.length === 0) return []
  const counts = `${plural(errors, 'error')}, ${plural(warnings, 'warning')}, ${plural(notes, 'note')} on the wire`
  const lines = [counts, ...found.slice(0, MAX_FOUND).flatMap(findingLines)]
  return found.length > MAX_FOUND ? [...lines, `  ${plural(found.length - MAX_FOUND, 'kind')} more`] : lines
}

function findingLines({ finding, count }: Found): string[] {
  const { severity, code, api, apiVersion, kind, message, causes, clients } = finding
  const of = api === undefined ? '' : ` ${api} v${apiVersion} ${kind ?? ''}`
  const times = count > 1 ? ` (${countText(count)} times)` : ''
  return [
    `  ${severity} ${code}${safe(of)}${times}: ${safeShort(message, MAX_MESSAGE)}`,
    ...causes
      .slice(0, MAX_CAUSES)
      .map((cause) => `    ${cause.score.toFixed(2)}  ${cause.cause}: ${safeShort(cause.message, MAX_MESSAGE)}`),
    ...Object.entries(clients ?? {}).map(([name, text]) => `    ${name} will say: ${safeShort(text, MAX_MESSAGE)}`),
  ]
}

/** The lines of `--json`: findings, consumers, then the summary. */
export function jsonLines(
  plan: LoadPlan,
  result: LoadResult,
  inspection: Inspection,
  problems: readonly string[],
): string[] {
  return [
    ...inspection.found.map(({ finding, count }) => ({ type: 'finding', count, ...findingJson(finding) })),
    ...result.consumers.map(consumerJson),
    summaryJson(plan, result, inspection, problems),
  ].map((json) => printJson(json))
}

const consumerJson = (consumer: Consumer): JsonObject => ({
  type: 'consumer',
  name: consumer.name,
  startedMs: rounded(consumer.startedMs),
  messages: consumer.own,
  otherMessages: consumer.messages - consumer.own,
  generation: consumer.generation,
  partitions: consumer.partitions && [...consumer.partitions],
  gaveUp: consumer.gaveUp,
  events: consumer.events.map(({ atMs, ...event }) => ({ atMs: rounded(atMs), ...event }) as unknown as JsonObject),
  ...(consumer.droppedEvents > 0 ? { droppedEvents: consumer.droppedEvents } : {}),
})

function summaryJson(
  plan: LoadPlan,
  result: LoadResult,
  { exchanges, severities }: Inspection,
  problems: readonly string[],
): JsonObject {
  const { topic, group, acknowledged, elapsedMs, produceLatencies, consumeLatencies } = result
  return {
    type: 'summary',
    scenario: plan.scenario,
    ok: problems.length === 0 && severities.error === 0,
    problems: [...problems],
    interrupted: result.interrupted,
    topic: topic.name,
    partitions: topic.partitions.length,
    group,
    concurrency: plan.concurrency,
    acks: plan.acks,
    codec: plan.codec,
    size: plan.size,
    sent: result.sent,
    acknowledged,
    failed: result.failed,
    failures: result.failures.map(([message, count]) => ({ message, count })),
    elapsedMs: rounded(elapsedMs),
    messagesPerSecond: rounded(perSecond(acknowledged, elapsedMs)),
    produceMs: quantilesJson(produceLatencies),
    consumeMs: consumeLatencies && quantilesJson(consumeLatencies),
    read: result.read,
    lost: result.lost,
    duplicates: { ...result.duplicates },
    rebalances: result.rebalances,
    exchanges,
    severities: { ...severities },
  }
}

const rounded = (value: number): number => Math.round(value * 1000) / 1000

const quantilesJson = (latencies: Latencies): JsonObject =>
  Object.fromEntries(
    QUANTILES.map(([name, fraction]) => {
      const ms = latencies.quantile(fraction)
      return [name, ms === null ? null : rounded(ms)]
    }),
  )
