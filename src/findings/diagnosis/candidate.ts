/** A bug that explains the bytes, how well, and the ranking of several. */
import type { Cause } from '../finding.ts'
import type { Reading } from './reading.ts'
import type { Twist } from './twist.ts'
import { twistMessage } from './words.ts'

export interface Candidate {
  readonly cause: string
  /** The bug's own and those of the values that it yields: the fewer, the likelier. */
  readonly bits: number
  readonly path: string
  readonly offset: number
  readonly message: string
  readonly evidence?: Readonly<Record<string, string | number>>
  readonly occurrences?: number
}

/** The bug of a twist under which a reading accounted for every byte. */
export function candidateOf(twist: Twist, reading: Reading, name: string): Candidate {
  const { applied, bits, faults } = reading
  const first = reading.first!
  const evidence = twist.cause === 'wrong-width' ? { actual: `int${8 * twist.n}` } : first.evidence
  // A length that was no varint, and what it should have said.
  const unreadable = twist.act === 'length' && faults.find((fault) => fault.offset === first.offset)
  return {
    cause: unreadable ? unreadable.cause : twist.cause,
    bits,
    path: first.path,
    offset: first.offset,
    message: twistMessage(twist, reading, name),
    ...(Object.keys(evidence).length > 0 ? { evidence } : {}),
    ...(twist.visit === 0 && applied > 1 ? { occurrences: applied } : {}),
  }
}

/** Causes below are noise. */
const LEAST = 0.002
const MOST = 6
/** Beyond, one is as good as impossible. */
const MOST_BITS = 500

/**
 * Bits are a model's, and models are too sure of themselves: a bit less is so much of a bit less likely.
 */
const TRUST = 0.5

/** What is left to a place of a cause that is likelier elsewhere, of its share; the rest goes to the likeliest place. */
const SECOND_PLACE = 0.25

interface Share {
  readonly candidate: Candidate
  share: number
}

/**
 * How likely each candidate is beside the others, best first. Candidates of one cause at one place are one; of a cause
 * that may be at several places the likeliest stands for all: which bug it is matters more than where.
 */
export function rank(candidates: readonly Candidate[]): Cause[] {
  if (candidates.length === 0) return []
  const best = Math.min(...candidates.map((candidate) => candidate.bits))
  const causes = new Map<string, Map<number, { candidate: Candidate; weight: number }>>()
  for (const candidate of candidates) {
    const weight = 2 ** Math.max(-MOST_BITS, best - candidate.bits)
    const places = causes.get(candidate.cause) ?? new Map<number, { candidate: Candidate; weight: number }>()
    causes.set(candidate.cause, places)
    const twin = places.get(candidate.offset)
    if (!twin) places.set(candidate.offset, { candidate, weight })
    else {
      twin.weight += weight
      if (candidate.bits < twin.candidate.bits) twin.candidate = candidate
    }
  }
  const shares = [...causes.values()].flatMap((places) => sharesOf([...places.values()]))
  const total = shares.reduce((sum, { share }) => sum + share, 0)
  return shares
    .sort((a, b) => b.share - a.share)
    .map(({ candidate: { bits: _bits, ...cause }, share }) => ({ ...cause, score: score(share / total) }))
    .filter((cause) => cause.score >= LEAST)
    .slice(0, MOST)
}

/** The shares of one cause's places. */
function sharesOf(places: { candidate: Candidate; weight: number }[]): Share[] {
  const sum = places.reduce((all, { weight }) => all + weight, 0)
  const [first, ...others] = places.sort((a, b) => b.weight - a.weight)
  const whole = sum ** TRUST
  const rest = others.map(({ candidate, weight }) => ({ candidate, share: SECOND_PLACE * whole * (weight / sum) }))
  return [{ candidate: first!.candidate, share: whole - rest.reduce((all, { share }) => all + share, 0) }, ...rest]
}

/** Three decimals; never quite certain, and never added up to more than 1. */
const score = (share: number): number => Math.floor(Math.min(0.98, share) * 1000) / 1000
