/**
 * `--data DIR`: what a broker keeps over a restart. Whatever a request has changed is written before its answer goes out,
 * all that changed since the last write together; so a process that is killed loses nothing that was acknowledged.
 * Once a second what was written is forced to the disk: a machine that loses power loses the last second at most.
 */
import { Buffer } from 'node:buffer'
import { closeSync, fdatasync, mkdirSync, open, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { JsonObject, JsonValue } from '../codec/json-text.ts'
import type { Acl } from './access/acl.ts'
import type { Authorizer } from './access/authorizer.ts'
import type { Broker } from './broker.ts'
import type { PartitionLog } from './log.ts'
import type { CommittedOffset } from './offsets.ts'
import { Journal } from './storage-journal.ts'
import { lockFile } from './storage-lock.ts'
import { LogFiles } from './storage-logs.ts'
import type { Topic } from './topics.ts'
import type { Transaction } from './transaction.ts'

const SYNC_MS = 1000
/** APIs that change configuration: AlterConfigs, IncrementalAlterConfigs, client quotas, SCRAM credentials. */
const CONFIGURING = new Set([33, 44, 49, 51])

type Entry = readonly [key: string, value: JsonValue]

export class Storage {
  private readonly folder: string
  private readonly journal: Journal
  private readonly unlock: () => void
  private readonly log: (line: string) => void
  private broker: Broker | null = null
  private readonly files = new Map<PartitionLog, LogFiles>()
  private readonly places = new Map<PartitionLog, string>()
  private readonly changedLogs = new Set<PartitionLog>()
  private readonly changedGroups = new Set<string>()
  private readonly changedTransactions = new Map<string, Transaction | null>()
  private readonly knownTopics = new Map<string, Topic>()
  private topicsVersion = -1
  private aclsVersion = -1
  private readonly touched = new Set<string>()
  private timer: NodeJS.Timeout | null = null
  private syncing = false

  private constructor(folder: string, log: (line: string) => void) {
    this.folder = folder
    this.log = log
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    this.unlock = lockFile(join(folder, 'lock'))
    try {
      this.journal = Journal.open(join(folder, 'state.jsonl'), (line) => log(`broker: ${line}`))
    } catch (error) {
      this.unlock()
      throw error
    }
  }

  /** Throws where the directory can't be had, is in use, or can't be read. */
  static open(folder: string, log: (line: string) => void): Storage {
    return new Storage(folder, log)
  }

  /** The cluster id of last time. */
  get clusterId(): string | null {
    const id = this.journal.values.get('cluster')
    return typeof id === 'string' ? id : null
  }

  /** Puts what was kept into a broker that is new, and keeps what changes in it from now on. */
  restore(broker: Broker): void {
    const values = [...this.journal.values]
    const under = (kind: string): [key: string, value: JsonObject][] =>
      values
        .filter(([key]) => key.startsWith(`${kind}/`))
        .map(([key, value]) => [key.slice(kind.length + 1), value as JsonObject])
    for (const [id, value] of under('topic')) this.restoreTopic(broker, id, value)
    for (const [group, value] of under('group')) restoreGroup(broker, group, value)
    broker.nextProducerId = Number(this.journal.values.get('producer-id') ?? 0)
    restoreSettings(broker, this.journal.values.get('settings') as JsonObject | undefined)
    this.restoreAcls(broker)
    this.broker = broker
    broker.offsets.changed = (group) => this.changedGroups.add(group)
    broker.onTransaction = (id, txn) => this.changedTransactions.set(id, txn)
    broker.transactions.restore(under('transaction').map(([id, value]) => transactionOf(id, value)))
    this.flush()
    this.timer = setInterval(() => this.sync(), SYNC_MS)
    this.timer.unref()
  }

  private restoreTopic(broker: Broker, id: string, value: JsonObject): void {
    const replicas = value.replicas as number[][]
    const starts = value.starts as number[]
    const configs = new Map(Object.entries(value.configs as { [name: string]: string }))
    const placement = { replicationFactor: Number(value.replicationFactor), assignments: replicas, id }
    const topic = broker.topics.create(String(value.name), replicas.length, configs, placement)
    topic.partitions.forEach((log, index) => {
      const files = new LogFiles(join(this.folder, 'logs', id, String(index)))
      files.read(log, starts[index] ?? 0, broker.clock.now(), (line) => this.log(`broker: ${line}`))
      this.files.set(log, files)
    })
  }

  private restoreAcls({ authorizer }: Broker): void {
    if (!authorizer) return
    const kept = this.journal.values.get('acls') as { added: Acl[]; removed: Acl[] } | undefined
    if (kept) authorizer.restore(kept)
    this.aclsVersion = authorizer.version
  }

  /** Writes what has changed; what is answered after it will not be lost. Throws node's error where it can't be written. */
  flush(apiKey = -1): void {
    const { broker } = this
    if (!broker) return
    const entries: Entry[] = []
    if (broker.topics.version !== this.topicsVersion || CONFIGURING.has(apiKey)) this.noticeTopics(broker, entries)
    const moved = new Set<string>()
    for (const log of this.changedLogs) {
      this.files.get(log)?.write(log, this.touched)
      const id = this.places.get(log)
      if (id !== undefined) moved.add(id)
    }
    for (const id of moved) {
      const topic = broker.topics.getById(id)
      if (topic) entries.push([`topic/${id}`, topicValue(topic)])
    }
    for (const group of this.changedGroups) entries.push([`group/${group}`, groupValue(broker, group)])
    for (const [id, txn] of this.changedTransactions) {
      entries.push([`transaction/${id}`, txn && transactionValue(txn)])
    }
    entries.push(['cluster', broker.clusterId], ['producer-id', broker.nextProducerId])
    if (CONFIGURING.has(apiKey)) entries.push(['settings', settingsValue(broker)])
    const { authorizer } = broker
    if (authorizer && authorizer.version !== this.aclsVersion) entries.push(['acls', aclsValue(authorizer)])
    if (this.journal.write(entries)) this.touched.add(join(this.folder, 'state.jsonl'))
    this.topicsVersion = broker.topics.version
    this.aclsVersion = authorizer?.version ?? -1
    this.changedLogs.clear()
    this.changedGroups.clear()
    this.changedTransactions.clear()
  }

  private noticeTopics({ topics }: Broker, entries: Entry[]): void {
    for (const topic of topics.all()) {
      this.knownTopics.set(topic.id, topic)
      entries.push([`topic/${topic.id}`, topicValue(topic)])
      topic.partitions.forEach((log, index) => {
        if (this.places.has(log)) return
        this.places.set(log, topic.id)
        if (!this.files.has(log)) this.files.set(log, new LogFiles(join(this.folder, 'logs', topic.id, String(index))))
        log.changed = () => this.changedLogs.add(log)
        this.changedLogs.add(log)
      })
    }
    for (const [id, topic] of this.knownTopics) {
      if (topics.getById(id)) continue
      this.knownTopics.delete(id)
      entries.push([`topic/${id}`, null])
      for (const log of topic.partitions) {
        this.files.delete(log)
        this.places.delete(log)
      }
      rmSync(join(this.folder, 'logs', id), { recursive: true, force: true })
    }
  }

  /** Forces what was written to the disk, off this thread. */
  private sync(): void {
    if (this.syncing || this.touched.size === 0) return
    this.syncing = true
    const files = [...this.touched]
    this.touched.clear()
    let left = files.length
    const done = (): void => {
      if (--left === 0) this.syncing = false
    }
    for (const file of files) {
      open(file, 'r+', (problem, fd) => {
        // Gone with its topic, or with a journal that was written anew.
        if (problem) return done()
        fdatasync(fd, (error) => {
          if (error) this.log(`broker: ${file}: ${error.message}`)
          closeSync(fd)
          done()
        })
      })
    }
  }

  /** Writes what is left, and lets others have the directory. */
  close(): void {
    if (this.timer) clearInterval(this.timer)
    try {
      this.flush()
    } catch (error) {
      this.log(`broker: ${error instanceof Error ? error.message : String(error)}`)
    }
    this.journal.close()
    this.unlock()
  }
}

/** What differs from the file of ACLs. */
const aclsValue = (authorizer: Authorizer): JsonObject => {
  const { added, removed } = authorizer.changes()
  return { added: added.map((acl) => ({ ...acl })), removed: removed.map((acl) => ({ ...acl })) }
}

const topicValue = ({ name, replicationFactor, configs, partitions }: Topic): JsonObject => ({
  name,
  replicationFactor,
  configs: Object.fromEntries(configs),
  replicas: partitions.map((log) => [...log.replicas]),
  starts: partitions.map((log) => log.startOffset),
})

const offsetValue = (
  topic: string,
  partition: number,
  { offset, leaderEpoch, metadata }: CommittedOffset,
): JsonValue[] => [topic, partition, offset, leaderEpoch, metadata]

function groupValue({ offsets }: Broker, group: string): JsonValue {
  if (!offsets.has(group)) return null
  const committed = [...offsets.committedBy(group)].map((each) => offsetValue(...each))
  const pending = [...offsets.pendingOf(group)].map(([producer, ...each]) => [producer, ...offsetValue(...each)])
  return { committed, pending }
}

function restoreGroup({ offsets }: Broker, group: string, { committed, pending }: JsonObject): void {
  for (const [topic, partition, offset, leaderEpoch, metadata] of committed as [
    string,
    number,
    number,
    number,
    string,
  ][]) {
    offsets.commit(group, topic, partition, { offset, leaderEpoch, metadata })
  }
  type Pending = [number, string, number, number, number, string]
  for (const [producer, topic, partition, offset, leaderEpoch, metadata] of pending as Pending[]) {
    offsets.commitLater(producer, group, topic, partition, { offset, leaderEpoch, metadata })
  }
}

const transactionValue = ({ partitions, ...rest }: Transaction): JsonObject => ({
  ...rest,
  partitions: [...partitions].map(([topic, indexes]) => [topic, [...indexes]]),
})

function transactionOf(id: string, value: JsonObject): Transaction {
  const partitions = new Map((value.partitions as [string, number[]][]).map(([topic, all]) => [topic, new Set(all)]))
  return { ...(value as unknown as Transaction), id, partitions }
}

type Maps = ReadonlyMap<string, ReadonlyMap<string, JsonValue>>
const nested = (maps: Maps): JsonObject =>
  Object.fromEntries([...maps].map(([key, values]) => [key, Object.fromEntries(values)]))

function settingsValue({ settings }: Broker): JsonObject {
  const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
  return {
    cluster: Object.fromEntries(settings.cluster),
    broker: Object.fromEntries(settings.broker),
    groups: nested(settings.groups),
    metrics: nested(settings.metrics),
    quotas: nested(settings.quotas),
    scram: [...settings.scram].map(([user, all]) => [
      user,
      [...all].map(([mechanism, each]) => [mechanism, each.iterations, base64(each.salt), base64(each.saltedPassword)]),
    ]),
  }
}

function restoreSettings({ settings }: Broker, value: JsonObject | undefined): void {
  if (!value) return
  const flat = (key: string): [string, string][] => Object.entries(value[key] as { [name: string]: string })
  const deep = <T>(key: string): [string, Map<string, T>][] =>
    Object.entries(value[key] as { [name: string]: { [name: string]: T } }).map(([name, all]) => [
      name,
      new Map(Object.entries(all)),
    ])
  for (const [name, each] of flat('cluster')) settings.cluster.set(name, each)
  for (const [name, each] of flat('broker')) settings.broker.set(name, each)
  for (const [name, each] of deep<string>('groups')) settings.groups.set(name, each)
  for (const [name, each] of deep<string>('metrics')) settings.metrics.set(name, each)
  for (const [name, each] of deep<number>('quotas')) settings.quotas.set(name, each)
  for (const [user, all] of value.scram as [string, [number, number, string, string][]][]) {
    const credentials = all.map(([mechanism, iterations, salt, salted]) => {
      const bytes = (text: string): Uint8Array => Buffer.from(text, 'base64')
      return [mechanism, { iterations, salt: bytes(salt), saltedPassword: bytes(salted) }] as const
    })
    settings.scram.set(user, new Map(credentials))
  }
}
