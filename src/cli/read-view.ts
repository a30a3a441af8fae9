/** The ways in which `kafkascope read` shows what it finds: lines, JSON lines, statistics, a screen. */
import type { ExpandContext } from '../codec/expand.ts'
import type { JsonObject } from '../codec/json-text.ts'
import type { Observed } from '../findings/pipeline.ts'
import type { Sink } from './io.ts'
import type { ReadOptions } from './read-options.ts'

/** `context`: what the session has learned so far, for `--expand`. */
export interface ReadView {
  /** Shows an event. True for an exchange that passed the filter. */
  push(observed: Observed): boolean
  /** All is read. `more` is for the summary: as JSON, and in words. */
  end(more: JsonObject, words: readonly string[]): void
}

type Filter = ((json: JsonObject) => boolean) | null

const passes = async (
  options: ReadOptions,
  filter: Filter,
  context: ExpandContext,
): Promise<(observed: Observed) => boolean> => {
  const { exchangeJson } = await import('../report/exchange-json.ts')
  const json = { expand: options.expand ?? false, showSecrets: options.showSecrets ?? false, context }
  return (observed) =>
    observed.type === 'exchange' && (!filter || filter(exchangeJson(observed.exchange, observed.findings, json)))
}

/** `--json`: nothing but JSON on stdout; with `--stats` the summary only, with tables. */
export async function jsonView(
  options: ReadOptions,
  filter: Filter,
  context: ExpandContext,
  stdout: Sink,
): Promise<ReadView> {
  const [{ JsonLines }, { Stats }] = await Promise.all([
    import('../report/json-lines.ts'),
    import('../report/stats.ts'),
  ])
  const { fields = false, hex = false, expand = false, showSecrets = false } = options
  const lines = new JsonLines({ fields, hex, expand, showSecrets, context, filter: filter ?? undefined })
  const stats = options.stats ? new Stats() : null
  return {
    push: (observed) => {
      const printed = lines.lines(observed)
      if (stats && printed.length > 0) stats.add(observed)
      if (!stats) for (const line of printed) stdout.write(`${line}\n`)
      return observed.type === 'exchange' && printed.length > 0
    },
    end: (more) => {
      stdout.write(`${lines.summary(stats ? { ...more, stats: stats.json() } : more).join('\n')}\n`)
    },
  }
}

/** A line for each exchange, gap and finding on stdout; the summary on stderr. */
export async function lineView(
  options: ReadOptions,
  filter: Filter,
  context: ExpandContext,
  stdout: Sink,
  stderr: Sink,
): Promise<ReadView> {
  const [{ observedLine }, { TextSummary }, shown] = await Promise.all([
    import('../report/lines.ts'),
    import('../report/text-summary.ts'),
    passes(options, filter, context),
  ])
  const summary = new TextSummary()
  return {
    push: (observed) => {
      summary.add(observed)
      const show = shown(observed)
      const line = show || observed.type === 'gap' || observed.type === 'finding' ? observedLine(observed) : null
      if (line !== null) stdout.write(`${line}\n`)
      return show
    },
    end: (_more, words) => {
      if (!options.quiet) for (const line of summary.lines(words)) stderr.write(`${line}\n`)
    },
  }
}

/** `--stats`: nothing but tables, on stdout. */
export async function statsView(
  options: ReadOptions,
  filter: Filter,
  context: ExpandContext,
  stdout: Sink,
): Promise<ReadView> {
  const [{ Stats }, { TextSummary }, shown] = await Promise.all([
    import('../report/stats.ts'),
    import('../report/text-summary.ts'),
    passes(options, filter, context),
  ])
  const stats = new Stats()
  const summary = new TextSummary()
  return {
    push: (observed) => {
      const show = shown(observed)
      if (show || observed.type !== 'exchange') summary.add(observed)
      if (show) stats.add(observed)
      return show
    },
    end: (_more, words) => {
      for (const line of [...stats.lines(), ...summary.lines(words)]) stdout.write(`${line}\n`)
    },
  }
}

/** The screen, whose filter is the person's to change; `onQuit` when they want to leave. Throws where the terminal can't show it. */
export async function screenView(
  options: ReadOptions,
  filter: Filter,
  context: ExpandContext,
  subtitle: string,
  onQuit: () => void,
): Promise<ReadView & { close(): void }> {
  const [{ startTui }, { exchangeJson }, shown, { exchangeFilter }] = await Promise.all([
    import('../tui/app.ts'),
    import('../report/exchange-json.ts'),
    passes(options, filter, context),
    import('./read-options.ts'),
  ])
  const { filter: expression, ...others } = options
  const { color = true, showSecrets = false } = others
  const times = await exchangeFilter(others)
  const inTime = await passes(options, times, context)
  const tui = startTui({
    title: 'kafkascope',
    subtitle,
    onQuit,
    exchangeJson,
    context,
    showSecrets,
    ...(expression === undefined ? {} : { filter: expression }),
    ...(color ? {} : { color }),
  })
  return {
    push: (observed) => {
      // Of times an exchange is judged when it is complete, so its request is not shown before.
      const kept = observed.type === 'request' ? !times : observed.type !== 'exchange' || inTime(observed)
      if (kept) tui.push(observed)
      return shown(observed)
    },
    end: (_more, words) => {
      for (const text of words) tui.notice(text)
    },
    close: () => tui.close(),
  }
}
