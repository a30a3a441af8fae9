/** `kafkascope encode`: JSON, shaped as Kafka's own converters print it, to bytes. */
import { Command, Option } from 'commander'
import { toHex } from '../bytes/hex.ts'
import { safeShort } from '../bytes/safe-text.ts'
import { encodeFrame, encodeMessage } from '../codec/encode.ts'
import { type JsonObject, type JsonValue, parseJson, printJson } from '../codec/json-text.ts'
import { frameHeader, messageTable, requestHeaderVersion, responseHeaderVersion } from '../codec/messages.ts'
import type { Model } from '../schema/model.ts'
import { parseObject } from './decode-input.ts'
import { refusal } from './decode-lines.ts'
import { droppedFields } from './dropped.ts'
import { CliError } from './errors.ts'
import { type Io, processIo, writeLine } from './io.ts'
import { type Line, linesOf } from './lines.ts'
import { InputError, messageFor } from './messages.ts'
import { refuseWith, refuseWithout } from './refuse.ts'

export interface EncodeOptions {
  readonly jsonl?: boolean
  readonly api?: string
  readonly apiVersion?: string
  readonly kind?: 'request' | 'response'
  readonly frame?: boolean
  readonly correlationId?: string
  readonly clientId?: string
  readonly json?: boolean
}

const EXAMPLES = `
Examples:
  kafkascope encode --api Heartbeat --api-version 0 --kind response '{"errorCode":27}'
  kafkascope encode --api Metadata --api-version 4 --kind request --frame --client-id me '{"topics":null}'
  echo '{"name":"HeartbeatResponse","version":0,"json":{"errorCode":27}}' | kafkascope encode --jsonl
`

export function encodeCommand(): Command {
  return new Command('encode')
    .description('JSON to bytes: one message, or many as JSON lines')
    .argument('[json]', "the message's JSON; - reads it from stdin")
    .option('--jsonl', 'lines {"name","version","json"} on stdin, lines {"ok","hex"} on stdout')
    .option('--api <name>', 'an API, by name or key, or a message by its name')
    .option('--api-version <n>', 'the version of the API or message')
    .addOption(new Option('--kind <kind>', 'which message of an API').choices(['request', 'response']))
    .option('--frame', 'a whole frame: size, header and body')
    .option('--correlation-id <n>', "for the frame's header (default: 0)")
    .option('--client-id <text>', "for a request's header (none: null)")
    .option('--json', 'one JSON object on stdout')
    .addHelpText('after', EXAMPLES)
    .action(async (json: string | undefined, options: EncodeOptions) => {
      process.exitCode = await run(json, options, processIo())
    })
}

/** Runs the command; returns the exit status. Throws CliError on a bad command line or bad JSON. */
export async function run(json: string | undefined, options: EncodeOptions, io: Io): Promise<number> {
  checkOptions(json, options)
  if (options.jsonl) return (await encodeLines(io)) ? 0 : 1
  if (!options.api || options.apiVersion === undefined || json === undefined) {
    throw new CliError('encode: want --jsonl, or --api, --api-version and the JSON of the message')
  }
  try {
    const { bytes, dropped } = encodeOne(json === '-' ? await readText(io) : json, options)
    const hex = toHex(bytes)
    if (dropped.length > 0 && !options.json) {
      io.stderr.write(`encode: left out, this version has no such field: ${safeShort(dropped.join(', '), 400)}\n`)
    }
    await writeLine(io.stdout, options.json ? printJson({ ok: true, hex, ...droppedJson(dropped) }) : hex)
    return 0
  } catch (error) {
    throw new CliError(`encode: ${(error as Error).message}`)
  }
}

