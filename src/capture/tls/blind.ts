/**
 * Keys for records of TLS 1.3 whose handshake is not in the capture: it is tried which of the log's secrets opens one,
 * and as which of its connection's records. The tag proves what is found. (TLS 1.2 makes its keys of both hellos.)
 */
import type { KeyLog } from './key-log.ts'
import type { Opened, RecordKey } from './opened.ts'
import { trafficKey } from './record-key.ts'
import { suitesOfSecret } from './suites.ts'

/** Tries for all records: a few seconds. */
const MAX_TRIES = 400_000
/** A record has so much of what is left: those of a connection that no key opens leave something to others. */
const SHARE = 1 / 8
/** A record's number is tried up to here, and at least so far. */
const MAX_WINDOW = 65_536
const MIN_WINDOW = 32
/** Of a connection that was seen to begin: its first records. */
const NEAR_WINDOW = 64
/** Making a key takes as long as so many tries. */
const KEY_COST = 8

export interface BlindMatch {
  readonly sender: 'client' | 'server'
  readonly cipher: string
  /** The sender's, and the number of the record after this one. */
  readonly key: RecordKey
  readonly seq: number
  /** The other end's; null where the log lacks it. */
  readonly other: RecordKey | null
  readonly opened: Opened
}

interface Candidate {
  readonly sender: 'client' | 'server'
  readonly cipher: string
  readonly key: RecordKey
  readonly other: RecordKey | null
}

export class BlindSearch {
  private readonly keys: KeyLog
  private left = MAX_TRIES
  /** Of the whole log, as long as it does not grow. */
  private all: { readonly taken: number; readonly candidates: readonly Candidate[] } | null = null

  constructor(keys: KeyLog) {
    this.keys = keys
  }

  /** Whether it is worth trying. `random`: the connection's own, in hex, where its ClientHello was seen. */
  hopes(random: string | null): boolean {
    return this.left > 0 && (random === null ? this.keys.hasTraffic : this.keys.traffic(random) !== null)
  }

  /** The key that opens a record (its header included); null where none does. */
  find(record: Uint8Array, random: string | null): BlindMatch | null {
    const candidates = random === null ? this.candidates() : this.candidatesOf(random)
    const share = Math.floor((this.left * SHARE) / Math.max(1, candidates.length))
    const window = random === null ? Math.min(MAX_WINDOW, Math.max(MIN_WINDOW, share)) : NEAR_WINDOW
    // Low numbers first, of all keys: most captures miss little of a connection.
    for (let from = 0, to = MIN_WINDOW; from < window; from = to, to = Math.min(window, to * 8)) {
      for (const candidate of candidates) {
        const match = this.attempt(record, candidate, from, to)
        if (match) return match
      }
    }
    return null
  }

  private attempt(record: Uint8Array, { key, ...candidate }: Candidate, from: number, to: number): BlindMatch | null {
    for (let seq = from; seq < to && this.left > 0; seq++) {
      this.left--
      const opened = key.open(record, seq)
      if (opened) return { ...candidate, key, seq: seq + 1, opened }
    }
    return null
  }

  private candidates(): readonly Candidate[] {
    const { taken } = this.keys
    if (this.all?.taken === taken) return this.all.candidates
    const candidates: Candidate[] = []
    for (const random of this.keys.randoms()) {
      if (candidates.length * MIN_WINDOW > this.left) break
      candidates.push(...this.candidatesOf(random))
    }
    this.all = { taken, candidates }
    return candidates
  }

  private candidatesOf(random: string): Candidate[] {
    const secrets = this.keys.traffic(random)
    if (!secrets) return []
    return suitesOfSecret((secrets.client ?? secrets.server)!.length).flatMap((suite) => {
      this.left -= KEY_COST
      const client = trafficKey(suite, secrets.client)
      const server = trafficKey(suite, secrets.server)
      const { cipher } = suite
      return [
        ...(client ? [{ sender: 'client' as const, cipher, key: client, other: server }] : []),
        ...(server ? [{ sender: 'server' as const, cipher, key: server, other: client }] : []),
      ]
    })
  }
}
