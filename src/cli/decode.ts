/** `kafkascope decode`: bytes to fields; one message for people, or many as JSON lines. */
import { readFile } from 'node:fs/promises'
import { Command, Option } from 'commander'
import { i32 } from '../bytes/read.ts'
import { safeShort } from '../bytes/safe-text.ts'
import type { CompiledMessage } from '../codec/compile.ts'
import { decodeBody, decodeFrame, type FrameKind, peekRequest } from '../codec/frame.ts'
import { printJson } from '../codec/json-text.ts'
import { apiName } from '../codec/messages.ts'
import { Run } from '../codec/run.ts'
import { inspectBody, inspectFrame } from '../findings/inspect.ts'
import { plural } from '../report/format.ts'
import { fieldRows, findingRows, nestedRows, notReachedRows } from '../report/hex-view.ts'
import { answeredVersion, type DecodeInput, hasPrefix, prefixedBody } from './decode-input.ts'
import { decodeInput, decodeLines, type DecodeOptions as LineOptions } from './decode-lines.ts'
import { CliError } from './errors.ts'
import { bytesOfText, isHexText } from './hex-text.ts'
import { type Io, processIo, writeLine } from './io.ts'
import { MAX_LINE } from './lines.ts'
import { maskedBytes } from './mask.ts'
import { InputError, messageFor } from './messages.ts'
import { fileText, problemText } from './problem.ts'
import { refuseWith, refuseWithout } from './refuse.ts'

export interface DecodeOptions extends LineOptions {
  readonly jsonl?: boolean
  readonly json?: boolean
  readonly api?: string
  readonly apiVersion?: string
  readonly kind?: 'request' | 'response'
  readonly file?: string
  readonly frame?: boolean
  readonly body?: boolean
  readonly showSecrets?: boolean
}

const EXAMPLES = `
Whether the bytes are a whole frame (size, header, body) or a body alone is found out unless --frame or --body says.
Hex may have white space, commas, colons, 0x or \\x in it, or be a dump of xxd or hexdump -C. ConsumerProtocolSubscription,
DefaultPrincipalData and the keys and values of coordinators' records have their version (keys: their type) in front as
an int16 where no version is given, as it is on the wire.

Examples:
  kafkascope decode --api Heartbeat --api-version 0 --kind response 001b
  kafkascope decode 00000011000300040000000100026d65ffffffff01
  kafkascope decode --api Fetch --api-version 12 --kind response --file answer.bin
  kafkascope decode --api ConsumerProtocolSubscription 0000 00000001 0001 74 ffffffff
  echo '{"name":"HeartbeatResponse","version":0,"hex":"001b"}' | kafkascope decode --jsonl --fields
`

export function decodeCommand(): Command {
  return new Command('decode')
    .description('bytes to fields: one message, or many as JSON lines')
    .argument('[hex...]', 'the bytes in hex, white space allowed; - reads it from stdin')
    .option('--jsonl', 'lines {"name","version","hex"} or {"frame","kind",...} on stdin, a line of JSON for each')
    .option('--api <name>', 'an API, by name or key, or a message by its name')
    .option('--api-version <n>', 'the version of the API or message')
    .addOption(new Option('--kind <kind>', 'which message of an API').choices(['request', 'response']))
    .option('--file <file>', 'the bytes are in a file, raw, in hex or as a dump')
    .addOption(new Option('--frame', 'the bytes are a whole frame, its size in front').conflicts('body'))
    .option('--body', 'the bytes are a body alone')
    .option('--json', 'one JSON object on stdout')
    .option('--fields', 'with JSON: [path, offset, length, type] of every field')
    .option('--expand', 'nested bytes and records as what they hold')
    .option('--hex', 'with JSON: the bytes in hex')
    .option('--show-secrets', 'leave passwords, tokens and proofs as they are (--jsonl always does)')
    .addHelpText('after', EXAMPLES)
    .action(async (hex: string[], options: DecodeOptions) => {
      process.exitCode = await run(hex.join(' '), options, processIo())
    })
}

