/** `kafkascope decode`: bytes to fields; one message for people, or many as JSON lines. */
import { readFile } from 'node:fs/promises'
import { Command, Option } from 'commander'
import { i32 } from '../bytes/read.ts'
import { safeShort } from '../bytes/safe-text.ts'
import { isPcap } from '../capture/pcap.ts'
import { isPcapng } from '../capture/pcapng.ts'
import type { CompiledMessage } from '../codec/compile.ts'
import { decodeBody, decodeFrame, type FrameKind } from '../codec/frame.ts'
import { printJson } from '../codec/json-text.ts'
import { messageHeader } from '../codec/messages.ts'
import { Run } from '../codec/run.ts'
import type { Guesses } from '../findings/guess.ts'
import { hasInt16Prefix } from '../findings/guess-attempts.ts'
import { guessInput, guessJson, type Said } from './decode-guess.ts'
import { answeredVersion, type DecodeInput, prefixedBody } from './decode-input.ts'
import { decodeInput, decodeLines, type DecodeOptions as LineOptions } from './decode-lines.ts'
import { decodeLog } from './decode-log.ts'
import { textOf } from './decode-text.ts'
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
  readonly log?: string
  readonly frame?: boolean
  readonly body?: boolean
  readonly showSecrets?: boolean
}

const EXAMPLES = `
Bytes may be hex however it is grouped, a dump of xxd, hexdump, od or Wireshark, an escaped string, a list or literal of Rust,
Go, Java, Python, C or node, or base64 (docs/DECODE.md). Whether they are a whole frame (size, header, body) or a body alone
is found out unless --frame or --body says; so is what --api, --api-version and --kind leave open, and how sure that is,
is printed. ConsumerProtocolSubscription, DefaultPrincipalData and the keys and values of coordinators' records have their
version (keys: their type) in front as an int16 where no version is given, as it is on the wire.

Examples:
  kafkascope decode --api Heartbeat --api-version 0 --kind response 001b
  kafkascope decode 00000011000300040000000100026d65ffffffff01
  kafkascope decode '[0, 0, 0, 6, 0, 0, 0, 4, 0, 0]'
  echo 'read bytes=[0, 0, 0, 6, 0, 0, 0, 4, 0, 0]' | kafkascope decode --log -
  kafkascope decode --api Fetch --api-version 12 --kind response --file answer.bin
  kafkascope decode --api ConsumerProtocolSubscription 0000 00000001 0001 74 ffffffff
  echo '{"name":"HeartbeatResponse","version":0,"hex":"001b"}' | kafkascope decode --jsonl --fields
`

export function decodeCommand(): Command {
  return new Command('decode')
    .description('bytes to fields: one message, or many as JSON lines')
    .argument('[hex...]', 'the bytes, in hex or any other dress; - reads them from stdin')
    .option('--jsonl', 'lines {"name","version","hex"} or {"frame","kind",...} on stdin, a line of JSON for each')
    .option('--api <name>', 'an API, by name or key, or a message by its name')
    .option('--api-version <n>', 'the version of the API or message')
    .addOption(new Option('--kind <kind>', 'which message of an API').choices(['request', 'response']))
    .option('--file <file>', 'the bytes are in a file, raw, in hex or as a dump')
    .addOption(new Option('--frame', 'the bytes are a whole frame, its size in front').conflicts('body'))
    .option('--body', 'the bytes are a body alone')
    .option('--log <file>', "every dump in a broker's or client's log; - reads it from stdin")
    .option('--json', 'one JSON object on stdout (with --log: for each dump)')
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
  if (options.log !== undefined) return asCliError(() => decodeLog(options.log!, saidBy(options), options, io))
  if (options.jsonl) return (await decodeLines(options, io)) ? 0 : 1
  const asked = await asCliError(async () => oneInput(await readBytes(hex, options, io), options))
  const { input, guesses } = asked
  const shown = options.showSecrets ? input.bytes : maskedBytes(input)
  if (options.json) {
    const answer = decodeInput(input, options, shown)
    await writeLine(io.stdout, printJson({ ...answer, ...(guesses ? guessJson(guesses) : {}) }))
    return answer.ok === true ? 0 : 1
  }
  const { rows, findings } = textOf(input, shown, options.expand ?? false, guesses)
  await writeLine(io.stdout, rows.join('\n'))
  return findings.some(({ severity }) => severity === 'error') ? 1 : 0
}

