/** `--record`: what is seen, as a pcapng file that Wireshark opens, findings as comments of their packets. */
import { readFileSync, statSync } from 'node:fs'
import { safe } from '../bytes/safe-text.ts'
import { PcapngWriter } from '../capture/pcapng-writer.ts'
import { TcpWriter } from '../capture/tcp-writer.ts'
import { secretRanges } from '../codec/secrets.ts'
import type { Finding } from '../findings/finding.ts'
import type { Observed } from '../findings/pipeline.ts'
import type { Connection } from '../session/connection.ts'
import type { Exchange, Frame } from '../session/exchange.ts'
import type { Segment } from '../session/segment.ts'
import { BlockFile } from './block-file.ts'
import { CliError } from './errors.ts'
import { problemText } from './problem.ts'

/** The options that a command with `--record` has. */
export interface RecordOptions {
  readonly record?: string | undefined
  readonly recordSize?: string | undefined
  readonly recordTime?: string | undefined
}

export interface RecorderOptions {
  readonly maxBytes?: number | undefined
  readonly maxMicros?: number | undefined
  readonly maxWaiting?: number | undefined
  /** One line for people: the recording has ended, holds secrets, lacks bytes. */
  readonly onNotice: (text: string) => void
}

export class Recorder {
  private readonly blocks: PcapngWriter
  private readonly packets = new TcpWriter()
  private readonly file: BlockFile
  private readonly options: RecorderOptions
  /** A request's findings come again with its exchange; each is one comment. */
  private readonly told = new WeakSet<Finding>()
  /** Connections that exchanges were written of. */
  private readonly opened = new Set<number>()
  private secrets = false
  private lostBytes = 0

  /** Begins the recording. Throws node's error where the file can't be made. */
  constructor(path: string, options: RecorderOptions) {
    this.options = options
    this.blocks = new PcapngWriter({ application: `kafkascope ${version()}` })
    const { maxBytes, maxMicros, maxWaiting, onNotice } = options
    this.file = new BlockFile(path, {
      header: this.blocks.header,
      maxBytes,
      maxMicros,
      maxWaiting,
      onFailure: (file, written, { message }) =>
        onNotice(`the recording ${safe(file)} ends after ${written} bytes: ${safe(message)}`),
    })
  }

  /** Records a segment as it came, and what the pipeline made of it. The bytes are not held on to. */
  segment(segment: Segment, observed: readonly Observed[]): void {
    if (!this.file.live) return
    this.write(segment, this.comments(observed))
  }

  /** Records the frames of an exchange instead, for recordings of a part of what is seen. */
  exchange(exchange: Exchange, findings: readonly Finding[]): void {
    if (!this.file.live) return
    this.lookForSecrets(exchange)
    const { connection, request, response } = exchange
    const late = findings.filter(({ kind }) => kind === 'response' || request === null)
    const early = findings.filter((finding) => !late.includes(finding))
    this.open(connection)
    if (request) this.frame(connection, request, this.texts(response ? early : findings))
    // An answer whose question was not captured: said with a hole where it would be.
    else if (response) this.write(gap(connection.id, 'request', response.time, 0), [])
    if (response) this.frame(connection, response, this.texts(late))
  }

  /** The connection of exchanges is gone. */
  closed(connection: Connection, time: number): void {
    if (this.opened.delete(connection.id)) this.write({ type: 'close', connection: connection.id, time }, [])
  }

  /** For whoever can wait, and then loses nothing: resolves when there is room again; null where there is. */
  drained(): Promise<void> | null {
    return this.file.drained()
  }

  /** Writes what is left; resolves when the files are complete. */
  async close(): Promise<void> {
    await this.file.close()
    const { lostBytes, options } = this
    if (lostBytes > 0) options.onNotice(`the recording lacks ${lostBytes} bytes: the disk was too slow`)
  }

  /** The files written. */
  get files(): readonly string[] {
    return this.file.files
  }

  private open(connection: Connection): void {
    const { id, client, broker, opened } = connection
    if (this.opened.has(id)) return
    this.opened.add(id)
    // What is written of it begins with a whole frame, wherever the capture began: a reader need not search for one.
    this.write({ type: 'open', connection: { id, client, broker }, time: opened }, [])
  }

  private frame(connection: Connection, frame: Frame, comments: readonly string[]): void {
    const { bytes, size, kind, time } = frame
    this.write({ type: 'data', connection: connection.id, direction: kind, time, bytes }, comments)
    if (size > bytes.length) this.write(gap(connection.id, kind, time, size - bytes.length), [])
  }