/** Runs the command; returns the exit status. Throws CliError on a bad command line or bytes that are no hex. */
export async function run(hex: string, options: DecodeOptions, io: Io): Promise<number> {
  checkOptions(hex, options)
  if (options.jsonl) return (await decodeLines(options, io)) ? 0 : 1
  let input: DecodeInput
  try {
    input = oneInput(await readBytes(hex, options, io), options)
  } catch (error) {
    if (error instanceof CliError) throw error
    throw new CliError(`decode: ${(error as Error).message}`)
  }
  const shown = options.showSecrets ? input.bytes : maskedBytes(input)
  if (options.json) {
    const answer = decodeInput(input, options, shown)
    await writeLine(io.stdout, printJson(answer))
    return answer.ok === true ? 0 : 1
  }
  const { rows, findings } = textOf(input, shown, options.expand ?? false)
  await writeLine(io.stdout, rows.join('\n'))
  return findings.some(({ severity }) => severity === 'error') ? 1 : 0
}

/** Options that nobody would look at. */
function checkOptions(hex: string, options: DecodeOptions): void {
  const { jsonl, json, api, apiVersion, kind, file, frame, body, fields } = options
  if (jsonl) {
    const said = { '--api': api, '--api-version': apiVersion, '--kind': kind }
    refuseWith('decode: --jsonl', { ...said, '--file': file, '--frame': frame, '--body': body, '--json': json })
    if (hex !== '') throw new CliError('decode: --jsonl reads stdin: no bytes can be given beside it')
  } else if (!json) refuseWithout('decode', '--json or --jsonl', { '--fields': fields, '--hex': options.hex })
  if (file !== undefined && hex !== '') throw new CliError('decode: --file: no bytes can be given beside it')
}

async function readBytes(hex: string, options: DecodeOptions, io: Io): Promise<Uint8Array> {
  if (options.file !== undefined) return bytesOfFile(options.file)
  if (hex === '') throw new CliError('decode: want --jsonl, --file, or the bytes in hex')
  return bytesOfText(hex === '-' ? (await readAll(io)).toString('latin1') : hex)
}

async function bytesOfFile(file: string): Promise<Uint8Array> {
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new CliError(`decode: can't read ${fileText(file)}: ${problemText(error)}`)
  })
  // A frame's first byte is 0 unless it is larger than 16 MB, and most bodies have one too: text has none.
  const text = bytes.toString('latin1')
  return isHexText(text) ? bytesOfText(text) : bytes
}

