/**
 * What a message is, where nobody says: every API and data message at every version is tried as a frame, as a frame without
 * its size field and as a body alone. A reading costs bits, as in a diagnosis: how unusual the message is, how surprising
 * its values are, and eight for every byte that it does not account for. Bits become shares of certainty; bytes that
 * are nothing of Kafka's have a share too.
 */
import { i32 } from '../bytes/read.ts'
import { textBits } from './diagnosis/cost.ts'
import { everywhere } from './diagnosis/hypotheses.ts'
import { planOf } from './diagnosis/plan.ts'
import { Reading } from './diagnosis/reading.ts'
import { AS_IS } from './diagnosis/twist.ts'
import { type Attempt, type Known, requestAttempts, responseAttempts, unframedAttempts } from './guess-attempts.ts'

export type { Hints, Known } from './guess-attempts.ts'

/** How the bytes are framed: with the size field in front, without it, a body alone, or a body behind its own number. */
export type GuessForm = 'frame' | 'frame without size' | 'body' | 'prefixed body'

export interface Guess {
  readonly form: GuessForm
  readonly kind: 'request' | 'response' | 'data'
  /** Of the schema: `JoinGroupResponse`. */
  readonly name: string
  /** Null for data messages. */
  readonly apiKey: number | null
  readonly version: number
  /** Other versions that read these bytes just the same. */
  readonly alike: readonly number[]
  /** Bytes in front of the body that say its version or type; 0 unless the form is `prefixed body`. */
  readonly prefix: number
  /** 0 to 1, for all versions that read alike together. Those of all guesses add up to at most 1. */
  readonly certainty: number
  /** Every byte is accounted for and nothing is odd. */
  readonly sound: boolean
}

export interface Guesses {
  /** Best first; at least one wherever anything is left to try. */
  readonly guesses: readonly Guess[]
  /** How likely it is that the bytes are no such message. */
  readonly nothing: number
}

/** Candidates so much worse than the best are forgotten; a broken one may gain that much by a twist. */
const MARGIN = 80
/** What it costs that a message is broken, and each byte that is then not accounted for: more than random values do. */
const BROKEN = 22
const UNREAD = 9.5
/** That there is a bug at all; a twist's own bits say which. */
const BUG = 12
/** A varint that is none may be of ten bytes: a reading that passes over more than one has lost its way. */
const LONG_VARINT = 50
/** Bytes that all readings together may go over. */
const MAX_BYTES = 256 * 1024 * 1024
/** Broken candidates that are read again with every bug in mind, and the bytes that may take. */
const TWISTED = 24
const MAX_TWISTED_BYTES = 8 * 1024 * 1024
const LEAST_BYTES = 512

const MOST_GUESSES = 6
const LEAST_SHARE = 0.001

/** What the bytes may be. Never throws; bounded in time by the size of the bytes. */
export function guessMessage(bytes: Uint8Array, known: Known = {}): Guesses {
  const guessing = new Guessing(bytes)
  for (const attempt of requestAttempts(bytes, known)) guessing.attempt(attempt)
  for (const attempt of responseAttempts(bytes, known)) guessing.attempt(attempt)
  for (const attempt of unframedAttempts(bytes, known)) guessing.attempt(attempt)
  guessing.twist()
  return guessing.shares(known)
}

interface Candidate {
  readonly attempt: Attempt
  bits: number
  sound: boolean
}

class Guessing {
  private readonly bytes: Uint8Array
  private readonly reading = new Reading()
  private candidates: Candidate[] = []
  private best = Number.POSITIVE_INFINITY
  private bytesLeft = MAX_BYTES

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  attempt(attempt: Attempt): void {
    if (this.bytesLeft < 0 || attempt.bits > this.best + MARGIN) return
    const { reading } = this
    const { length } = this.bytes
    const twist = { ...AS_IS, bits: attempt.bits }
    const whole = reading.read(planOf(attempt.model), this.bytes, attempt.start, length, twist, this.best + MARGIN)
    this.bytesLeft -= reading.pos - attempt.start
    if (reading.stop?.why === 'bound') return
    const sound = whole && reading.faults.length === 0 && !attempt.odd
    // An underflow and contents that are cut have counted the bytes that are left; a count and the end have not.
    const counted = reading.stop !== null && (reading.stop.why === 'underflow' || reading.stop.why === 'length')
    const left = whole ? 0 : (counted ? UNREAD - 8 : UNREAD) * (length - reading.pos) + BROKEN
    const longVarints = reading.faults.filter(({ cause }) => cause === 'varint-too-long').length
    if (longVarints > 1) return
    const bits = reading.bits + left + longVarints * LONG_VARINT
    if (bits > this.best + MARGIN) return
    this.candidates.push({ attempt, bits, sound })
    this.best = Math.min(this.best, bits)
  }

