/** `decode --jsonl`: a line of JSON in, a line out, in order. A bad line is an answer, never the end of the run. */
import { toHex } from '../bytes/hex.ts'
import type { SpanTable } from '../bytes/spans.ts'
import type { CompiledMessage } from '../codec/compile.ts'
import { expandBody, expandFrame } from '../codec/expand.ts'
import { type DecodedFrame, decodeBody, decodeFrame, frameJson, peekRequest } from '../codec/frame.ts'
import { type JsonObject, type JsonValue, printJson } from '../codec/json-text.ts'
import { Run } from '../codec/run.ts'
import { valueAt } from '../codec/value.ts'
import type { Past } from '../findings/diagnosis/past.ts'
import type { Finding } from '../findings/finding.ts'
import { inspectBody, inspectFrame } from '../findings/inspect.ts'
import { fieldsOf, findingJson } from '../report/exchange-json.ts'
import { hasTooManyValues } from '../report/limits.ts'
import { type DecodeInput, type DecodeLine, readDecodeLine } from './decode-input.ts'
import type { Io } from './io.ts'
import { writeLine } from './io.ts'
import { type Line, linesOf } from './lines.ts'
import { InputError } from './messages.ts'

export interface DecodeOptions {
  readonly fields?: boolean
  readonly expand?: boolean
  readonly hex?: boolean
}

/** Answers every line of stdin; returns whether all were `ok`. Memory is bounded by the longest line. */
export async function decodeLines(options: DecodeOptions, io: Io): Promise<boolean> {
  let ok = true
  for await (const line of linesOf(io.stdin)) {
    const answer = answerLine(line, options)
    ok &&= answer.ok
    await writeLine(io.stdout, answer.text)
    if (io.stdout.closed) break
  }
  return ok
}

/** The answer to one line. Never throws. */
export function answerLine(line: Line, options: DecodeOptions = {}): { readonly ok: boolean; readonly text: string } {
  let others: JsonObject = {}
  try {
    if (typeof line !== 'string') throw new InputError(line.refused)
    const read: DecodeLine = readDecodeLine(line)
    others = read.others
    const answer = decodeInput(read.input(), options)
    return { ok: answer.ok === true, text: printJson({ ...others, ...answer }) }
  } catch (error) {
    return { ok: false, text: refusal(others, error, { findings: [] }) }
  }
}

/** `ok: false` with what was wrong with the line, or with what it would take to answer it. */
export function refusal(others: JsonObject, error: unknown, more: JsonObject = {}): string {
  const answer = { ok: false, error: error instanceof Error ? error.message : String(error), ...more }
  try {
    return printJson({ ...others, ...answer })
  } catch {
    // What was passed through is itself what can't be printed: nested too deep, or too long.
    return printJson(answer)
  }
}

const run = new Run()

const TOO_MANY = { notDecoded: 'too many values to show' } as const

/**
 * Decodes what a line asks for. Offsets count from the frame's size field, or from the body's first byte. `shown` are the
 * input's bytes with secrets masked, where they are to be: values come from them, findings from what was really there.
 * `past` is what the same source held before.
 */
export function decodeInput(
  input: DecodeInput,
  options: DecodeOptions,
  shown = input.bytes,
  past: Past | null = null,
): JsonObject {
  const answer = input.form === 'body' ? bodyAnswer(input, options, shown) : frameAnswer(input, options, shown, past)
  if (options.hex) answer.hex = toHex(shown)
  return answer
}

type Body = Extract<DecodeInput, { form: 'body' }>
type FrameInput = Extract<DecodeInput, { form: 'frame' }>

function bodyAnswer({ message, bytes, prefix }: Body, options: DecodeOptions, shown: Uint8Array): JsonObject {
  const decoded = decodeBody(bytes, message, run)
  const findings = inspectBody(message, bytes, decoded)
  const tooMany = hasTooManyValues(bytes, decoded.t)
  return {
    ok: isOk(findings),
    ...(prefix === undefined ? {} : { version: message.model.version, prefix }),
    json: tooMany ? null : bodyJson(message, shown, decoded.t, options),
    ...(tooMany ? TOO_MANY : {}),
    findings: findings.map(findingJson),
    ...(options.fields ? fieldsOf({ bytes, table: decoded.t }) : {}),
  }
}

function bodyJson(message: CompiledMessage, bytes: Uint8Array, table: SpanTable, { expand }: DecodeOptions): JsonValue {
  if (table.size === 0) return null
  return expand ? expandBody(bytes, table, 0, message, { showSecrets: true }).json : valueAt(bytes, table, 0)
}

function frameAnswer(input: FrameInput, options: DecodeOptions, shown: Uint8Array, past: Past | null): JsonObject {
  const decoded = decodeFrame(input.bytes, input.as, run)
  const findings = inspectFrame(decoded, { correlationId: input.correlationId, request: () => requestOf(input), past })
  past?.see(decoded)
  const tooMany = hasTooManyValues(input.bytes, decoded.table)
  const visible = { ...decoded, bytes: shown, ...(tooMany ? { bodyLine: -1 } : {}) }
  const { header, body } = options.expand ? expandFrame(visible, { showSecrets: true }) : frameJson(visible)
  return {
    ok: isOk(findings),
    header,
    json: body,
    ...(tooMany ? TOO_MANY : {}),
    findings: findings.map(findingJson),
    ...(options.fields ? fieldsOf(decoded) : {}),
  }
}

/** The request that an answer belongs to, where the line has it. */
function requestOf({ request }: FrameInput): DecodedFrame | null {
  const as = request && peekRequest(request)
  return request && as ? decodeFrame(request, as, requestRun) : null
}

const requestRun = new Run()

const isOk = (findings: readonly Finding[]): boolean => findings.every(({ severity }) => severity !== 'error')
