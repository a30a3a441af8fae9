/** What clients send and get, told as segments: so their traffic can be seen, checked and recorded as any other. */
import type { Direction, Segment } from '../session/segment.ts'

/** Microseconds since 1970. */
export const micros = (): number => Math.round((performance.timeOrigin + performance.now()) * 1000)

/** Numbers the connections of a program's clients, which share it. */
export class Tap {
  private readonly listener: (segment: Segment) => void
  private connections = 0

  /** `listener` is given every segment as it happens. It must not throw. */
  constructor(listener: (segment: Segment) => void) {
    this.listener = listener
  }

  /** A connection opens; the returned object is told what passes on it. */
  open(client: string, broker: string): ConnectionTap {
    const id = ++this.connections
    this.listener({ type: 'open', connection: { id, client, broker }, time: micros() })
    let open = true
    return {
      data: (direction, bytes) => this.listener({ type: 'data', connection: id, direction, time: micros(), bytes }),
      close: () => {
        if (open) this.listener({ type: 'close', connection: id, time: micros() })
        open = false
      },
    }
  }
}

export interface ConnectionTap {
  /** The bytes are given away: nobody writes to them after. */
  data(direction: Direction, bytes: Uint8Array): void
  close(): void
}
