/** Capture files read as one: packets of all in the order of their times, counted as in one file. */
import { CaptureReader } from './capture-reader.ts'
import type { Packet } from './packet.ts'
import type { CaptureSource } from './source.ts'

export interface CaptureInput {
  readonly name: string
  readonly source: CaptureSource
}

/** Why a file was not read to its end. */
export interface FileDamage {
  readonly file: string
  /** A byte of the file, or where it is gzip'd (`unpacked`) of what it holds. */
  readonly offset: number
  readonly unpacked: boolean
  readonly message: string
}

export interface PacketHandler {
  packet(packet: Packet): void
  /** Asked after every packet: a promise that is to be waited for before the next one, or null. */
  room(): Promise<void> | null
  /** Asked often: whether to stop here. */
  readonly stopped: boolean
  /** TLS key logs that files bring along. */
  secrets(keyLog: string): void
  /** More was read: bytes as they are stored, and how many there are, where that is known. */
  progress(position: number, size: number | null): void
  /** Nothing has come for a while from a source that may go on. */
  idle(): void
}

const IDLE_MS = 500

/** Reads until all inputs end, are damaged, or the handler wants to stop. Resolves to the damages. */
export async function readPackets(inputs: readonly CaptureInput[], handler: PacketHandler): Promise<FileDamage[]> {
  const feeds = inputs.map((input) => new Feed(input, handler))
  let count = 0
  const take = (packet: Packet): Promise<void> | null => {
    const { number } = packet
    packet.number = ++count
    handler.packet(packet)
    packet.number = number
    return handler.room()
  }
  const ready: Feed[] = []
  for (const feed of feeds) if (await feed.next()) ready.push(feed)
  while (ready.length > 0 && !handler.stopped) {
    let first = ready[0]!
    for (const feed of ready) if (feed.packet.time < first.packet.time) first = feed
    const room = take(first.packet)
    if (room) await room
    // A promise for every packet would take longer than the packet.
    if (!first.step() && !(await first.next())) ready.splice(ready.indexOf(first), 1)
  }
  for (const feed of feeds) feed.close()
  return feeds.flatMap(({ damage }) => damage ?? [])
}

class Feed {
  damage: FileDamage | null = null
  private readonly reader: CaptureReader
  private readonly input: CaptureInput
  private readonly handler: PacketHandler

  constructor(input: CaptureInput, handler: PacketHandler) {
    this.input = input
    this.handler = handler
    this.reader = new CaptureReader((keyLog) => handler.secrets(keyLog))
  }

  get packet(): Packet {
    return this.reader.packet
  }

  /** True where the next packet is in memory already. */
  step(): boolean {
    return this.reader.read() === 'packet'
  }

  /** Reads the next packet; false where there is none. */
  async next(): Promise<boolean> {
    const { reader, handler } = this
    for (;;) {
      const result = reader.read()
      if (result === 'packet') return true
      if (result === 'damaged' || !(await this.fill())) break
      if (handler.stopped) return false
    }
    if (!handler.stopped) this.ended()
    return false
  }

  private async fill(): Promise<boolean> {
    const { source } = this.input
    try {
      const more = await this.patiently(source.fill(this.reader.window))
      this.handler.progress(source.position, source.size)
      return more
    } catch (error) {
      this.harm(this.reader.window.offset + this.reader.window.left, (error as Error).message)
      return false
    }
  }

  /** Waits for bytes; of sources that may go on silence is told, and a wish to stop is heard. */
  private async patiently(filling: Promise<boolean>): Promise<boolean> {
    if (this.input.source.size !== null) return filling
    for (;;) {
      let timer: ReturnType<typeof setTimeout> | undefined
      const silence = new Promise<null>((resolve) => {
        timer = setTimeout(resolve, IDLE_MS, null)
      })
      const more = await Promise.race([filling, silence])
      clearTimeout(timer)
      if (more !== null) return more
      if (this.handler.stopped) return false
      this.handler.idle()
    }
  }

  private ended(): void {
    const { source } = this.input
    const damage = this.reader.finish()
    if (damage) this.harm(damage.offset, damage.message)
    else if (source.error !== null) this.harm(this.reader.window.offset, 'it goes no further')
  }

  private harm(offset: number, message: string): void {
    const { name, source } = this.input
    const more = source.error === null ? '' : ` (gzip, at byte ${source.position} of the file: ${source.error})`
    this.damage ??= { file: name, offset, unpacked: source.gzip, message: message + more }
  }

  close(): void {
    // A stream that waits for bytes closes when they come: nobody has to wait for that.
    this.input.source.close().catch(() => {})
  }
}
