/** A bug that explains the bytes, how well, and the ranking of several. */
import type { Cause } from '../finding.ts'

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

/** Causes below are noise. */
const LEAST = 0.005
const MOST = 6

/** The posterior of each candidate, best first. Candidates of one cause at one place are one. */
export function rank(candidates: readonly Candidate[]): Cause[] {
  if (candidates.length === 0) return []
  const best = Math.min(...candidates.map((candidate) => candidate.bits))
  const merged = new Map<string, { candidate: Candidate; weight: number }>()
  let total = 0
  for (const candidate of candidates) {
    const weight = 2 ** (best - candidate.bits)
    total += weight
    const key = `${candidate.cause} ${candidate.offset}`
    const twin = merged.get(key)
    if (!twin) merged.set(key, { candidate, weight })
    else {
      twin.weight += weight
      if (candidate.bits < twin.candidate.bits) twin.candidate = candidate
    }
  }
  return [...merged.values()]
    .sort((a, b) => b.weight - a.weight)
    .map(({ candidate: { bits: _bits, ...cause }, weight }) => ({ ...cause, score: score(weight / total) }))
    .filter((cause) => cause.score >= LEAST)
    .slice(0, MOST)
}

/** Two decimals; never quite certain, and never added up to more than 1. */
const score = (share: number): number => Math.floor(Math.min(0.98, share) * 1000) / 1000
