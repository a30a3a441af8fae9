/** The three ways in which `kafkascope proxy` shows what it sees: a screen, a line per exchange, JSON lines. */

import type { ExpandContext } from '../codec/expand.ts'
import type { JsonObject } from '../codec/json-text.ts'
import type { Observed } from '../findings/pipeline.ts'
import type { BrokerRow, Notice } from '../proxy/notice.ts'
import { plural } from '../report/format.ts'
import type { Sink } from './io.ts'
import { LineQueue } from './line-queue.ts'
import type { ProxyOptions } from './proxy-options.ts'

/** What only the proxy knows of a session. */
export interface RelayCounts {
  /** Bytes relayed and not looked at. */
  readonly skippedBytes: number
  readonly untouched: number
  /** Connections of clients for which no connection to their broker could be had. */
  readonly upstreamFailures: number
}

export interface ProxyView {
  push(observed: Observed): void
  notice(notice: Notice): void
  brokers(rows: readonly BrokerRow[]): void
  /** Shows a summary; resolves when it is out, or nobody reads. */
  end(counts: RelayCounts): Promise<void>
}

type Filter = ((json: JsonObject) => boolean) | null

/** What goes to stderr beside the lines: notices, and the rows of the table that are new. */
class Aside {
  private readonly shown = new Map<string, string>()
  private readonly stderr: Sink
  private readonly quiet: boolean

  constructor(stderr: Sink, quiet: boolean) {
    this.stderr = stderr
    this.quiet = quiet
  }

  notice({ level, text }: Notice): void {
    if (!this.quiet || level === 'warning') this.stderr.write(`proxy: ${text}\n`)
  }

  brokers(rows: readonly BrokerRow[]): void {
    if (this.quiet) return
    for (const { node, listener, upstream } of rows) {
      const line = `${node === null ? 'upstream' : `node ${node}`} -> ${listener} -> ${upstream}`
      if (this.shown.get(upstream) === line) continue
      this.shown.set(upstream, line)
      this.stderr.write(`proxy: ${line}\n`)
    }
  }
}

/** A pipe whose reader has gone ends nothing: clients are still being served. */
function watchStdout(stdout: Sink, aside: Aside): void {
  const text = 'stdout is closed: nothing more is shown; relaying goes on, Ctrl-C ends it'
  void stdout.whenClosed?.then(() => aside.notice({ level: 'warning', text }))
}

const left = ({ skippedBytes, untouched, upstreamFailures }: RelayCounts, dropped: number): string[] => [
  ...(upstreamFailures > 0
    ? [`${plural(upstreamFailures, 'connection')} refused by upstream, or it was not reached`]
    : []),
  ...(skippedBytes > 0 ? [`${skippedBytes} bytes relayed but not looked at: too much came at once`] : []),
  ...(untouched > 0 ? [`${untouched} answers passed with their addresses as they were`] : []),
  ...(dropped > 0 ? [`${dropped} lines dropped: nobody read them`] : []),
]

/** A line per exchange on stdout, and for what belongs to none (TLS on a plain port, bytes not seen); all else on stderr. */
export async function lineView(
  options: ProxyOptions,
  filter: Filter,
  context: ExpandContext,
  stdout: Sink,
  stderr: Sink,
  color: boolean,
): Promise<ProxyView> {
  const [{ exchangeHeading, observedLine }, { TextSummary }, { exchangeJson }] = await Promise.all([
    import('../report/lines.ts'),
    import('../report/text-summary.ts'),
    import('../report/exchange-json.ts'),
  ])
  const queue = new LineQueue(stdout)
  const aside = new Aside(stderr, options.quiet ?? false)
  watchStdout(stdout, aside)
  const summary = new TextSummary()
  let headed = false
  const json = { expand: options.expand ?? false, showSecrets: options.showSecrets ?? false, context }
  return {
    push: (observed) => {
      summary.add(observed)
      if (observed.type === 'exchange' && filter && !filter(exchangeJson(observed.exchange, observed.findings, json))) {
        return
      }
      const line = observedLine(observed, { color })
      if (line === null) return
      // On stderr: stdout has a line an exchange and nothing else.
      if (!headed && !options.quiet) stderr.write(`${exchangeHeading()}\n`)
      headed = true
      queue.write(line)
    },
    notice: (notice) => aside.notice(notice),
    brokers: (rows) => aside.brokers(rows),
    end: async (counts) => {
      await queue.end(null)
      if (options.quiet) return
      for (const line of summary.lines(left(counts, queue.dropped))) stderr.write(`${line}\n`)
    },
  }
}

/** `--json`: nothing but JSON on stdout. */
export async function jsonView(
  options: ProxyOptions,
  filter: Filter,
  context: ExpandContext,
  stdout: Sink,
  stderr: Sink,
): Promise<ProxyView> {
  const { JsonLines } = await import('../report/json-lines.ts')
  const { fields = false, hex = false, expand = false, showSecrets = false, quiet = false } = options
  const queue = new LineQueue(stdout)
  const aside = new Aside(stderr, quiet)
  watchStdout(stdout, aside)
  const lines = new JsonLines({ fields, hex, expand, showSecrets, context, filter: filter ?? undefined })
  return {
    push: (observed) => {
      for (const line of lines.lines(observed)) queue.write(line)
    },
    notice: (notice) => aside.notice(notice),
    brokers: (rows) => aside.brokers(rows),
    end: ({ skippedBytes, untouched, upstreamFailures }) => {
      const counts = { droppedLines: queue.dropped, skippedBytes, untouchedAnswers: untouched, upstreamFailures }
      return queue.end(lines.summary(counts).join('\n'))
    },
  }
}

/**
 * The screen; `onQuit` when the person wants to leave. The filter is the one the screen begins with. Throws where the
 * terminal can't show it.
 */
export async function screenView(
  options: ProxyOptions,
  context: ExpandContext,
  subtitle: string,
  stderr: Sink,
  onQuit: () => void,
): Promise<ProxyView> {
  const [{ startTui }, { TextSummary }, { exchangeJson }] = await Promise.all([
    import('../tui/app.ts'),
    import('../report/text-summary.ts'),
    import('../report/exchange-json.ts'),
  ])
  const { color = true, showSecrets = false, rewrite = true, filter } = options
  const summary = new TextSummary()
  const tui = startTui({
    title: 'kafkascope',
    subtitle,
    onQuit,
    exchangeJson,
    context,
    showSecrets,
    rewritten: rewrite,
    ...(filter === undefined ? {} : { filter }),
    ...(color ? {} : { color }),
  })
  const aside = new Aside(stderr, true)
  return {
    push: (observed) => {
      summary.add(observed)
      tui.push(observed)
    },
    notice: (notice) => tui.notice(notice.text),
    brokers: (rows) => tui.brokers(rows),
    end: async (counts) => {
      tui.close()
      for (const line of summary.lines()) stderr.write(`${line}\n`)
      for (const text of left(counts, 0)) aside.notice({ level: 'warning', text })
    },
  }
}
