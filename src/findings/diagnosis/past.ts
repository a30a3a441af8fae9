/**
 * What went before in a session, for the diagnosis of what comes broken: what each field of a message held, and the texts,
 * ids and brokers that the session named anywhere. Sound frames are kept as bytes and looked at only when something is
 * broken, so that live traffic pays for nearly nothing.
 */

import { latin1 } from '../../bytes/latin1.ts'
import type { DecodedFrame } from '../../codec/frame.ts'
import { requestMessage, responseMessage } from '../../codec/messages.ts'
import type { Direction } from '../../session/segment.ts'
import { Bounded } from '../bounded.ts'
import { roleOf } from './echoes.ts'
import { Habit, type Held, MAX_KEPT_TEXT } from './habits.ts'
import { type Plan, type PlanField, planOf } from './plan.ts'
import { Reading } from './reading.ts'
import { AS_IS } from './twist.ts'

/** What is to be known of a frame that was sound. */
export interface Sound {
  readonly kind: Direction
  readonly apiKey: number
  readonly apiVersion: number
  /** In microseconds. */
  readonly time: number
}

/** Whether a frame may be learned from. */
export const isSound = ({ flaws, stopped, bodyLine, message }: DecodedFrame): boolean =>
  flaws.length === 0 && !stopped && bodyLine >= 0 && message !== null

/** Of a frame only so many bytes are looked at: what it holds beyond is mostly more of the same. */
const MAX_BYTES = 2048
/** Frames of one message and version that wait to be looked at; the oldest goes. */
const MAX_WAITING = 6
/** In busy sessions one frame in so many microseconds is enough. */
const RARELY = 20_000
/** Messages and versions. */
const MAX_MESSAGES = 512
const MAX_TEXTS = 4096
const MAX_NUMBERS = 256

interface Waiting {
  readonly frames: Uint8Array[]
  taken: number
}

export class Past {
  private readonly waiting = new Bounded<number, Waiting>(MAX_MESSAGES)
  /** By message (whatever its version), then by the field's path. */
  private readonly habits = new Map<string, Map<string, Habit>>()
  private readonly texts = new Bounded<string, true>(MAX_TEXTS)
  private readonly roles = new Map<string, Bounded<number, true>>()
  private readonly plans = new Map<Plan, readonly (Habit | null)[]>()
  private readonly reading = new Reading()
  private fresh = false
  private alone = 0

  /** Takes a sound frame's body, from `bodyAt` on; most of a busy session's are passed over. */
  learn({ kind, apiKey, apiVersion, time }: Sound, bytes: Uint8Array, bodyAt: number): void {
    const key = (apiKey << 9) | (apiVersion << 1) | (kind === 'request' ? 0 : 1)
    const waiting = this.waiting.at(key, () => ({ frames: [], taken: Number.NEGATIVE_INFINITY }))
    if (waiting.frames.length === MAX_WAITING) {
      if (time - waiting.taken < RARELY) return
      waiting.frames.shift()
    }
    waiting.taken = time
    waiting.frames.push(bytes.slice(bodyAt, Math.min(bytes.length, bodyAt + MAX_BYTES)))
    this.fresh = true
  }

  /** Takes a frame that was decoded alone, of which no time is known, where it is sound. */
  see(decoded: DecodedFrame): void {
    if (!isSound(decoded)) return
    const time = this.alone++ * RARELY
    const { kind, apiKey, apiVersion, bytes, table, bodyLine } = decoded
    this.learn({ kind, apiKey, apiVersion, time }, bytes, table.offset(bodyLine))
  }

  /** What is known of each field of a plan, by its number; null where nothing is. */
  of(plan: Plan): readonly (Habit | null)[] {
    const known = this.plans.get(plan)
    if (known) return known
    const message = this.habits.get(plan.model.name)
    const found = new Array<Habit | null>(plan.size).fill(null)
    if (message) for (const f of plan.fields) found[f.ix] = message.get(f.path) ?? null
    this.plans.set(plan, found)
    return found
  }

  /** Looks at what was kept since the last time. */
  remember(): void {
    if (!this.fresh) return
    this.fresh = false
    this.plans.clear()
    for (const [key, waiting] of this.waiting.entries()) {
      const message = ((key & 1) === 0 ? requestMessage : responseMessage)(key >> 9, (key >> 1) & 0xff)
      const frames = waiting.frames.splice(0)
      if (!message) continue
      const plan = planOf(message.model)
      for (const bytes of frames) {
        this.reading.pupil = this.pupil(plan)
        this.reading.read(plan, bytes, 0, bytes.length, AS_IS)
      }
    }
  }

  private pupil(plan: Plan): Pupil {
    const { name } = plan.model
    const habits = this.habits.get(name) ?? new Map<string, Habit>()
    this.habits.set(name, habits)
    return {
      learn: (f, value) => {
        if (typeof value === 'string' && value.length > MAX_KEPT_TEXT) return
        const habit = habits.get(f.path) ?? new Habit()
        habits.set(f.path, habit)
        habit.learn(value)
        if (typeof value !== 'string') this.number(f.name, value)
        else if (value.length > 1) this.texts.set(value, true)
      },
    }
  }

  private number(name: string, value: number | bigint): void {
    const role = roleOf(name)
    if (!ROLES.has(role)) return
    const known = this.roles.get(role) ?? new Bounded<number, true>(MAX_NUMBERS)
    this.roles.set(role, known)
    known.set(Number(value), true)
  }

  /** Bits of one of the texts that the session named; null for any other. */
  textBits(b: Uint8Array, from: number, to: number): number | null {
    const size = to - from
    if (size < 2 || size > MAX_KEPT_TEXT || !this.texts.has(latin1(b, from, to))) return null
    return TEXT_BITS + 0.5 * Math.log2(this.texts.size)
  }

  /** Bits of a number that the session named in that role; null for any other. */
  numberBits(name: string, value: number | bigint): number | null {
    const known = this.roles.get(roleOf(name))
    return known?.has(Number(value)) ? NUMBER_BITS + Math.log2(known.size) : null
  }
}

const TEXT_BITS = 5
const NUMBER_BITS = 2.5

/** Numbers that are names of something, under whichever field. */
const ROLES = new Set(['broker', 'partition', 'port', 'producerId', 'generation'])

/** Who is told of every value that a reading comes by. */
export interface Pupil {
  learn(f: PlanField, value: Held): void
}
