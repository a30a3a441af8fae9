/** `decode --log`: every dump of bytes in a log, decoded, with the numbers of its lines. Memory is that of the longest line. */
import { createReadStream } from 'node:fs'
import { i32 } from '../bytes/read.ts'
import { printJson } from '../codec/json-text.ts'
import { Past } from '../findings/diagnosis/past.ts'
import { framesIn, type Hints } from '../findings/guess.ts'
import { plural } from '../report/format.ts'
import { type Guessed, guessInput, guessJson, type Said } from './decode-guess.ts'
import type { DecodeInput } from './decode-input.ts'
import { decodeInput, type DecodeOptions as LineOptions } from './decode-lines.ts'
import { textOf } from './decode-text.ts'
import { CliError } from './errors.ts'
import { type Io, writeLine } from './io.ts'
import { everyLine } from './lines.ts'
import { type Dump, DumpFinder } from './log-dumps.ts'
import { hintsIn } from './log-words.ts'
import { maskedBytes } from './mask.ts'
import { InputError } from './messages.ts'
import { fileText, problemText } from './problem.ts'

export interface LogOptions extends LineOptions {
  readonly json?: boolean
  readonly showSecrets?: boolean
}

/** Runs over a file, or stdin (`-`); returns the exit status. Throws CliError where it can't be read. */
export async function decodeLog(file: string, said: Said, options: LogOptions, io: Io): Promise<number> {
  const source = file === '-' ? io.stdin : createReadStream(file)
  const log = new LogDecoder(said, options, io)
  const finder = new DumpFinder()
  let number = 0
  try {
    for await (const line of everyLine(source)) {
      number++
      if (typeof line !== 'string') {
        io.stderr.write(`decode: line ${number} is passed over: ${line.refused}\n`)
        continue
      }
      log.remember(line)
      for (const dump of finder.push(line, number)) await log.decode(dump)
      if (io.stdout.closed) break
    }
  } catch (error) {
    if (error instanceof CliError || !(error instanceof Error) || !('code' in error)) throw error
    throw new CliError(`decode: can't read ${fileText(file)}: ${problemText(error)}`)
  }
  for (const dump of finder.end()) await log.decode(dump)
  if (log.dumps === 0) io.stderr.write(`decode: no dump in ${plural(number, 'line')}\n`)
  return log.failed ? 1 : 0
}

/** Requests whose answers may still come. */
const MAX_PENDING = 10_000

class LogDecoder {
  dumps = 0
  failed = false
  private readonly said: Said
  private readonly options: LogOptions
  private readonly io: Io
  private readonly past = new Past()
  /** API key and version of requests, by correlation id. */
  private readonly asked = new Map<number, { readonly apiKey: number; readonly version: number | null }>()

  constructor(said: Said, options: LogOptions, io: Io) {
    this.said = said
    this.options = options
    this.io = io
  }

  /** Lines that say of a request what it is, as librdkafka's `Sent JoinGroupRequest (v5, 171 bytes @ 0, CorrId 4)`. */
  remember(line: string): void {
    if (line.length > 1000 || !/orr(?:elation)?[_ ]?id/i.test(line) || !/request/i.test(line)) return
    const { apiKeys, versions, correlationIds } = hintsIn(line)
    if (apiKeys.length !== 1 || correlationIds.length !== 1) return
    this.keep(correlationIds[0]!, apiKeys[0]!, versions[0] ?? null)
  }

  private keep(correlationId: number, apiKey: number, version: number | null): void {
    this.asked.delete(correlationId)
    this.asked.set(correlationId, { apiKey, version })
    if (this.asked.size > MAX_PENDING) this.asked.delete(this.asked.keys().next().value!)
  }

  async decode(dump: Dump): Promise<void> {
    const frames = framesIn(dump.bytes) ?? [dump.bytes]
    for (const [i, bytes] of frames.entries()) {
      const place = frames.length > 1 ? { part: i + 1, parts: frames.length } : {}
      await this.one(dump, bytes, place)
    }
  }

  private async one(dump: Dump, bytes: Uint8Array, part: { part?: number; parts?: number }): Promise<void> {
    let guessed: Guessed
    try {
      guessed = guessInput(bytes, this.said, this.hints(dump, bytes))
    } catch (error) {
      if (error instanceof InputError) return
      throw error
    }
    const { input, guesses } = guessed
    this.learn(guessed)
    this.dumps++
    const { line, lines, notation, incomplete } = dump
    const shown = this.options.showSecrets ? input.bytes : maskedBytes(input)
    if (this.options.json) {
      const { ok, ...answer } = decodeInput(input, this.options, shown, this.past)
      this.failed ||= ok !== true
      const where = { line, lines, notation, ...(incomplete ? { incomplete } : {}), ...part }
      await writeLine(this.io.stdout, printJson({ ...where, ok: ok ?? false, ...answer, ...guessJson(guesses) }))
      return
    }
    const { rows, findings } = textOf(input, shown, this.options.expand ?? false, guesses, this.past)
    this.failed ||= findings.some(({ severity }) => severity === 'error')
    const place = lines > 1 ? `lines ${line} to ${line + lines - 1}` : `line ${line}`
    const of = part.parts ? `, frame ${part.part} of ${part.parts}` : ''
    const rest = incomplete ? '; the log leaves bytes out' : ''
    const head = `${place}, ${notation}, ${plural(bytes.length, 'byte')}${of}${rest}`
    await writeLine(this.io.stdout, [head, ...rows, ''].join('\n'))
  }

  /** The words of the dump's own line; else what was asked under its correlation id; else the lines before it. */
  private hints(dump: Dump, bytes: Uint8Array): Hints {
    const own = hintsIn(dump.own)
    if (own.apiKeys.length > 0) return own
    const asked = bytes.length < 8 ? undefined : (this.asked.get(i32(bytes, 4)) ?? this.asked.get(i32(bytes, 0)))
    if (asked) {
      return { ...own, apiKeys: [asked.apiKey], versions: asked.version === null ? [] : [asked.version], strength: 0.8 }
    }
    const { apiKeys, versions, correlationIds, kind } = hintsIn(dump.before)
    return {
      apiKeys,
      versions: own.versions.length > 0 ? own.versions : versions,
      correlationIds: own.correlationIds.length > 0 ? own.correlationIds : correlationIds,
      kind: own.kind ?? kind,
      strength: 0.4,
    }
  }

  /** A request that was read soundly says what its answer will be. */
  private learn({ input, guesses }: Guessed): void {
    const id = correlationOf(input)
    if (id === null || !guesses.guesses[0]?.sound || input.form !== 'frame') return
    this.keep(id, input.as.apiKey, input.as.apiVersion)
  }
}

const correlationOf = (input: DecodeInput): number | null =>
  input.form === 'frame' && input.as.kind === 'request' && input.bytes.length >= 12 ? i32(input.bytes, 8) : null
