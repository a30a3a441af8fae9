/** Any capture file, by its first bytes. */
import { toHex } from '../bytes/hex.ts'
import { type Damage, type FormatReader, newPacket, type ReadResult } from './packet.ts'
import { isPcap, PcapReader } from './pcap.ts'
import { isPcapng, PcapngReader } from './pcapng.ts'
import { Window } from './window.ts'

export class CaptureReader implements FormatReader {
  readonly window = new Window()
  private readonly onSecrets: (keyLog: string) => void
  private format: FormatReader | null = null
  private own: Damage | null = null
  private readonly none = newPacket()

  constructor(onSecrets: (keyLog: string) => void = () => {}) {
    this.onSecrets = onSecrets
  }

  get packet() {
    return this.format?.packet ?? this.none
  }

  get damage(): Damage | null {
    return this.own ?? this.format?.damage ?? null
  }

  read(): ReadResult {
    this.format ??= this.detect()
    if (this.format) return this.format.read()
    return this.own ? 'damaged' : 'more'
  }

  private detect(): FormatReader | null {
    const { window } = this
    if (this.own || window.left < 4) return null
    const { bytes, at } = window
    if (isPcapng(bytes, at)) return new PcapngReader(window, this.onSecrets)
    if (isPcap(bytes, at)) return new PcapReader(window)
    this.own = { offset: 0, message: `neither pcap nor pcapng begins with ${toHex(bytes, at, at + 4)}` }
    return null
  }

  finish(): Damage | null {
    if (this.format || this.own) return this.own ?? this.format!.finish()
    const { left } = this.window
    this.own = { offset: left, message: left === 0 ? 'it is empty' : 'it ends within its header' }
    return this.own
  }
}
