/**
 * kcat, a process for each step: `-L` to make the topic (the broker's auto.create.topics.enable and its num.partitions
 * decide how) and list it, `-P -z CODEC` to produce, `-G` for each consumer of the group. kcat chooses partitions by
 * key, commits by itself (when partitions are taken away and on leaving), and cannot ask what is committed: that is
 * seen from what one more member of the group gets to read.
 */
import { execFileSync, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { main, messages } from './scenario.js'

class Kcat {
  name = 'kcat'
  skipped = {}

  constructor(options) {
    this.options = options
    const said = /Version (\S+) \(.*librdkafka (\S+)/s.exec(execFileSync('kcat', ['-V'], { encoding: 'utf8' }))
    this.version = said ? `${said[1]} (librdkafka ${said[2]})` : 'unknown'
  }

  /** What every call of kcat has in common. */
  common(clientId = this.options.clientId) {
    const properties = { 'client.id': clientId, 'topic.metadata.refresh.fast.interval.ms': '100' }
    const { caFile, config, sasl } = this.options
    if (caFile) Object.assign(properties, { 'security.protocol': 'SSL', 'ssl.ca.location': caFile })
    if (sasl) {
      const protocol = caFile ? 'SASL_SSL' : 'SASL_PLAINTEXT'
      Object.assign(properties, { 'security.protocol': protocol, 'sasl.mechanism': sasl.mechanism })
      Object.assign(properties, { 'sasl.username': sasl.username, 'sasl.password': sasl.password })
    }
    Object.assign(properties, config)
    const list = Object.entries(properties).flatMap(([key, value]) => ['-X', `${key}=${value}`])
    return ['-b', this.options.bootstrap, ...list]
  }

  async create() {
    const { topic, partitions } = this.options
    const list = () => {
      const answer = execFileSync('kcat', [...this.common(), '-L', '-J', '-t', topic], { encoding: 'utf8' })
      return JSON.parse(answer).topics.find((t) => t.topic === topic)
    }
    let found = list()
    while (!(found?.partitions.length > 0 && found.partitions.every((p) => p.leader >= 0))) {
      if (Date.now() > this.options.deadline)
        throw new Error(`topic ${topic} was not created: ${JSON.stringify(found)}`)
      await pause(100)
      found = list()
    }
    if (found.partitions.length !== partitions) throw new Error(`the broker made ${found.partitions.length} partitions`)
  }

  async produce(codec, start, stop) {
    const child = spawn('kcat', [
      ...[...this.common(), '-P', '-t', this.options.topic, '-z', codec, '-K', '\t', '-H', `codec=${codec}`],
      ...['-X', 'linger.ms=20', '-X', 'acks=all'],
    ])
    child.stderr.pipe(process.stderr)
    child.stdin.end(messages(codec, start, stop).reduce((text, { key, value }) => `${text}${key}\t${value}\n`, ''))
    const status = await new Promise((resolve) => child.once('close', resolve))
    if (status !== 0) throw new Error(`kcat -P -z ${codec} ended with ${status}`)
  }

  /** One member of the group; calls back with its stderr lines and the messages' values. */
  member(number, extra, onValue, onLine) {
    const { group, topic, clientId } = this.options
    const child = spawn('kcat', [
      ...[...this.common(`${clientId}-${number}`), '-G', group, '-u', '-f', '%s\\n'],
      ...['-X', 'auto.offset.reset=earliest', '-X', 'heartbeat.interval.ms=400', '-X', 'session.timeout.ms=10000'],
      ...[...extra, topic],
    ])
    createInterface({ input: child.stdout }).on('line', onValue)
    createInterface({ input: child.stderr }).on('line', onLine)
    return { child, ended: new Promise((resolve) => child.once('close', (code) => resolve(code))) }
  }

  async consume(number, ledger) {
    const onLine = (line) => {
      console.error(`consumer ${number}: ${line}`)
      if (!line.startsWith('% Group ')) return
      const assigned = line.includes(': assigned: ') ? [...line.matchAll(/\[(\d+)\]/g)].map((m) => Number(m[1])) : []
      ledger.assign(number, assigned)
    }
    const { child, ended } = this.member(number, [], (value) => ledger.read(number, value), onLine)
    let code
    ended.then((status) => {
      code = status
    })
    while (!ledger.stopped && Date.now() < this.options.deadline && code === undefined) await pause(50)
    child.kill('SIGTERM')
    if ((await ended) !== 0) throw new Error(`kcat -G ended with ${code}`)
  }

  /** Joins once more: no message may come again, and the ends that it is told of are what is committed. */
  async committed() {
    const starts = {}
    const again = []
    const onLine = (line) => {
      const end = /Reached end of topic .* \[(\d+)\] at offset (\d+)/.exec(line)
      if (end) starts[end[1]] = Number(end[2])
    }
    const { child, ended } = this.member('committed', ['-e'], (value) => again.push(value), onLine)
    const timer = setTimeout(() => child.kill('SIGTERM'), 15_000)
    await ended
    clearTimeout(timer)
    if (again.length > 0) throw new Error(`${again.length} messages were not committed, first ${again[0].slice(0, 20)}`)
    return starts
  }
}

await main((options) => new Kcat(options))
