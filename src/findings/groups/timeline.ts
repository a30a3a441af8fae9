/** A group's life as a row of stretches, for all views: in words, and as a bar. Times are in microseconds. */
import type { Group, GroupKind, Member, Phase, Stretch } from './group.ts'

/** How each kind of group is called. */
export const KINDS: Readonly<Record<GroupKind, string>> = {
  classic: 'classic',
  consumer: 'consumer (KIP-848)',
  share: 'share (KIP-932)',
  streams: 'streams (KIP-1071)',
}

/** What each phase is drawn with. */
export const MARKS: Readonly<Record<Phase, string>> = { joining: 'j', syncing: 's', stable: '=', empty: '.', dead: 'x' }

/** `j joining, s syncing, ...`: what the marks mean. */
export const LEGEND = Object.entries(MARKS)
  .map(([phase, mark]) => `${mark} ${phase}`)
  .join(', ')

export interface Span extends Stretch {
  /** When the next began; of the last, when the group was last heard of. */
  readonly end: number
}

/** The stretches that are known, each with its end. */
export const spansOf = ({ life, seen }: Group): Span[] =>
  life.map((stretch, i) => ({ ...stretch, end: Math.max(stretch.time, life[i + 1]?.time ?? seen) }))

/**
 * The life in so many marks, each for an equal part of the time. Phases that are shorter than a mark are not lost: of all
 * in it that which moves the most is drawn.
 */
export function bar(group: Group, width: number): string {
  const spans = spansOf(group)
  const from = spans[0]?.time ?? 0
  const whole = Math.max(1, (spans.at(-1)?.end ?? 0) - from)
  const marks: Phase[] = []
  for (const { phase, time, end } of spans) {
    const first = Math.min(width - 1, Math.floor(((time - from) / whole) * width))
    const last = Math.max(first, Math.ceil(((end - from) / whole) * width) - 1)
    for (let i = first; i <= Math.min(last, width - 1); i++) {
      const there = marks[i]
      if (there === undefined || WEIGHT[phase] > WEIGHT[there]) marks[i] = phase
    }
  }
  return marks.map((phase) => MARKS[phase]).join('')
}

/** What is drawn where several phases share a mark. */
const WEIGHT: Readonly<Record<Phase, number>> = { stable: 0, empty: 1, syncing: 2, joining: 3, dead: 4 }

/** `stable at generation 2 with 3 members, range`. */
export function stateText({ phase, generation, kind, protocol, members, crowded, mixed }: Group): string {
  const number = kind === 'classic' ? 'generation' : 'epoch'
  const at = generation < 0 ? '' : ` at ${number} ${generation}`
  const count = members.size
  const some = `${crowded ? 'more than ' : ''}${count} ${count === 1 && !crowded ? 'member' : 'members'}`
  const size = count === 0 ? 'no members' : some
  return `${phase}${at} with ${size}, ${mixed ? 'of both protocols' : protocol || KINDS[kind]}`
}

/** `3.01 s`, `12 ms`, `2 min 5 s`. */
export function lasting(micros: number): string {
  const millis = Math.max(0, micros) / 1000
  if (millis < 1000) return `${millis < 10 ? millis.toFixed(1) : Math.round(millis)} ms`
  if (millis < 60_000) return `${(millis / 1000).toFixed(millis < 10_000 ? 2 : 1)} s`
  const seconds = Math.round(millis / 1000)
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

/** The last stretches in words: `joining 3.01 s, syncing 12 ms, stable (generation 1, 3 members) 45.2 s`. */
export function lifeText(group: Group, most: number): string {
  const spans = spansOf(group)
  const number = group.kind === 'classic' ? 'generation' : 'epoch'
  const words = spans.slice(-most).map(({ phase, generation, members, time, end }) => {
    const what = phase === 'stable' ? `stable (${number} ${generation}, ${members} in)` : phase
    return end > time ? `${what} ${lasting(end - time)}` : what
  })
  const before = group.forgotten + Math.max(0, spans.length - most)
  return `${before > 0 ? `after ${before} earlier: ` : ''}${words.join(', ')}`
}

/** Members in the order in which they came, the leader first. */
export const membersOf = ({ members, leader }: Group): Member[] =>
  [...members.values()].sort((a, b) => Number(b.id === leader) - Number(a.id === leader) || a.joined - b.joined)