/** Options that nobody would look at. */
function checkOptions(json: string | undefined, options: EncodeOptions): void {
  const { jsonl, frame, api, apiVersion, kind, correlationId, clientId } = options
  const framing = { '--correlation-id': correlationId, '--client-id': clientId }
  if (jsonl)
    refuseWith('encode: --jsonl', { '--api': api, '--api-version': apiVersion, '--kind': kind, '--frame': frame })
  if (jsonl && json !== undefined) throw new CliError('encode: --jsonl reads stdin: no JSON can be given beside it')
  if (!frame) refuseWithout('encode', '--frame', framing)
  if (options.frame && kind === 'response') refuseWith('encode: a response', { '--client-id': clientId })
}

interface Encoded {
  readonly bytes: Uint8Array
  /** Paths of ignorable fields that the version lacks. */
  readonly dropped: readonly string[]
}

function encodeOne(json: string, options: EncodeOptions): Encoded {
  const version = wholeNumber(options.apiVersion!, '--api-version', 0, 32767)
  const { model } = messageFor(options.api!, version, options.kind)
  const body = parseText(json)
  const dropped = droppedFields(messageTable(model.name)!, version, body)
  return { bytes: options.frame ? frameOf(model, body, options) : encodeMessage(model, body), dropped }
}

const droppedJson = (dropped: readonly string[]): JsonObject => (dropped.length === 0 ? {} : { dropped: [...dropped] })

function frameOf(model: Model, body: JsonValue, options: EncodeOptions): Uint8Array {
  if (model.kind !== 'request' && model.kind !== 'response') throw new InputError(`${model.name} comes in no frame`)
  const { version } = model
  const correlationId = wholeNumber(options.correlationId ?? '0', '--correlation-id', -0x80000000, 0x7fffffff)
  const key = model.apiKey!
  if (model.kind === 'response') {
    const header = frameHeader('response', responseHeaderVersion(key, version)).model
    return encodeFrame(header, { correlationId }, model, body)
  }
  const header = frameHeader('request', requestHeaderVersion(key, version)).model
  const clientId = options.clientId ?? null
  return encodeFrame(header, { requestApiKey: key, requestApiVersion: version, correlationId, clientId }, model, body)
}

function wholeNumber(text: string, option: string, low: number, high: number): number {
  const value = /^-?\d{1,10}$/.test(text) ? Number(text) : Number.NaN
  if (value >= low && value <= high) return value
  throw new InputError(`${option} ${safeShort(text, 40)}: want a whole number from ${low} to ${high}`)
}

function parseText(text: string): JsonValue {
  try {
    return parseJson(text)
  } catch (error) {
    throw new InputError(`no JSON: ${(error as Error).message}`)
  }
}

async function readText(io: Io): Promise<string> {
  const lines: string[] = []
  for await (const line of linesOf(io.stdin)) {
    if (typeof line !== 'string') throw new InputError(line.refused)
    lines.push(line)
  }
  return lines.join('\n')
}

/** Answers every line of stdin; returns whether all were `ok`. */
async function encodeLines(io: Io): Promise<boolean> {
  let ok = true
  for await (const line of linesOf(io.stdin)) {
    const answer = encodeLine(line)
    ok &&= answer.ok
    await writeLine(io.stdout, answer.text)
    if (io.stdout.closed) break
  }
  return ok
}

/** The answer to one line of `encode --jsonl`: `hex` of the body, or an `error` with the field's path. Never throws. */
export function encodeLine(line: Line): { readonly ok: boolean; readonly text: string } {
  let others: JsonObject = {}
  try {
    if (typeof line !== 'string') throw new InputError(line.refused)
    const { name, version, kind, json, ...rest } = parseObject(line)
    others = rest
    if (typeof name !== 'string') throw new InputError('name: want the name of a message')
    if (typeof version !== 'number') throw new InputError('version: want a whole number')
    if (json === undefined) throw new InputError("json: want the message's JSON")
    const { model } = messageFor(name, version, typeof kind === 'string' ? kind : undefined)
    const dropped = droppedJson(droppedFields(messageTable(model.name)!, version, json))
    return { ok: true, text: printJson({ ...others, ok: true, hex: toHex(encodeMessage(model, json)), ...dropped }) }
  } catch (error) {
    return { ok: false, text: refusal(others, error) }
  }
}
