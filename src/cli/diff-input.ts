/** What `diff` compares: captures and recordings as exchanges with their findings, a broker's request log as lines. */
import { closeSync, createReadStream, openSync, readSync } from 'node:fs'
import type { AssemblerOptions } from '../capture/assembler.ts'
import type { KeyLog } from '../capture/tls/key-log.ts'
import { FrameStore } from '../diff/frame-store.ts'
import type { Item } from '../diff/model.ts'
import { LogItem, parseRequestLine } from '../diff/request-log.ts'
import { WireItem } from '../diff/wire-side.ts'
import type { Finding } from '../findings/finding.ts'
import { Pipeline } from '../findings/pipeline.ts'
import { contextOf, openCaptures } from './captures.ts'
import { CliError } from './errors.ts'
import type { Io } from './io.ts'
import { linesOf } from './lines.ts'
import { fileText, problemText } from './problem.ts'
import { observeCaptures } from './report-input.ts'

export interface SessionInput {
  readonly items: readonly Item[]
  /** Findings that belong to no exchange. */
  readonly standing: readonly Finding[]
  /** Why it was not read to its end, a line each. */
  readonly damages: readonly string[]
  /** From a log: values only. */
  readonly log: boolean
}

export interface InputOptions {
  readonly keys: KeyLog
  readonly which: AssemblerOptions
  readonly showSecrets: boolean
  /** Both are captures: nested bytes are compared by what they hold. */
  readonly expand: boolean
}

/** What a session may have: all of it is held in memory, twice. */
export const MAX_EXCHANGES = 500_000
export const MAX_BYTES = 256 * 1024 * 1024

/** Throws CliError where the file can't be read, or holds more than is compared. */
export async function readSession(name: string, options: InputOptions, io: Io): Promise<SessionInput> {
  if (name !== '-' && isRequestLog(name)) return readLog(name)
  const inputs = await openCaptures('diff', [name], io)
  const pipeline = new Pipeline()
  const store = new FrameStore()
  const items: WireItem[] = []
  const standing: Finding[] = []
  const context = contextOf(pipeline.session)
  const { keys, which } = options
  const { damages } = await observeCaptures(inputs, { keys, which, pipeline }, io, (event) => {
    if (event.type === 'finding') standing.push(event.finding)
    if (event.type !== 'exchange') return
    const kept = store.keep(event.exchange)
    items.push(new WireItem(kept, event.findings, { context, ...options }))
    if (items.length > MAX_EXCHANGES || store.bytes > MAX_BYTES) throw tooLarge(name)
  })
  items.sort((x, y) => x.id - y.id)
  return { items, standing, damages, log: false }
}

const tooLarge = (name: string): CliError =>
  new CliError(
    `diff: ${fileText(name)}: more than ${MAX_EXCHANGES} exchanges or ${MAX_BYTES / 1024 / 1024} MB of frames: cut it, by --port or editcap, say`,
  )

/** First bytes of pcap in either byte order, micro- or nanoseconds, of pcapng, of gzip. */
const CAPTURE = /^(?:d4c3b2a1|a1b2c3d4|4d3cb2a1|a1b23c4d|0a0d0d0a|1f8b)/

/**
 * Whether a file is text, and so a log: requests are looked for in each of its lines. By its first 64 KB; what can't be
 * read is told when it is opened.
 */
export function isRequestLog(name: string): boolean {
  const head = Buffer.alloc(64 * 1024)
  try {
    const file = openSync(name, 'r')
    try {
      const length = readSync(file, head, 0, head.length, 0)
      const isCapture = length < 4 || CAPTURE.test(head.toString('hex', 0, 4))
      return !isCapture && !head.toString('latin1', 0, length).includes('\0')
    } finally {
      closeSync(file)
    }
  } catch {
    return false
  }
}

async function readLog(name: string): Promise<SessionInput> {
  const items: LogItem[] = []
  const damages: string[] = []
  const connections = new Map<string, number>()
  let bytes = 0
  try {
    for await (const line of linesOf(createReadStream(name))) {
      if (typeof line !== 'string') {
        damages.push(`${fileText(name)}: ${line.refused}`)
        continue
      }
      const parsed = parseRequestLine(line)
      if (!parsed) continue
      bytes += parsed.text.length
      const connection = connections.get(parsed.connection) ?? connections.size + 1
      connections.set(parsed.connection, connection)
      items.push(new LogItem(parsed, items.length + 1, connection))
      if (items.length > MAX_EXCHANGES || bytes > MAX_BYTES) throw tooLarge(name)
    }
  } catch (error) {
    if (error instanceof CliError) throw error
    throw new CliError(`diff: ${fileText(name)}: ${problemText(error)}`)
  }
  return { items, standing: [], damages, log: true }
}
