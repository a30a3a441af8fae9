/** Capture files to segments, for the report. */
import { readFileSync } from 'node:fs'
import { safe } from '../bytes/safe-text.ts'
import { Assembler } from '../capture/assembler.ts'
import { type CaptureInput, type FileDamage, type PacketHandler, readPackets } from '../capture/capture-files.ts'
import type { Packet } from '../capture/packet.ts'
import { fileSource, streamSource } from '../capture/source.ts'
import { TlsDecryptor } from '../capture/tls/decryptor.ts'
import { KeyLog } from '../capture/tls/key-log.ts'
import { plural } from '../report/format.ts'
import type { Segment } from '../session/segment.ts'
import { CliError } from './errors.ts'
import type { Io } from './io.ts'
import { Progress } from './read-progress.ts'

export interface Reading {
  /** A line for each file that could not be read to its end: name, place, why. */
  readonly damages: readonly string[]
  /** What the captures hold besides: sentences. */
  readonly notices: readonly string[]
  /** Of the last packet, in microseconds. */
  readonly time: number
}

/** The captures' inputs, open. Throws CliError, as `report:`, where one can't be opened. */
export async function openCaptures(files: readonly string[], io: Io): Promise<CaptureInput[]> {
  const inputs: CaptureInput[] = []
  for (const name of files) {
    try {
      const isStdin = name === '-'
      if (isStdin && files.indexOf('-') !== inputs.length) throw new Error('can be given once')
      inputs.push({ name: isStdin ? 'stdin' : name, source: isStdin ? streamSource(io.stdin) : await fileSource(name) })
    } catch (error) {
      for (const { source } of inputs) await source.close()
      throw new CliError(`report: ${safe(name)}: ${(error as Error).message}`)
    }
  }
  return inputs
}

/** The key log in a file; an empty one without. Throws CliError. */
export function keysIn(file: string | undefined): KeyLog {
  if (file === undefined) return new KeyLog()
  try {
    return new KeyLog(readFileSync(file, 'latin1'))
  } catch (error) {
    throw new CliError(`report: --keylog: ${(error as Error).message}`)
  }
}

/** Reads captures as one, merged by time. `bar`: progress is shown on stderr. */
export async function readCaptures(
  inputs: readonly CaptureInput[],
  keys: KeyLog,
  io: Io,
  bar: boolean,
  out: (segment: Segment) => void,
): Promise<Reading> {
  const handler = new Handler(inputs, keys, new Progress(io.stderr, bar ? sizeOf(inputs) : 0, Date.now()), out)
  const damages = await readPackets(inputs, handler)
  return { damages: damages.map(damageText), notices: handler.end(), time: handler.time }
}

const sizeOf = (inputs: readonly CaptureInput[]): number =>
  inputs.reduce((sum, { source }) => sum + (source.size ?? 0), 0)

class Handler implements PacketHandler {
  readonly stopped = false
  time = 0
  private readonly inputs: readonly CaptureInput[]
  private readonly keys: KeyLog
  private readonly bar: Progress
  private readonly assembler: Assembler

  constructor(inputs: readonly CaptureInput[], keys: KeyLog, bar: Progress, out: (segment: Segment) => void) {
    this.inputs = inputs
    this.keys = keys
    this.bar = bar
    this.assembler = new Assembler({ tls: new TlsDecryptor(keys) }, out)
  }

  packet(packet: Packet): void {
    this.time = packet.time
    this.assembler.packet(packet)
  }

  room(): null {
    return null
  }

  secrets(keyLog: string): void {
    this.keys.add(keyLog)
  }

  progress(): void {
    const read = this.inputs.reduce((sum, { source }) => sum + source.position, 0)
    this.bar.update(read, Date.now())
  }

  idle(): void {
    this.assembler.hurry()
  }

  /** Ends the reading; what there is to say of it. */
  end(): string[] {
    this.assembler.end()
    this.bar.clear()
    const { notKafka, tlsWithoutKeys, forgotten } = this.assembler.counts
    return [
      ...(notKafka > 0 ? [`${plural(notKafka, 'connection')} without Kafka not shown.`] : []),
      ...(tlsWithoutKeys > 0 ? [`${plural(tlsWithoutKeys, 'TLS connection')} not decrypted: there are no keys.`] : []),
      ...(forgotten > 0 ? [`${plural(forgotten, 'connection')} forgotten while open: there were too many.`] : []),
    ]
  }
}

function damageText({ file, offset, unpacked, message }: FileDamage): string {
  const where = unpacked ? `byte ${offset} of what it unpacks to` : `byte ${offset}`
  return `${safe(file)}: ${where}: ${safe(message)}`
}
