/** Which life of a topic's name is meant: a topic that is deleted and made anew begins again at offset 0. */
import { ZERO_UUID } from '../bytes/hex.ts'
import { Bounded } from './bounded.ts'
import { elements, stringOf, top, whole } from './lines.ts'
import { METADATA, metadataAnswer, topicsOf } from './metadata.ts'
import type { Seen } from './seen.ts'

const CREATE_TOPICS = 19
const DELETE_TOPICS = 20

const MAX_TOPICS = 20_000

/** Fed with every exchange before the rules see it. */
export class Topics {
  private readonly lives = new Bounded<string, number>(MAX_TOPICS)
  /** Ids by broker's connection end and name: clusters that share a session may have topics of the same name. */
  private readonly ids = new Bounded<string, string>(MAX_TOPICS)

  /** Counts up each time that a topic of this name (or id) was made or deleted, as far as the session saw it. */
  life(topic: string): number {
    return this.lives.get(topic) ?? 0
  }

  exchange(seen: Seen): void {
    const { apiKey } = seen.exchange
    if (apiKey === METADATA) this.metadata(seen)
    else if (apiKey === CREATE_TOPICS || apiKey === DELETE_TOPICS) this.changed(seen)
  }

  private changed(seen: Seen): void {
    const frame = seen.frame('request')
    if (!whole(frame)) return
    const topics = top(frame, 'topics')
    for (const line of elements(frame.table, topics)) this.renew(stringOf(frame, line, 'name') ?? '')
    const names = seen.body('request')?.topicNames
    for (const name of Array.isArray(names) ? names : []) this.renew(String(name))
  }

  private metadata(seen: Seen): void {
    const frame = metadataAnswer(seen)
    if (!frame || frame.apiVersion < 10) return
    for (const { name, id } of topicsOf(frame)) {
      if (name === null || id === null || id === ZERO_UUID) continue
      const key = `${seen.exchange.connection.broker} ${name}`
      const known = this.ids.get(key)
      if (known === id) continue
      this.ids.set(key, id)
      if (known !== undefined) this.renew(name)
    }
  }

  private renew(name: string): void {
    this.lives.set(name, this.life(name) + 1)
  }
}
