/** `--json`: one JSON object a line, in the order of what was observed, a summary last. */
import { type JsonObject, printJson } from '../codec/json-text.ts'
import type { Observed } from '../findings/pipeline.ts'
import { exchangeJson, findingJson, type JsonOptions, seconds } from './exchange-json.ts'
import { SeenGroups } from './groups.ts'
import { Tally } from './tally.ts'

export interface JsonLinesOptions extends JsonOptions {
  /** Exchanges that it refuses are counted and not printed. */
  readonly filter?: ((json: JsonObject) => boolean) | undefined
}

export class JsonLines {
  private readonly options: JsonLinesOptions
  private readonly tally = new Tally()
  private readonly groups = new SeenGroups()
  private shown = 0

  constructor(options: JsonLinesOptions = {}) {
    this.options = options
  }

  /** The lines of one observation, without line ends: one for a complete exchange, a finding or a gap, else none. */
  lines(observed: Observed): string[] {
    this.tally.add(observed)
    this.groups.add(observed)
    switch (observed.type) {
      case 'exchange':
        return this.exchange(observed)
      case 'finding': {
        const { finding, connection, time } = observed
        return [print({ type: 'finding', time: seconds(time), connection, ...findingJson(finding) })]
      }
      case 'gap': {
        const { connection, direction, time, bytes, skipped } = observed
        return [print({ type: 'gap', time: seconds(time), connection: connection.id, direction, bytes, skipped })]
      }
      default:
        return []
    }
  }

  /**
   * The last lines: one for each group, then the summary. `more` adds what only the caller knows,
   * such as lines that nobody read.
   */
  summary(more: JsonObject = {}): string[] {
    const filtered = this.options.filter ? { shown: this.shown } : {}
    const summary = { type: 'summary', ...this.tally.json(), ...filtered, ...more }
    return [...this.groups.json(), summary].map((json) => print(json))
  }

  private exchange({ exchange, findings }: Extract<Observed, { type: 'exchange' | 'request' }>): string[] {
    const json = exchangeJson(exchange, findings, this.options)
    for (const frame of [json.request, json.response]) {
      if (frame) this.tally.notDecoded((frame as JsonObject).notDecoded)
    }
    if (this.options.filter && !this.options.filter(json)) return []
    this.shown++
    return [print(json, () => this.tally.notDecoded('too long to print'))]
  }
}

/** A line of JSON. What is too long for a string of this engine (half a gigabyte) loses its frames' contents. */
function print(json: JsonObject, shortened?: () => void): string {
  try {
    return printJson(json)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    shortened?.()
    return printJson({ ...json, request: bare(json.request), response: bare(json.response) })
  }
}

function bare(frame: JsonObject[string] | undefined): JsonObject | null {
  if (!frame) return null
  const { time = null, packet, size = null, header = null } = frame as JsonObject
  return {
    time,
    ...(packet === undefined ? {} : { packet }),
    size,
    header,
    body: null,
    notDecoded: 'too long to print',
  }
}
