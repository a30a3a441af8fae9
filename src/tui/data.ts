/**
 * What the screen is about: entries, connections, brokers, counts. `Data` is written by `push` and `advance` alone;
 * update and view only read it (what they ask for is made once and remembered).
 */
import { errorIn } from '../codec/errors-in.ts'
import { decodeFrame } from '../codec/frame.ts'
import { Run } from '../codec/run.ts'
import { type Finding, worst } from '../findings/finding.ts'
import type { Group } from '../findings/groups/group.ts'
import type { Observed } from '../findings/pipeline.ts'
import type { Connection } from '../session/connection.ts'
import type { Exchange } from '../session/exchange.ts'
import { type Detail, readDetail, readTree, type Side, type Tree } from './detail.ts'
import { Search } from './search.ts'
import { type Entry, Store, type StoreOptions } from './store.ts'
import { byteSize, grouped } from './text.ts'
import type { Tools } from './tools.ts'
import { Visible } from './visible.ts'

export interface BrokerRow {
  readonly node: number | null
  readonly listener: string
  readonly upstream: string
}

/** A connection, and which versions of which APIs its client used. */
export interface ConnectionRow {
  readonly connection: Connection
  readonly used: Map<number, [low: number, high: number]>
  last: number
}

const MAX_CONNECTIONS = 5000
const MAX_APIS_PER_CONNECTION = 200

export class Data {
  readonly store: Store
  readonly visible: Visible
  /** In the order of their appearance. They go on changing by themselves. */
  readonly groups: Group[] = []
  readonly search: Search
  readonly tools: Tools
  readonly connections = new Map<number, ConnectionRow>()
  brokers: readonly BrokerRow[] = []
  /** Clients are told other addresses than the answers hold. */
  rewritten = false
  exchanges = 0
  errors = 0
  warnings = 0
  open = 0
  rate = 0
  /** The highest id of a connection so far. */
  private newest = 0
  private readonly run = new Run()
  private readonly samples: { at: number; count: number }[] = []
  private detailMemo: { entry: Entry; exchange: Exchange | null; side: Side; detail: Detail | null } | null = null
  private treeMemo: { detail: Detail; flipped: ReadonlySet<string>; limit: number; tree: Tree } | null = null

  constructor(tools: Tools, options: StoreOptions = {}) {
    this.tools = tools
    this.store = new Store(options)
    this.visible = new Visible(this.store)
    this.search = new Search(this.store, this.visible, tools)
  }

  /** Takes an event. O(1). */
  push(observed: Observed): void {
    switch (observed.type) {
      case 'request':
      case 'exchange':
        this.exchange(observed.exchange, observed.findings, observed.type === 'exchange')
        break
      case 'finding': {
        const connection = observed.connection === null ? null : this.connections.get(observed.connection)?.connection
        this.count([observed.finding], 1)
        this.store.note(connection ?? null, observed.time, observed.finding.message, [observed.finding])
        break
      }
      case 'gap':
        this.store.note(
          observed.connection,
          observed.time,
          gapText(observed.direction, observed.bytes, observed.skipped),
          [],
        )
        break
      case 'connection':
        this.connect(observed.connection)
        break
      case 'group':
        this.groups.push(observed.group)
        break
      case 'closed':
        this.open = Math.max(0, this.open - 1)
        break
    }
  }

  private exchange(exchange: Exchange, findings: readonly Finding[], complete: boolean): void {
    const { entry, fresh } = this.store.put(exchange, findings, complete)
    if (!fresh) this.visible.changed(entry)
    if (complete) {
      this.exchanges++
      this.count(findings, 1)
    }
    const row = this.connections.get(exchange.connection.id) ?? this.connect(exchange.connection)
    row.last = entry.time
    const used = row.used.get(exchange.apiKey)
    const version = exchange.apiVersion
    if (used) row.used.set(exchange.apiKey, [Math.min(used[0], version), Math.max(used[1], version)])
    else if (row.used.size < MAX_APIS_PER_CONNECTION) row.used.set(exchange.apiKey, [version, version])
  }

  private connect(connection: Connection): ConnectionRow {
    const known = this.connections.get(connection.id)
    if (known) return known
    if (this.connections.size >= MAX_CONNECTIONS) this.connections.delete(this.connections.keys().next().value!)
    const row = { connection, used: new Map<number, [number, number]>(), last: connection.opened }
    this.connections.set(connection.id, row)
    // Ids ascend: a lower one is of a connection whose row was forgotten, and which goes on.
    if (connection.id > this.newest) this.open++
    this.newest = Math.max(this.newest, connection.id)
    return row
  }

  private count(findings: readonly Finding[], by: number): void {
    for (const { severity } of findings) {
      if (severity === 'error') this.errors += by
      else if (severity === 'warning') this.warnings += by
    }
  }

  /** Goes on with what takes longer than a moment. `now` is in milliseconds. True where more remains. */
  advance(now: () => number, budget: number): boolean {
    this.measure(now())
    const filtering = this.visible.advance(now, budget)
    const searching = this.search.advance(now, budget)
    return filtering || searching
  }

  /** Exchanges per second, over the last two seconds or so. */
  private measure(at: number): void {
    const last = this.samples.at(-1)
    if (last && at - last.at < 200) return
    this.samples.push({ at, count: this.exchanges })
    while (this.samples.length > 11) this.samples.shift()
    const oldest = this.samples[0]!
    const seconds = (at - oldest.at) / 1000
    this.rate = seconds > 0 ? Math.round((this.exchanges - oldest.count) / seconds) : 0
  }

  /** The answer's error by name; null where there is none. */
  errorOf(entry: Entry): string | null {
    if (entry.error === undefined) {
      const frame = this.store.frame(entry, 'response')
      const kafka = frame && entry.exchange?.framing === 'kafka'
      entry.error = kafka ? errorIn(decodeFrame(frame.bytes, frame, this.run, frame.headerVersion)) : null
    }
    return entry.error
  }

  /** A frame of an entry, decoded. */
  detail(entry: Entry, side: Side): Detail | null {
    const memo = this.detailMemo
    if (memo && memo.entry === entry && memo.exchange === entry.exchange && memo.side === side) return memo.detail
    const detail = readDetail(this.store, this.tools, entry, side)
    this.detailMemo = { entry, exchange: entry.exchange, side, detail }
    return detail
  }

  /** Its rows. */
  tree(detail: Detail, flipped: ReadonlySet<string>, limit: number): Tree {
    const memo = this.treeMemo
    if (memo && memo.detail === detail && memo.flipped === flipped && memo.limit === limit) return memo.tree
    const tree = readTree(detail, flipped, limit)
    this.treeMemo = { detail, flipped, limit, tree }
    return tree
  }

  close(): void {
    this.store.close()
  }
}

function gapText(direction: string, bytes: number, skipped: number): string {
  const missing = bytes > 0 ? `${grouped(bytes)} bytes missing` : 'bytes missing'
  return `gap in the ${direction}s: ${missing}${skipped > 0 ? `, ${byteSize(skipped)} skipped after it` : ''}`
}

/** What an entry is marked with in the list. */
export const worstOf = (entry: Entry): Finding | null => worst(entry.findings)
