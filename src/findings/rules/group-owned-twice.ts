import { Bounded } from '../bounded.ts'
import { CONSUMER_HEARTBEAT } from '../groups/apis.ts'
import type { Line } from '../groups/group.ts'
import { because, keyOf, laterAt, named, type Place } from '../groups/say.ts'
import type { Epoch, Step } from '../groups/step.ts'
import type { SessionRule } from '../rule.ts'
import type { Seen } from '../seen.ts'
import type { Tell, Watch } from '../watch.ts'

const MAX_SUSPECTED = 1000

interface Suspected {
  readonly place: Place
  readonly exchange: number
  readonly time: number
  readonly topic: string
  readonly partition: number
  readonly member: string
  readonly holder: string
  readonly line: Line
  readonly connection: number
  more: number
}

/**
 * KIP-848: the coordinator gives a partition to a member while another has it, or has not said that it gave it back.
 * Told when that other is next taken for a member: then it is certain that it was one.
 */
export const groupOwnedTwice: SessionRule = {
  kind: 'session',
  code: 'group/owned-twice',
  severity: 'error',
  apis: [CONSUMER_HEARTBEAT],
  watch: ({ groups, state }) =>
    new OwnedTwice(
      () => groups.step,
      (id) => state.topicNames.get(id) ?? id,
    ),
}

class OwnedTwice implements Watch {
  private readonly step: () => Step | null
  private readonly names: (topicId: string) => string
  private readonly suspected = new Bounded<string, Suspected>(MAX_SUSPECTED)

  constructor(step: () => Step | null, names: (topicId: string) => string) {
    this.step = step
    this.names = names
  }

  request(seen: Seen): void {
    const step = this.step()
    if (step?.kind !== 'asked') return
    const key = keyOf(step.group) + step.memberId
    const suspected = this.suspected.get(key)
    if (!suspected) return
    // Bytes that came late in a capture or not at all, a member that was out in between: nothing is certain.
    const { request, connection } = seen.exchange
    const lost = suspected.line.broken || suspected.connection !== connection.id
    if (lost || request!.time <= suspected.time || step.generation <= 0) this.suspected.delete(key)
  }

  exchange(seen: Seen, tell: Tell): void {
    const step = this.step()
    if (step?.kind !== 'epoch') return
    this.confirm(step, seen, tell)
    for (const { topic, partition, holder } of step.twice) {
      const key = keyOf(step.group) + holder.id
      const known = this.suspected.get(key)
      if (known?.exchange === seen.exchange.id) known.more++
      else
        this.suspected.set(key, {
          place: laterAt(seen, 'response', 'assignment'),
          exchange: seen.exchange.id,
          time: seen.exchange.response?.time ?? 0,
          topic: this.names(topic),
          partition,
          member: step.memberId,
          holder: holder.id,
          line: holder.line,
          connection: holder.connection,
          more: 0,
        })
    }
  }

  private confirm(step: Epoch, seen: Seen, tell: Tell): void {
    const key = keyOf(step.group) + step.memberId
    const suspected = this.suspected.get(key)
    if (!suspected) return
    if (step.error !== null) this.suspected.delete(key)
    if (step.error !== 0 || step.asked <= suspected.time) return
    const { place, exchange, topic, partition, member, holder, more } = suspected
    tell({
      ...place,
      message: `${named(topic)} ${partition}${more > 0 ? ` (and ${more} more)` : ''} is given to ${named(member)} in #${exchange} while ${named(holder)} has it: both read it.`,
      causes: because(
        'revocation-not-awaited',
        0.8,
        'the coordinator assigns a partition before its owner has said that it gave it back',
        place,
      ),
      exchanges: [exchange, seen.exchange.id],
    })
  }
}
