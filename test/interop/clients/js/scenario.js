/**
 * The scenario for the client programs in JavaScript; described in ../py/scenario.py.
 */
import { setTimeout as pause } from 'node:timers/promises'

const padding = 'kafkascope '.repeat(12)

/** What the consumers of one group have seen so far. */
export class Ledger {
  seen = new Set()
  altered = []
  errors = []
  assignments = 0
  stopped = false

  constructor(consumers) {
    this.perConsumer = new Array(consumers).fill(0)
    this.assigned = Array.from({ length: consumers }, () => [])
  }

  read(consumer, value) {
    const [, codec, index, rest] = /^(\w+):(\d+):(.*)$/s.exec(value) ?? [null, 'unreadable', value, '']
    if (rest !== padding) this.altered.push(`${codec}:${index}`)
    this.seen.add(`${codec}:${index}`)
    this.perConsumer[consumer]++
  }

  assign(consumer, partitions) {
    this.assigned[consumer] = partitions
    this.assignments++
  }

  /** Every consumer has a partition, if there are that many, and none is assigned twice. */
  settled(partitions) {
    const total = this.assigned.reduce((sum, own) => sum + own.length, 0)
    const busy = this.assigned.filter((own) => own.length > 0).length
    return total === partitions && busy === Math.min(partitions, this.assigned.length)
  }
}

/** One stretch of a codec's set of messages. */
export function messages(codec, start, stop) {
  return Array.from({ length: stop - start }, (_, i) => ({
    index: start + i,
    key: `k${start + i}`,
    value: `${codec}:${start + i}:${padding}`,
  }))
}

async function playGroup(client, options, rest) {
  const ledger = new Ledger(options.consumers)
  const until = async (done) => {
    while (!done() && Date.now() < options.deadline && ledger.errors.length === 0) await pause(50)
  }
  const consumers = []
  for (let number = 0; number < options.consumers; number++) {
    if (number > 0) await pause(options.staggerMs)
    const failed = (error) => {
      console.error(error)
      ledger.errors.push(`consumer ${number}: ${error.message}`)
    }
    consumers.push(client.consume(number, ledger).catch(failed))
  }
  await until(() => ledger.settled(options.partitions))
  const settled = ledger.settled(options.partitions)
  const expected = await rest()
  await until(() => ledger.seen.size >= expected)
  ledger.stopped = true
  await Promise.race([Promise.all(consumers), pause(15_000, undefined, { ref: false })])
  const read = ledger.perConsumer.reduce((sum, n) => sum + n, 0)
  const { perConsumer, assignments, altered, errors } = ledger
  const counts = { settled, expected, consumed: ledger.seen.size, perConsumer, duplicates: read - ledger.seen.size }
  return { ...counts, assignments, altered, errors, committed: await client.committed() }
}

async function play(client, options) {
  const began = Date.now()
  const codecs = options.codecs.filter((codec) => !(codec in client.skipped))
  const skipped = Object.fromEntries(Object.entries(client.skipped).filter(([codec]) => options.codecs.includes(codec)))
  const plays = (part) => options.scenario === 'full' || options.scenario === part
  const whole = options.messagesPerCodec
  const half = options.scenario === 'full' ? Math.floor(whole / 2) : whole
  let produced = 0
  const produceAll = async (start, stop) => {
    for (const codec of codecs) {
      await client.produce(codec, start, stop)
      produced += stop - start
    }
  }
  if (plays('create')) await client.create()
  if (plays('produce')) await produceAll(0, half)
  let group = {}
  if (plays('consume')) {
    group = await playGroup(client, options, async () => {
      if (options.scenario !== 'full') return options.expect
      await produceAll(half, whole)
      return produced
    })
  }
  const { name, version } = client
  const { topic, group: groupId } = options
  return { client: name, version, topic, group: groupId, codecs, skipped, produced, ...group, ms: Date.now() - began }
}

function sound(result) {
  if (result.consumed === undefined) return true
  const reached = Object.values(result.committed).reduce((sum, offset) => sum + offset, 0)
  // More than expected: a transaction's end marker takes an offset too, and a producer may have sent a batch twice.
  const fine = reached >= result.expected && result.consumed === result.expected
  return fine && result.altered.length + result.errors.length === 0
}

/** Reads the command line, plays the scenario with the client that `make` builds, prints the result, and exits. */
export async function main(make) {
  const [bootstrap, scenario, raw] = process.argv.slice(2)
  const given = JSON.parse(raw)
  const options = { ...given, bootstrap, scenario, deadline: Date.now() + given.timeoutMs }
  try {
    const result = await play(await make(options), options)
    process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(sound(result) ? 0 : 1))
  } catch (error) {
    console.error(error)
    process.exit(1)
  }
}
