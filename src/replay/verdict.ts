/** A recorded answer and the new one held against each other. What is bound to differ is what `diff` has declared so. */
import type { Encodable } from '../codec/encode.ts'
import type { JsonObject, JsonValue } from '../codec/json-text.ts'
import { ExchangeComparison } from '../diff/exchange.ts'
import type { Difference } from '../diff/model.ts'
import { errorsIn } from '../diff/pairing.ts'
import { Renames } from '../diff/renames.ts'
import type { Rules } from '../diff/rules.ts'
import type { Memory } from '../diff/values.ts'
import { WireItem, type WireOptions } from '../diff/wire-side.ts'
import type { Ids } from './ids.ts'
import type { Recorded } from './plan.ts'
import { NOT_YET } from './plan.ts'

const membersOf = (body: JsonValue): JsonValue[] => {
  const { members } = (body ?? {}) as JsonObject
  return Array.isArray(members) ? members.map((member) => (member as JsonObject).memberId ?? null).sort() : []
}

/** How the new answer compares. */
export interface Verdict {
  readonly differences: readonly Difference[]
  /** Error codes that the new answer has more of than the recorded one. */
  readonly newErrors: readonly number[]
}

export class Judge {
  private readonly comparison: ExchangeComparison
  private readonly rules: Rules
  private readonly ids: Ids
  private readonly memory: Memory = { renames: new Renames(), bound: new Map(), differed: false }
  private readonly recorded: WireOptions
  private readonly replayed: WireOptions

  /** The options are those of the recorded session and of the new one. */
  constructor(rules: Rules, ids: Ids, recorded: WireOptions, replayed: WireOptions) {
    this.rules = rules
    this.ids = ids
    this.comparison = new ExchangeComparison(rules, this.memory)
    this.recorded = recorded
    this.replayed = replayed
  }

  /** Whether the members that a JoinGroup answer lists are the same, by the names they have now. */
  private isOfSameMembers(recorded: JsonObject, replayed: JsonObject): boolean {
    const names = ({ body }: JsonObject, now: boolean): string =>
      membersOf(now ? (this.ids.carried(0, body as Encodable) as JsonValue) : (body ?? null)).join('\n')
    return names(recorded, true) === names(replayed, false)
  }

  private hasOtherLeader(recorded: JsonObject, replayed: JsonObject): boolean {
    const leader = ({ body }: JsonObject): JsonValue => ((body ?? {}) as JsonObject).leader ?? ''
    const { memberId } = this.ids.carried(0, { memberId: leader(recorded) }) as JsonObject
    return memberId !== leader(replayed) && memberId !== '' && leader(replayed) !== ''
  }

  /** How often what is bound to differ did, by the name of its rule. */
  get bound(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.memory.bound)
  }

  compare(recorded: Recorded, replayed: Recorded): Verdict {
    const [a, b] = [
      new WireItem(recorded.exchange, recorded.findings, this.recorded),
      new WireItem(replayed.exchange, replayed.findings, this.replayed),
    ]
    const [was, is] = [a.side('response'), b.side('response')]
    const before = was ? errorsIn(was.json.body) : []
    const newErrors = is && was ? surplus(errorsIn(is.json.body), before) : []
    // Nothing is known of an answer that the recording lacks.
    if (!was && a.noResponse !== 'acks=0' && a.noResponse !== 'connection closed') return { differences: [], newErrors }
    const sameMembers = a.api === 'JoinGroup' && was !== null && is !== null && this.isOfSameMembers(was.json, is.json)
    // Which member leads is the coordinator's choice; only the leader is told of the members.
    const otherLeader = a.api === 'JoinGroup' && was !== null && is !== null && this.hasOtherLeader(was.json, is.json)
    const waiting = this.rules.poll(a.api) !== null
    const passed = was !== null && before.some((code) => NOT_YET.has(code))
    const differences = this.comparison.compare(a, b).filter((difference) => {
      if (difference.kind === 'request') return false
      // A coordinator lists members as its hash table does; that each has its own id is what counts.
      if (isMember(difference) && sameMembers) return false
      if (otherLeader && /^(?:leader$|members\b)/.test(difference.path)) return false
      // What a poll brings is a matter of when it is asked, and so is what a broker was not ready for.
      if (waiting || passed)
        return difference.what === 'finding' || (difference.what === 'error code' && newErrors.length > 0)
      return true
    })
    return { differences, newErrors }
  }
}

const isMember = ({ what, path }: Difference): boolean => what === 'renaming' && /^members\[\d+\]\.memberId$/.test(path)

/** What `codes` has more of than `before`. */
function surplus(codes: readonly number[], before: readonly number[]): number[] {
  const left = [...before]
  return codes.filter((code) => {
    const at = left.indexOf(code)
    if (at >= 0) left.splice(at, 1)
    return at < 0
  })
}