/** What is wrong with the input as bad news for the command line. */
async function asCliError<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof CliError) throw error
    throw new CliError(`decode: ${(error as Error).message}`)
  }
}

/** Options that nobody would look at. */
function checkOptions(hex: string, options: DecodeOptions): void {
  const { jsonl, json, api, apiVersion, kind, file, frame, body, fields, log } = options
  if (log !== undefined) {
    refuseWith('decode: --log', { '--jsonl': jsonl, '--file': file })
    if (hex !== '') throw new CliError('decode: --log: no bytes can be given beside it')
  }
  if (jsonl) {
    const said = { '--api': api, '--api-version': apiVersion, '--kind': kind }
    refuseWith('decode: --jsonl', { ...said, '--file': file, '--frame': frame, '--body': body, '--json': json })
    if (hex !== '') throw new CliError('decode: --jsonl reads stdin: no bytes can be given beside it')
  } else if (!json) refuseWithout('decode', '--json or --jsonl', { '--fields': fields, '--hex': options.hex })
  if (file !== undefined && hex !== '') throw new CliError('decode: --file: no bytes can be given beside it')
}

async function readBytes(hex: string, options: DecodeOptions, io: Io): Promise<Uint8Array> {
  if (options.file !== undefined) return bytesOfFile(options.file)
  if (hex === '') throw new CliError('decode: want --jsonl, --file, --log, or the bytes in hex')
  return bytesOfText(hex === '-' ? (await readAll(io)).toString('latin1') : hex)
}

async function bytesOfFile(file: string): Promise<Uint8Array> {
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new CliError(`decode: can't read ${fileText(file)}: ${problemText(error)}`)
  })
  if (bytes.length > 4 && (isPcap(bytes, 0) || isPcapng(bytes, 0))) {
    throw new CliError(`decode: ${fileText(file)} is a capture, which "kafkascope read" shows`)
  }
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

/** What the bytes are to be read as, and how that was found where nobody said. */
interface Asked {
  readonly input: DecodeInput
  readonly guesses: Guesses | null
}

/** What the options say of the message. Throws InputError. */
const saidBy = ({ api, apiVersion, kind, frame, body }: DecodeOptions): Said => ({
  api,
  version: apiVersion === undefined ? undefined : wholeNumber(apiVersion),
  kind,
  form: frame ? 'frame' : body ? 'body' : undefined,
})

/** Throws InputError. */
function oneInput(bytes: Uint8Array, options: DecodeOptions): Asked {
  const said = saidBy(options)
  const { api, version, kind, form } = said
  if (api !== undefined && version === undefined && hasInt16Prefix(api)) {
    if (form === 'frame') throw new InputError(`${api} comes in no frame`)
    return { input: prefixedBody(api, bytes), guesses: null }
  }
  const message = namedMessage(api, version, kind)
  if (!message) return guessInput(bytes, said)
  return { input: namedInput(bytes, message, options), guesses: null }
}

/** The bytes as the message that was named, a frame or a body. */
function namedInput(bytes: Uint8Array, message: CompiledMessage, { frame, body }: DecodeOptions): DecodeInput {
  const { kind, version, name } = message.model
  const framed = kind === 'request' || kind === 'response'
  if (frame && !framed) throw new InputError(`${name} comes in no frame`)
  if (!frame && (body || !framed || !looksLikeFrame(bytes, message))) return { form: 'body', message, bytes }
  const apiKey = message.model.apiKey!
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

/** The message that the options name; null where they leave something open. Throws InputError. */
function namedMessage(
  api: string | undefined,
  version: number | undefined,
  kind: DecodeOptions['kind'],
): CompiledMessage | null {
  if (api === undefined || version === undefined) return null
  const whole = kind !== undefined || messageHeader(api) !== null
  return whole ? messageFor(api, version, kind) : null
}

function wholeNumber(text: string): number {
  if (!/^\d{1,5}$/.test(text)) throw new InputError(`--api-version ${safeShort(text, 40)}: want a whole number`)
  return Number(text)
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