  /** Broken candidates near the best, read with each bug that an encoder may have: a reading that fits costs less. */
  twist(): void {
    const broken = this.candidates.filter(({ sound, bits }) => !sound && bits <= this.best + MARGIN)
    broken.sort((a, b) => a.bits - b.bits)
    let left = MAX_TWISTED_BYTES
    for (const candidate of broken.slice(0, TWISTED)) {
      const { attempt } = candidate
      const plan = planOf(attempt.model)
      for (const twist of everywhere(plan)) {
        if (left < 0) return
        const bits = attempt.bits + twist.bits + BUG
        if (bits >= candidate.bits) continue
        const { reading, bytes } = this
        const whole = reading.read(plan, bytes, attempt.start, bytes.length, { ...twist, bits }, candidate.bits)
        left -= Math.max(LEAST_BYTES, reading.pos - attempt.start)
        if (whole && reading.bits < candidate.bits) candidate.bits = reading.bits
      }
      this.best = Math.min(this.best, candidate.bits)
    }
  }

  shares(known: Known): Guesses {
    const noise = Math.min(8 * this.bytes.length, textBits(this.bytes, true)) + 1
    const best = Math.min(this.best, noise)
    const groups = new Map<string, Candidate[]>()
    let total = 2 ** (best - noise)
    for (const candidate of this.candidates) {
      const { form, model } = candidate.attempt
      total += 2 ** (best - candidate.bits)
      const key = `${form} ${model.name} ${candidate.bits.toFixed(3)}`
      groups.set(key, [...(groups.get(key) ?? []), candidate])
    }
    const guesses = [...groups.values()]
      .map((group) => guessOf(group, known, group.reduce((sum, { bits }) => sum + 2 ** (best - bits), 0) / total))
      .sort((a, b) => b.weight - a.weight)
    const shown = guesses.slice(0, MOST_GUESSES).filter(({ guess }, i) => i === 0 || guess.certainty >= LEAST_SHARE)
    return { guesses: shown.map(({ guess }) => guess), nothing: certainty(2 ** (best - noise) / total) }
  }
}

/** Versions that read alike as one guess: the one that was named, else the newest that is no draft. */
function guessOf(group: readonly Candidate[], known: Known, weight: number): { guess: Guess; weight: number } {
  const named = known.hints?.versions ?? []
  const rank = ({ attempt: { model, unstable } }: Candidate): number =>
    (named.includes(model.version) ? 200_000 : 0) + (unstable ? 0 : 100_000) + model.version
  const [chosen, ...others] = [...group].sort((a, b) => rank(b) - rank(a))
  const { form, model, prefix } = chosen!.attempt
  const guess: Guess = {
    form,
    kind: model.kind === 'request' || model.kind === 'response' ? model.kind : 'data',
    name: model.name,
    apiKey: model.kind === 'data' ? null : model.apiKey,
    version: model.version,
    alike: others.map(({ attempt }) => attempt.model.version).sort((a, b) => a - b),
    prefix,
    certainty: certainty(weight),
    sound: chosen!.sound,
  }
  return { guess, weight }
}

/** Three decimals; never quite certain. */
const certainty = (share: number): number => Math.floor(Math.min(0.999, share) * 1000) / 1000

/**
 * Frames one after another that fill the bytes exactly, as one read of a socket may hold several; null where their size
 * fields do not say so, or there is one only.
 */
export function framesIn(bytes: Uint8Array): Uint8Array[] | null {
  const frames: Uint8Array[] = []
  let at = 0
  while (at + 4 <= bytes.length) {
    const size = i32(bytes, at)
    if (size < 4 || size > bytes.length - at - 4) return null
    frames.push(bytes.subarray(at, at + 4 + size))
    at += 4 + size
  }
  return at === bytes.length && frames.length > 1 ? frames : null
}
