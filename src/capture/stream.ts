/**
 * One direction of a TCP connection: its segments by sequence number, those that can't be delivered yet in a queue.
 * Sequence numbers wrap at 2^32, so positions are compared by their distance from `next`.
 */

/** What a packet adds to a direction. */
export interface Piece {
  seq: number
  /** What was captured of the payload; `length` is what there was, more where the capture cut it. */
  bytes: Uint8Array
  length: number
  readonly fin: boolean
  readonly rst: boolean
  /** Up to where its sender had received the other direction; null where it doesn't say. */
  readonly ack: number | null
  readonly time: number
  readonly packet: number
}

/** A distance beyond this is one backwards: old bytes. No window is so large, so that far jumps forward are possible. */
const BACKWARDS = 0xf000_0000

/** How far `seq` lies before `next`; 0 or less: it does not. A number below 2^28. */
export function behind(next: number, seq: number): number {
  const distance = (seq - next) >>> 0
  return distance > BACKWARDS ? 0x1_0000_0000 - distance : 0
}

/** How far `seq` lies after `next`; 0: it does not. */
export function ahead(next: number, seq: number): number {
  const distance = (seq - next) >>> 0
  return distance > BACKWARDS ? 0 : distance
}

/** An own object and array slot, beside the payload. */
const PIECE_COST = 200

/** Memory that queues of all connections may take. */
export class QueueBudget {
  used = 0
  readonly max: number

  constructor(max: number) {
    this.max = max
  }

  get full(): boolean {
    return this.used > this.max
  }
}

export class Stream {
  /** The sequence number of the next byte to deliver; meaningless before `started`. */
  next = 0
  started = false
  /** A packet came from this end. */
  seen = false
  /** The newest acknowledgement of the other end, as a sequence number of this direction; null: none. */
  acked: number | null = null
  /** The lowest one before the direction started. */
  firstAck: number | null = null
  /** The lowest sequence number of a packet before the direction started, payload or not. */
  lowest: number | null = null
  /** One number was acknowledged for which nothing was seen: a FIN, or a byte. */
  uncertain = false
  ended = false
  /** Bytes and pieces in the queue. */
  size = 0
  private pieces: Piece[] = []
  private readonly budget: QueueBudget

  constructor(budget: QueueBudget) {
    this.budget = budget
  }

  get head(): Piece | null {
    return this.pieces[0] ?? null
  }

  get waiting(): number {
    return this.pieces.length
  }

  begin(next: number): void {
    this.next = next >>> 0
    this.started = true
  }

  /** A direction that has no start yet has a packet at `seq`. */
  sighted(seq: number): void {
    if (this.lowest === null || ((seq - this.lowest) | 0) < 0) this.lowest = seq
  }

  /** Keeps a piece until what is before it has come. Pieces that add nothing to one that is there are dropped. */
  add(piece: Piece): void {
    let low = 0
    let high = this.pieces.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.before(this.pieces[middle]!.seq, piece.seq)) low = middle + 1
      else high = middle
    }
    for (let i = low; i < this.pieces.length && this.pieces[i]!.seq === piece.seq; i++) {
      const twin = this.pieces[i]!
      if (twin.bytes.length >= piece.bytes.length && twin.length >= piece.length && twin.fin === piece.fin) return
      low = i + 1
    }
    this.pieces.splice(low, 0, piece)
    this.account(piece, 1)
  }

  /** Signed distances: enough as long as a queue spans less than 2 GB, and safe (only badly sorted) beyond. */
  private before(a: number, b: number): boolean {
    return this.started ? ahead(this.next, a) < ahead(this.next, b) : ((a - b) | 0) < 0
  }

  /** Sorts what was queued before the start was known. */
  sort(): void {
    this.pieces.sort((a, b) => ahead(this.next, a.seq) - ahead(this.next, b.seq))
  }

  shift(): Piece | null {
    const piece = this.pieces.shift() ?? null
    if (piece) this.account(piece, -1)
    return piece
  }

  clear(): void {
    for (const piece of this.pieces) this.account(piece, -1)
    this.pieces = []
  }

  private account(piece: Piece, sign: 1 | -1): void {
    const cost = sign * (piece.bytes.length + PIECE_COST)
    this.size += cost
    this.budget.used += cost
  }

  /** Takes off what was delivered before. False where nothing new is left. */
  trim(piece: Piece): boolean {
    const old = behind(this.next, piece.seq)
    // A reset is one whatever was sent again before it.
    if (piece.rst && old > piece.length) piece.length = old
    if (old > 0) {
      if (old > piece.length) return false
      piece.seq = this.next
      piece.bytes = piece.bytes.subarray(Math.min(old, piece.bytes.length))
      piece.length -= old
    }
    return piece.length > 0 || piece.fin || piece.rst
  }
}
