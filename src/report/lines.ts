/** One line per exchange, for a pipe. Columns are aligned; text from the wire comes out escaped. */
import { Chalk, type ChalkInstance } from 'chalk'
import { safe, safeShort } from '../bytes/safe-text.ts'
import { errorIn } from '../codec/errors-in.ts'
import { decodeFrame } from '../codec/frame.ts'
import { Run } from '../codec/run.ts'
import { type Finding, type Severity, worst } from '../findings/finding.ts'
import type { Observed } from '../findings/pipeline.ts'
import type { Exchange } from '../session/exchange.ts'
import { latencyMs } from './exchange-json.ts'
import { clockText, countText, msText, plural, sizeText } from './format.ts'

export interface LineOptions {
  readonly color?: boolean
  /** Columns of the terminal; a line that is longer loses its end. None: findings are cut at a sentence's length. */
  readonly width?: number
}

const WIDTHS = { id: 6, time: 12, connection: 4, client: 16, api: 27, correlation: 6, size: 7, latency: 7 } as const
const MAX_FINDING = 400

/** The columns' names, above the first line. */
export function exchangeHeading(): string {
  return columns(['id', 'time', 'conn', 'client', 'api', 'corr', 'request', 'answer', 'ms'], 'error  finding')
}

/** The line of an exchange, without line end. `error`: of its answer, where that is known already. */
export function exchangeLine(
  exchange: Exchange,
  findings: readonly Finding[],
  options: LineOptions = {},
  error: string | null = errorOf(exchange),
): string {
  const { request, response, connection } = exchange
  const first = request ?? response
  const ms = latencyMs(exchange)
  const cells = columns(
    [
      String(exchange.id),
      first ? clockText(first.time) : '',
      String(connection.id),
      safeShort(exchange.clientId ?? '', WIDTHS.client),
      `${safeShort(exchange.api, WIDTHS.api - 5)} v${exchange.apiVersion}`,
      exchange.framing === 'sasl' ? '' : String(exchange.correlationId),
      request ? sizeText(request.size) : '-',
      response ? sizeText(response.size) : '-',
      ms === null ? '-' : msText(ms),
    ],
    '',
  )
  const note = error ?? (exchange.noResponse === null ? '' : `(${exchange.noResponse})`)
  const finding = worst(findings)
  const room = options.width === undefined ? MAX_FINDING : Math.max(0, options.width - cells.length - 2)
  const shownNote = safeShort(note, room)
  const text =
    finding === null ? '' : safeShort(findingText(finding, findings.length), Math.max(0, room - shownNote.length - 2))
  return paint(cells, shownNote, error !== null, text, finding?.severity ?? null, options.color ?? false)
}

/**
 * The line of whatever was observed: an exchange, a finding that belongs to none, or bytes that are missing; null for
 * what has no line.
 */
export function observedLine(observed: Observed, options: LineOptions = {}): string | null {
  switch (observed.type) {
    case 'exchange':
      return exchangeLine(observed.exchange, observed.findings, options, observed.error)
    case 'finding': {
      const { finding, connection, time } = observed
      const text = safeShort(findingText(finding, 1), (options.width ?? MAX_FINDING) - EVENT_START)
      return paint(eventStart(time, connection), '', false, text, finding.severity, options.color ?? false)
    }
    case 'gap': {
      const { connection, time, direction, bytes, skipped } = observed
      const side = direction === 'request' ? 'requests' : 'answers'
      const lost = bytes > 0 ? plural(bytes, 'byte') : 'an unknown number of bytes'
      const note = `(${lost} of the ${side} missing, ${countText(skipped)} passed over)`
      return paint(eventStart(time, connection.id), note, false, '', null, options.color ?? false)
    }
    default:
      return null
  }
}

const eventStart = (time: number, connection: number | null): string =>
  `${' '.repeat(WIDTHS.id)}  ${clockText(time)}  ${String(connection ?? '').padStart(WIDTHS.connection)}`
const EVENT_START = WIDTHS.id + WIDTHS.time + WIDTHS.connection + 6

/** The error of an answer by name; null where all is well, or the answer can't be read. */
export function errorOf({ response, framing }: Exchange): string | null {
  if (!response || framing !== 'kafka') return null
  return errorIn(decodeFrame(response.bytes, response, run, response.headerVersion))
}

const run = new Run()

type Cells = readonly [string, string, string, string, string, string, string, string, string]

function columns([id, time, connection, client, api, correlation, request, response, ms]: Cells, rest: string): string {
  return [
    id.padStart(WIDTHS.id),
    time.padEnd(WIDTHS.time),
    connection.padStart(WIDTHS.connection),
    client.padEnd(WIDTHS.client),
    api.padEnd(WIDTHS.api),
    correlation.padStart(WIDTHS.correlation),
    request.padStart(WIDTHS.size),
    response.padStart(WIDTHS.size),
    ms.padStart(WIDTHS.latency),
    rest,
  ]
    .join('  ')
    .trimEnd()
}

const MARKS: Readonly<Record<Severity, string>> = { error: 'x', warning: '!', note: '-' }

/** Code, sentence, place and the likeliest cause; a sentence alone would send the reader to `--json` for the rest. */
function findingText({ severity, code, message, path, offset, causes: [cause] }: Finding, count: number): string {
  const more = count > 1 ? ` (and ${count - 1} more)` : ''
  const place = path ? ` [${safe(path)} at ${offset}]` : ''
  const why = cause ? ` Cause: ${cause.cause} (${cause.score.toFixed(2)}), ${safe(cause.message)}` : ''
  return `${MARKS[severity]} ${code}: ${safe(message)}${place}${more}${why}`
}

const PLAIN = new Chalk({ level: 0 })
const COLORS = new Chalk({ level: 1 })

function paint(
  cells: string,
  note: string,
  isError: boolean,
  finding: string,
  severity: Severity | null,
  color: boolean,
): string {
  const chalk: ChalkInstance = color ? COLORS : PLAIN
  const parts = [cells]
  if (note) parts.push(isError ? chalk.yellow(note) : chalk.dim(note))
  if (finding)
    parts.push(
      severity === 'error' ? chalk.red(finding) : severity === 'warning' ? chalk.yellow(finding) : chalk.dim(finding),
    )
  return parts.join('  ')
}