  private write(segment: Segment, comments: readonly string[]): void {
    if (!this.file.room && segment.type === 'data') {
      this.packets.skip(segment)
      this.lostBytes += segment.bytes.length
      return
    }
    // Only a reset says of both directions that they ended in the middle of a frame, which then was found.
    const abrupt = comments.length > 0
    const packets = this.packets.push(segment, abrupt)
    packets.forEach(({ time, bytes }, i) => {
      // A finding is made when the last byte of a frame is there.
      const last = i === packets.length - 1
      this.file.add(this.blocks.packet(time, bytes, last ? comments : []), time)
    })
  }

  private comments(observed: readonly Observed[]): string[] {
    const texts: string[] = []
    for (const event of observed) {
      if (event.type === 'finding') texts.push(...this.texts([event.finding]))
      else if (event.type === 'exchange' || event.type === 'request') {
        this.lookForSecrets(event.exchange)
        texts.push(...this.texts(event.findings))
      }
    }
    return texts
  }

  private texts(findings: readonly Finding[]): string[] {
    const texts: string[] = []
    for (const finding of findings) {
      if (this.told.has(finding)) continue
      this.told.add(finding)
      const { severity, code, api, apiVersion, kind, path, offset, message, causes } = finding
      const of = api === undefined ? '' : ` ${api} v${apiVersion} ${kind ?? ''}`
      const best = causes[0] ? ` Probably ${causes[0].cause}: ${causes[0].message}` : ''
      texts.push(safe(`${severity} ${code}${of}, ${path} at ${offset}: ${message}${best}`))
    }
    return texts
  }

  private lookForSecrets({ connection, framing, request, response }: Exchange): void {
    if (this.secrets) return
    const saslMechanism = connection.sasl?.mechanism
    const holds = (frame: Frame | null): boolean =>
      frame !== null && secretRanges(frame.bytes, frame, { framing, saslMechanism }).length > 0
    if (!holds(request) && !holds(response)) return
    this.secrets = true
    this.options.onNotice('the recording holds passwords or tokens as they were sent: mind whom you give it to')
  }
}

const gap = (connection: number, direction: 'request' | 'response', time: number, bytes: number): Segment => ({
  type: 'gap',
  connection,
  direction,
  time,
  bytes,
})

/** Whether both names are of one file that is there. */
function isSame(one: string, other: string): boolean {
  try {
    const [a, b] = [statSync(one), statSync(other)]
    return a.isFile() && a.dev === b.dev && a.ino === b.ino
  } catch {
    return false
  }
}

/**
 * The recorder that the options ask for; null where they ask for none. Throws CliError where they are wrong, or the
 * file can't be made, or is one of `inputs`, which are still to be read.
 */
export function openRecorder(
  command: string,
  { record, recordSize, recordTime }: RecordOptions,
  onNotice: (text: string) => void,
  inputs: readonly string[] = [],
): Recorder | null {
  if (record === undefined) {
    if (recordSize !== undefined) throw new CliError(`${command}: --record-size wants --record`)
    if (recordTime !== undefined) throw new CliError(`${command}: --record-time wants --record`)
    return null
  }
  const maxBytes = recordSize === undefined ? undefined : bytesOf(command, recordSize)
  const maxMicros = recordTime === undefined ? undefined : microsOf(command, recordTime)
  if (inputs.some((input) => isSame(input, record))) {
    throw new CliError(`${command}: --record: ${safe(record)} is what is read: name another file`)
  }
  try {
    return new Recorder(record, { maxBytes, maxMicros, onNotice })
  } catch (error) {
    throw new CliError(`${command}: --record: ${problemText(error)}`)
  }
}

const BYTES: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6, g: 1e9, ki: 2 ** 10, mi: 2 ** 20, gi: 2 ** 30 }

function bytesOf(command: string, text: string): number {
  const match = /^(\d+)\s*([kmg]i?)?b?$/i.exec(text)
  const bytes = match ? Number(match[1]) * BYTES[(match[2] ?? '').toLowerCase()]! : 0
  if (bytes < 1) throw new CliError(`${command}: --record-size: want bytes, as in 100MB, have ${JSON.stringify(text)}`)
  return bytes
}

const SECONDS: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600 }

function microsOf(command: string, text: string): number {
  const match = /^(\d+)\s*([smh])?$/i.exec(text)
  const micros = match ? Number(match[1]) * SECONDS[(match[2] ?? '').toLowerCase()]! * 1e6 : 0
  if (micros < 1) {
    throw new CliError(`${command}: --record-time: want a time, as in 30s, 10m or 1h, have ${JSON.stringify(text)}`)
  }
  return micros
}

/** Of this program, from its package.json: beside src, or beside dist. */
function version(): string {
  for (const up of ['../../package.json', '../../../package.json']) {
    try {
      const { name, version: found } = JSON.parse(readFileSync(new URL(up, import.meta.url), 'utf8'))
      if (name === 'kafkascope') return String(found)
    } catch {
      // Not there: the next place.
    }
  }
  return ''
}
