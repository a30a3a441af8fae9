/**
 * KIP-848 groups under random histories: members that join, fall silent, lose answers, leave, come back and are too slow,
 * while topics come, grow and go. Time is played, so ten thousand of them take seconds.
 */
import { describe, expect, it } from 'vitest'
import { partitionKey } from '../../src/broker/assignors.ts'
import type { Clock } from '../../src/broker/clock.ts'
import { type Beat, ConsumerGroup } from '../../src/broker/consumer-group.ts'
import { GroupError, LEAVING, LEAVING_FOR_NOW } from '../../src/broker/epoch-group.ts'
import { Random } from '../random.ts'

const SESSION = 45_000
const REBALANCE = 30_000
const HISTORIES = 10_000
const STEPS = 40

class PlayedClock implements Clock {
  private time = 0
  private timers: { at: number; fn: () => void }[] = []

  now(): number {
    return this.time
  }

  after(ms: number, fn: () => void): () => void {
    const timer = { at: this.time + ms, fn }
    this.timers.push(timer)
    return () => {
      this.timers = this.timers.filter((each) => each !== timer)
    }
  }

  advance(ms: number): void {
    const end = this.time + ms
    for (;;) {
      const next = this.timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
      if (!next) break
      this.timers = this.timers.filter((timer) => timer !== next)
      this.time = next.at
      next.fn()
    }
    this.time = end
  }
}

/** What a client knows of itself. */
interface Client {
  id: string
  readonly instanceId: string | null
  readonly names: string[]
  epoch: number
  owned: Set<string>
  /** Told to own no more than this, and has not done so yet. */
  told: Set<string> | null
  joined: boolean
}

class World {
  readonly clock = new PlayedClock()
  readonly topics = new Map<string, number>([
    ['t1', 4],
    ['t2', 3],
  ])
  readonly clients: Client[] = []
  readonly group: ConsumerGroup
  private version = 0
  private count = 0
  private readonly random: Random

  constructor(random: Random) {
    this.random = random
    this.group = new ConsumerGroup({
      id: 'g',
      clock: this.clock,
      maxSize: 100,
      sessionTimeoutMs: () => SESSION,
      resolve: (names) =>
        new Map(names.flatMap((name) => (this.topics.has(name) ? [[name, this.topics.get(name)!]] : []))),
      topicsVersion: () => this.version,
    })
  }

  newClient(isStatic: boolean, names: string[]): void {
    const number = this.count++
    const instanceId = isStatic ? `i${number}` : null
    const started = { epoch: 0, owned: new Set<string>(), told: null, joined: false }
    this.clients.push({ id: `m${number}`, instanceId, names, ...started })
  }

  /** One heartbeat. `heard`: the answer arrives. */
  beat(client: Client, heard = true): void {
    const joining = !client.joined
    // What it was told to give up it has given up by its next heartbeat, or it is slow.
    if (client.told && this.random.below(4) > 0) {
      for (const partition of client.owned) if (!client.told.has(partition)) client.owned.delete(partition)
    }
    const full = joining || this.random.below(2) === 0
    const answer = this.send({
      memberId: client.id,
      memberEpoch: joining ? 0 : client.epoch,
      instanceId: client.instanceId,
      topicNames: full ? client.names : null,
      rebalanceTimeoutMs: full ? REBALANCE : -1,
      owned: joining ? new Set() : full || client.told ? new Set(client.owned) : null,
    })
    if (!heard) return
    if (answer === 'fenced') this.restart(client)
    else if (answer) this.hear(client, answer)
  }

  private send(beat: Omit<Beat, 'rackId' | 'regex' | 'assignor' | 'clientId' | 'clientHost'>) {
    try {
      const rest = { rackId: null, regex: null, assignor: null, clientId: 'c', clientHost: '/h' }
      const { member, tell } = this.group.heartbeat({ ...beat, ...rest })
      return { epoch: member.progress.epoch, assigned: tell ? new Set(member.progress.assigned) : null }
    } catch (error) {
      if (!(error instanceof GroupError)) throw error
      return beat.memberEpoch === 0 ? null : ('fenced' as const)
    }
  }

  private hear(client: Client, answer: { epoch: number; assigned: Set<string> | null }): void {
    if (client.joined && answer.epoch < client.epoch) throw new Error('an epoch went back')
    client.epoch = answer.epoch
    client.joined = true
    if (!answer.assigned) return
    client.told = answer.assigned
    // It reads what is new at once, and goes on with what it has until it lets go.
    for (const partition of answer.assigned) client.owned.add(partition)
  }