async function readAll(io: Io): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  let length = 0
  for await (const piece of io.stdin) {
    length += piece.length
    if (length > MAX_LINE) throw new InputError(`stdin holds more than ${MAX_LINE} bytes`)
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

/** Size, API key and version of a frame: less says nothing. */
const MIN_REQUEST = 8

/** What the bytes are to be read as. Throws InputError. */
function oneInput(bytes: Uint8Array, options: DecodeOptions): DecodeInput {
  if (options.api !== undefined && options.apiVersion === undefined && hasPrefix(options.api)) {
    if (options.frame) throw new InputError(`${options.api} comes in no frame`)
    return prefixedBody(options.api, bytes)
  }
  const message = namedMessage(options)
  const model = message?.model
  if (!message) {
    if (options.body || options.kind === 'response') throw new InputError('want --api and --api-version')
    if (bytes.length < MIN_REQUEST) {
      const has = plural(bytes.length, 'byte')
      throw new InputError(`${has}: too short for a request's frame; of a body, say --api, --api-version and --kind`)
    }
    return frameInput(bytes, { kind: 'request', ...requestOf(bytes) })
  }
  const framed = model?.kind === 'request' || model?.kind === 'response'
  if (options.frame && !framed) throw new InputError(`${message.model.name} comes in no frame`)
  if (!options.frame && (options.body || !framed || !looksLikeFrame(bytes, message))) {
    return { form: 'body', message, bytes }
  }
  const apiKey = message.model.apiKey!
  const { kind, version } = message.model
  const apiVersion = kind === 'response' ? answeredVersion(bytes, apiKey, version) : version
  return frameInput(bytes, { kind: kind === 'response' ? 'response' : 'request', apiKey, apiVersion })
}

const frameInput = (bytes: Uint8Array, as: FrameKind): DecodeInput => ({
  form: 'frame',
  as,
  bytes,
  correlationId: null,
  request: null,
})

/** API and version as the frame itself says; of one too short for that, none that is known. */
function requestOf(bytes: Uint8Array): Pick<FrameKind, 'apiKey' | 'apiVersion'> {
  return peekRequest(bytes) ?? { apiKey: -1, apiVersion: -1 }
}

/** The message that the options name; null where they name none. Throws InputError. */
function namedMessage({ api, apiVersion, kind }: DecodeOptions): CompiledMessage | null {
  if (api === undefined && apiVersion === undefined) return null
  if (api === undefined || apiVersion === undefined) throw new InputError('--api and --api-version go together')
  if (!/^\d{1,5}$/.test(apiVersion))
    throw new InputError(`--api-version ${safeShort(apiVersion, 40)}: want a whole number`)
  return messageFor(api, Number(apiVersion), kind)
}

/**
 * Whether bytes are better read as a whole frame than as a body. A size field that fits, or a frame of which all but the
 * size fits, decides; else whichever reading gets further.
 */
function looksLikeFrame(bytes: Uint8Array, message: CompiledMessage): boolean {
  const asBody = decodeBody(bytes, message, new Run())
  if (!asBody.stopped && asBody.flaws.length === 0) return false
  if (bytes.length >= 8 && i32(bytes, 0) === bytes.length - 4) return true
  const { kind, version, apiKey } = message.model
  const as: FrameKind = { kind: kind === 'response' ? 'response' : 'request', apiKey: apiKey!, apiVersion: version }
  const asFrame = decodeFrame(bytes, as, new Run())
  return !asFrame.stopped && asFrame.flaws.length === 0
}

/** The message as text, and what was found in it. `shown`: its bytes with secrets masked. */
function textOf(input: DecodeInput, shown: Uint8Array, expand: boolean) {
  const read = input.form === 'body' ? readBody(input) : readFrame(input)
  const { title, table, flaws, message, bodyLine, findings } = read
  const masked = shown === input.bytes ? '' : ' (secrets masked; --show-secrets shows them)'
  const stop = flaws.find(({ fatal }) => fatal)
  const under = expand ? (line: number) => nestedRows({ bytes: shown, table, bodyLine, message }, line) : undefined
  const rows = [title + masked, '', ...fieldRows(shown, table, { findings, stop, under })]
  if (stop && message) rows.push(...notReachedRows(message, table, bodyLine, stop))
  for (const finding of findings) rows.push('', ...findingRows(finding, shown))
  return { rows, findings }
}

function readBody({ message, bytes, prefix }: Extract<DecodeInput, { form: 'body' }>) {
  const decoded = decodeBody(bytes, message, new Run())
  return {
    title: `${message.model.name} v${message.model.version}, a body of ${plural(bytes.length, 'byte')}${prefix ? ' behind its int16 prefix' : ''}`,
    table: decoded.t,
    flaws: decoded.flaws,
    message,
    bodyLine: 0,
    findings: inspectBody(message, bytes, decoded),
  }
}

function readFrame({ as, bytes }: Extract<DecodeInput, { form: 'frame' }>) {
  const decoded = decodeFrame(bytes, as, new Run())
  const name = `${apiName(as.apiKey) ?? `Unknown(${as.apiKey})`} v${as.apiVersion} ${as.kind}`
  const title = `${name}, a frame of ${plural(bytes.length, 'byte')}${decoded.message ? '' : ': only its header is known'}`
  return { ...decoded, title, findings: inspectFrame(decoded) }
}
