/**
 * Transactions by transactional id, as far as the session saw them: KIP-98, and from EndTxn v5 and Produce v12 on
 * KIP-890, where partitions are added by producing to them and each transaction has an epoch of its own.
 */
import type { Connection } from '../session/connection.ts'
import { Bounded } from './bounded.ts'
import { child, elements, intOf, longOf, stringOf, top, whole } from './lines.ts'
import type { Seen } from './seen.ts'

export const INIT_PRODUCER_ID = 22
export const ADD_PARTITIONS = 24
const ADD_OFFSETS = 25
export const END_TXN = 26
const TXN_OFFSET_COMMIT = 28

/** From here on the broker answers EndTxn with the epoch of the next transaction. */
const OWN_EPOCHS = 5

const MAX_TRANSACTIONS = 5_000
/** Partitions of one transaction; beyond, nothing is said of them. */
const MAX_PARTITIONS = 5_000
const MAX_RESULTS = 20_000

export interface Transaction {
  producerId: number | bigint
  epoch: number
  /** All that was added to it was seen; false after gaps and where its coordinator's connection is gone. */
  known: boolean
  /** `topic partition` of what was added. */
  readonly partitions: Set<string>
  /** Anything was added since it began: partitions or offsets. */
  begun: boolean
  /** How the one before ended. */
  ended: { readonly committed: boolean; readonly exchange: number } | null
  connection: number
}

export class Transactions {
  private readonly all = new Bounded<string, Transaction>(MAX_TRANSACTIONS)
  /** How transactions ended by the producer id and epoch of their markers; null where both happened, or it is not known. */
  private readonly results = new Bounded<string, boolean | null>(MAX_RESULTS)

  of(transactionalId: string | null): Transaction | null {
    return transactionalId === null ? null : (this.all.get(transactionalId) ?? null)
  }

  /** Whether all transactions of that id and epoch were committed (true) or aborted (false); null where unknown. */
  result(producerId: number | bigint, epoch: number): boolean | null {
    return this.results.get(`${producerId} ${epoch}`) ?? null
  }

  /** The marker of a transaction that is being ended may be fetched before its EndTxn is answered. */
  request(seen: Seen): void {
    const { apiKey, apiVersion } = seen.exchange
    const request = apiKey === END_TXN && apiVersion < OWN_EPOCHS ? seen.frame('request') : null
    if (!whole(request)) return
    const epoch = intOf(request, request.bodyLine, 'producerEpoch', -1)
    const key = `${longOf(request, request.bodyLine, 'producerId', -1)} ${epoch}`
    const before = this.results.get(key)
    const committed = intOf(request, request.bodyLine, 'committed', 0) !== 0
    if (before !== undefined && before !== committed) this.results.set(key, null)
  }

  /** After the rules have seen the exchange: they judge by what was before it. */
  exchange(seen: Seen): void {
    switch (seen.exchange.apiKey) {
      case INIT_PRODUCER_ID:
        this.init(seen)
        break
      case ADD_PARTITIONS:
        this.addPartitions(seen)
        break
      case ADD_OFFSETS:
      case TXN_OFFSET_COMMIT:
        this.addOffsets(seen)
        break
      case END_TXN:
        this.end(seen)
    }
  }

  /** Bytes of some connection are missing: anything may have been added or ended in them. */
  lost(): void {
    for (const transaction of this.all.values()) transaction.known = false
    this.results.clear()
  }

  /** A connection is gone: its coordinator may be asked on one that is not seen. */
  closed({ id }: Connection): void {
    for (const transaction of this.all.values()) if (transaction.connection === id) transaction.known = false
  }

  private init(seen: Seen): void {
    const request = seen.frame('request')
    const answer = seen.frame('response')
    if (!whole(request) || !whole(answer) || intOf(answer, answer.bodyLine, 'errorCode', -1) !== 0) return
    const id = stringOf(request, request.bodyLine, 'transactionalId')
    if (id === null) return
    const producerId = longOf(answer, answer.bodyLine, 'producerId', -1)
    const epoch = intOf(answer, answer.bodyLine, 'producerEpoch', -1)
    // A prepared transaction that is kept (KIP-939) has partitions of before.
    const known = longOf(answer, answer.bodyLine, 'ongoingTxnProducerId', -1) === -1
    const connection = seen.exchange.connection.id
    this.all.delete(id)
    this.all.set(id, { producerId, epoch, known, partitions: new Set(), begun: false, ended: null, connection })
    this.results.delete(`${producerId} ${epoch}`)
  }

  /** Versions from 4 on are for brokers, which ask or add for what was produced. */
  private addPartitions(seen: Seen): void {
    const request = seen.frame('request')
    const answer = seen.frame('response')
    if (seen.exchange.apiVersion > 3 || !whole(request) || !whole(answer)) return
    const transaction = this.of(stringOf(request, request.bodyLine, 'v3AndBelowTransactionalId'))
    if (!transaction) return
    transaction.connection = seen.exchange.connection.id
    for (const topic of elements(answer.table, top(answer, 'resultsByTopicV3AndBelow'))) {
      const name = stringOf(answer, topic, 'name') ?? ''
      for (const line of elements(answer.table, child(answer.table, topic, 'resultsByPartition'))) {
        if (intOf(answer, line, 'partitionErrorCode', -1) !== 0) continue
        transaction.partitions.add(`${name} ${intOf(answer, line, 'partitionIndex', -1)}`)
        transaction.begun = true
      }
    }
    if (transaction.partitions.size > MAX_PARTITIONS) transaction.known = false
  }

  private addOffsets(seen: Seen): void {
    const request = seen.frame('request')
    if (!whole(request)) return
    const transaction = this.of(stringOf(request, request.bodyLine, 'transactionalId'))
    if (transaction) transaction.begun = true
  }

  private end(seen: Seen): void {
    const request = seen.frame('request')
    const answer = seen.frame('response')
    if (!whole(request)) return
    const { apiVersion, connection, id } = seen.exchange
    const producerId = longOf(request, request.bodyLine, 'producerId', -1)
    const epoch = intOf(request, request.bodyLine, 'producerEpoch', -1)
    const committed = intOf(request, request.bodyLine, 'committed', 0) !== 0
    const name = stringOf(request, request.bodyLine, 'transactionalId') ?? ''
    const transaction = this.of(name)
    if (!whole(answer)) {
      this.results.set(`${producerId} ${epoch}`, null)
      this.results.set(`${producerId} ${epoch + 1}`, null)
      if (transaction) transaction.known = false
      return
    }
    if (intOf(answer, answer.bodyLine, 'errorCode', -1) !== 0) return
    const next = apiVersion < OWN_EPOCHS ? epoch : intOf(answer, answer.bodyLine, 'producerEpoch', -1)
    // Before KIP-890 transactions share an epoch, so those before the session's first InitProducerId count too.
    if (apiVersion >= OWN_EPOCHS || (transaction?.known && transaction.epoch === epoch)) {
      const key = `${producerId} ${next}`
      const before = this.results.get(key)
      this.results.set(key, before === undefined || before === committed ? committed : null)
    }
    const nextId = longOf(answer, answer.bodyLine, 'producerId', -1)
    const own = { producerId: nextId === -1 ? producerId : nextId, epoch: next }
    const partitions = new Set<string>()
    // After it the state is known: nothing is added yet.
    this.all.set(name, {
      ...own,
      known: true,
      partitions,
      begun: false,
      ended: { committed, exchange: id },
      connection: connection.id,
    })
  }
}