  private restart(client: Client): void {
    Object.assign(client, { epoch: 0, owned: new Set(), told: null, joined: false })
  }

  leave(client: Client): void {
    this.goAway(client, LEAVING)
    this.clients.splice(this.clients.indexOf(client), 1)
  }

  /** A static member is restarted under another id. */
  bounce(client: Client): void {
    this.goAway(client, LEAVING_FOR_NOW)
    this.restart(client)
    client.id = `m${this.count++}`
  }

  private goAway(client: Client, epoch: number): void {
    try {
      if (client.joined) this.group.leave(client.id, client.instanceId, epoch)
    } catch (error) {
      if (!(error instanceof GroupError)) throw error
    }
  }

  changeTopics(): void {
    this.version++
    const name = `t${1 + this.random.below(3)}`
    if (this.random.below(4) === 0) this.topics.delete(name)
    else this.topics.set(name, (this.topics.get(name) ?? 0) + 1 + this.random.below(3))
  }

  step(): void {
    const client = this.clients.length > 0 ? this.random.pick(this.clients) : undefined
    const what = this.random.below(20)
    if (!client || (what === 0 && this.clients.length < 6)) {
      this.newClient(this.random.below(3) === 0, this.random.pick([['t1'], ['t1', 't2'], ['t1', 't2', 't3']]))
    } else if (what === 1) this.leave(client)
    else if (what === 2) this.changeTopics()
    else if (what === 3) this.clock.advance(this.random.below(SESSION))
    else if (what === 4 && client.instanceId !== null) this.bounce(client)
    else if (what === 5) this.clients.splice(this.clients.indexOf(client), 1)
    else if (what < 9) this.beat(client, false)
    else {
      this.beat(client)
      this.clock.advance(this.random.below(3000))
    }
  }

  /** No partition is anyone's twice: neither in what members read, nor in what the group thinks. */
  check(): void {
    const readers = new Map<string, string>()
    const owners = new Map<string, string>()
    const claim = (claims: Map<string, string>, partition: string, id: string): void => {
      if (claims.has(partition)) throw new Error(`${partition} is of ${claims.get(partition)} and of ${id}`)
      claims.set(partition, id)
    }
    for (const { id, progress } of this.group.members.values()) {
      for (const partition of [...progress.assigned, ...progress.revoking]) claim(owners, partition, id)
    }
    for (const { id, owned, joined } of this.clients) {
      // Who was fenced does not know yet, but commits nothing.
      if (joined && this.group.members.has(id)) for (const partition of owned) claim(readers, partition, id)
    }
  }

  /** All who are there heartbeat until those who are not have been forgotten, and the rest have what they shall have. */
  quiet(): void {
    for (let i = 0; i < 40; i++) {
      for (const client of this.clients) this.beat(client)
      this.check()
      this.clock.advance(3000)
    }
  }

  /** What all own together, and how many partitions each has. */
  owned(): { all: string[]; shares: number[] } {
    const all = this.clients.flatMap(({ owned, told }) => [...owned].filter((partition) => told?.has(partition)))
    return { all: all.sort(), shares: this.clients.map(({ owned }) => owned.size) }
  }

  wanted(): string[] {
    const names = new Set(this.clients.flatMap((client) => client.names))
    return [...this.topics]
      .flatMap(([name, size]) => (names.has(name) ? Array.from({ length: size }, (_, i) => partitionKey(name, i)) : []))
      .sort()
  }
}

function play(seed: number): World {
  const world = new World(new Random(seed))
  for (let i = 0; i < STEPS; i++) {
    world.step()
    world.check()
  }
  return world
}

describe('random histories of a consumer group', () => {
  it(`${HISTORIES}: no partition has two owners at a time, and all have one when it is quiet`, () => {
    let rebalances = 0
    for (let seed = 1; seed <= HISTORIES; seed++) {
      const world = play(seed)
      rebalances += world.group.epoch
      world.quiet()
      const { all } = world.owned()
      if (all.join() !== world.wanted().join()) expect({ seed, all }).toEqual({ seed, all: world.wanted() })
      if (world.clients.length > 0 && world.group.state !== 'Stable')
        expect({ seed, state: world.group.state }).toBe('Stable')
    }
    // The histories are such in which something happens.
    expect(rebalances / HISTORIES).toBeGreaterThan(5)
  }, 240_000)

  it('members that want the same topics have the same share, but for one partition', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const world = new World(new Random(seed))
      const members = 1 + (seed % 6)
      for (let i = 0; i < members; i++) {
        world.newClient(i % 2 === 0, ['t1', 't2'])
        world.quiet()
      }
      const { shares } = world.owned()
      expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1)
    }
  })
})
