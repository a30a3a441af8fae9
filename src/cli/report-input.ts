/** Capture files to what the pipeline says of them, for commands that read them whole. */
import { Assembler, type AssemblerOptions } from '../capture/assembler.ts'
import { type CaptureInput, type PacketHandler, readPackets } from '../capture/capture-files.ts'
import type { Packet } from '../capture/packet.ts'
import { TlsDecryptor } from '../capture/tls/decryptor.ts'
import type { KeyLog } from '../capture/tls/key-log.ts'
import { type Observed, Pipeline } from '../findings/pipeline.ts'
import type { Segment } from '../session/segment.ts'
import { damageText, unseenText } from './captures.ts'
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

/**
 * As `readCaptures`, with the pipeline at its end: `take` is given all that it observes, in order, the session's end
 * too. What `take` throws ends the reading.
 */
export async function observeCaptures(
  inputs: readonly CaptureInput[],
  { keys, which, bar = false, pipeline = new Pipeline() }: Observing,
  io: Io,
  take: (observed: Observed) => void,
): Promise<Reading> {
  const reading = await readCaptures(inputs, keys, which, io, bar, (segment) => {
    for (const observed of pipeline.push(segment)) take(observed)
  })
  for (const observed of pipeline.end(reading.time)) take(observed)
  return reading
}

export interface Observing {
  readonly keys: KeyLog
  readonly which: AssemblerOptions
  /** Progress is shown on stderr. */
  readonly bar?: boolean
  readonly pipeline?: Pipeline
}

/** Reads captures as one, merged by time. `bar`: progress is shown on stderr; `which`: connections that are asked for. */
async function readCaptures(
  inputs: readonly CaptureInput[],
  keys: KeyLog,
  which: AssemblerOptions,
  io: Io,
  bar: boolean,
  out: (segment: Segment) => void,
): Promise<Reading> {
  const handler = new Handler(inputs, keys, which, new Progress(io.stderr, bar ? sizeOf(inputs) : 0, Date.now()), out)
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
  private readonly tls: TlsDecryptor
  private readonly assembler: Assembler

  constructor(
    inputs: readonly CaptureInput[],
    keys: KeyLog,
    which: AssemblerOptions,
    bar: Progress,
    out: (segment: Segment) => void,
  ) {
    this.inputs = inputs
    this.keys = keys
    this.bar = bar
    this.tls = new TlsDecryptor(keys)
    this.assembler = new Assembler({ ...which, tls: this.tls }, out)
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
    return unseenText(this.assembler.counts, [...this.tls.infos()])
  }
}
