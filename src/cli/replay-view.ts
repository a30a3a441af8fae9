/** What `kafkascope replay` adds to the usual views: what differs, and a summary of it. */
import { errorName } from '../../dissectors/errors.ts'
import { safeShort } from '../bytes/safe-text.ts'
import type { JsonObject, JsonValue } from '../codec/json-text.ts'
import type { Difference, Half } from '../diff/model.ts'
import type { SendStep } from '../replay/player.ts'
import { plural } from '../report/format.ts'

const MAX_MESSAGE = 400

export class ReplayTally {
  sent = 0
  alike = 0
  differing = 0
  /** Answers that the recording has and that did not come. */
  unanswered = 0
  /** Answered, but the recording lacks the answer. */
  unknown = 0
  askedAgain = 0
  changed = 0
  reopened = 0
  interrupted = false
  readonly newErrors = new Map<number, number>()
  private readonly leftOut: ReadonlyMap<string, number>

  constructor(leftOut: ReadonlyMap<string, number>) {
    this.leftOut = leftOut
  }

  /** Whether something is otherwise than in the recording. */
  get failed(): boolean {
    return this.differing > 0 || this.unanswered > 0 || this.newErrors.size > 0
  }

  error(code: number): void {
    this.newErrors.set(code, (this.newErrors.get(code) ?? 0) + 1)
  }

  json(bound: Readonly<Record<string, number>>): JsonObject {
    return {
      sent: this.sent,
      alike: this.alike,
      differing: this.differing,
      newErrors: Object.fromEntries([...this.newErrors].map(([code, count]) => [errorName(code), count])),
      unanswered: this.unanswered,
      answerNotRecorded: this.unknown,
      askedAgain: this.askedAgain,
      changed: this.changed,
      connectionsReopened: this.reopened,
      notSent: Object.fromEntries(this.leftOut),
      boundToDiffer: { ...bound },
      interrupted: this.interrupted,
    }
  }

  words(): string[] {
    const errors = [...this.newErrors].map(([code, count]) => `${errorName(code)}${count > 1 ? ` x${count}` : ''}`)
    const parts = [
      `${plural(this.sent, 'request')} sent again`,
      `${plural(this.alike, 'answer')} as recorded`,
      `${this.differing} otherwise`,
      ...(this.unanswered > 0 ? [`${this.unanswered} missing`] : []),
      ...(this.unknown > 0 ? [`${this.unknown} not in the recording`] : []),
    ]
    return [
      parts.join(', '),
      ...(errors.length > 0 ? [`errors that the recording has not: ${errors.join(', ')}`] : []),
      ...(this.changed > 0 ? [`${plural(this.changed, 'request')} with ids of this broker, or edited`] : []),
      ...(this.askedAgain > 0 ? [`${plural(this.askedAgain, 'request')} asked again until the broker was ready`] : []),
      ...(this.reopened > 0 ? [`${plural(this.reopened, 'connection')} opened again`] : []),
      ...[...this.leftOut].map(([why, count]) => `${plural(count, 'request')} not sent: ${why}`),
      ...(this.interrupted ? ['interrupted: not all was sent'] : []),
    ]
  }
}

/** Sides are named in differences as `diff` does: A is the recording, B what was answered now. */
export const differenceLine = ({ what, kind, path, message }: Difference): string => {
  const where = [kind, path].filter((part) => part !== null && part !== '').join(' ')
  return `        ! ${what}${where === '' ? '' : ` at ${safeShort(where, 200)}`}: ${safeShort(message, MAX_MESSAGE)}`
}

export const problemLine = (step: SendStep, problem: string): string =>
  `        ! no answer to ${safeShort(step.recorded.exchange.api, 40)}, exchange ${step.recorded.exchange.id} of the recording: ${safeShort(problem, MAX_MESSAGE)}`

/** One difference of a pair; `exchange` is the new one's id. */
export function differenceJson(step: SendStep, exchange: number, difference: Difference): JsonObject {
  const { what, api, apiVersion, kind, path, message, a, b } = difference
  return {
    type: 'difference',
    exchange,
    recordedExchange: step.recorded.exchange.id,
    ...{ what, api, apiVersion, kind, path, message },
    recorded: halfJson(a),
    replayed: halfJson(b),
  }
}

export const problemJson = (step: SendStep, problem: string): JsonObject => ({
  type: 'unanswered',
  recordedExchange: step.recorded.exchange.id,
  api: step.recorded.exchange.api,
  apiVersion: step.recorded.exchange.apiVersion,
  message: problem,
})

const halfJson = (half: Half | null): JsonValue =>
  half && { offset: half.offset, length: half.length, ...(half.value === undefined ? {} : { value: half.value }) }
