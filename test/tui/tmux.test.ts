/** The real thing: the screen in tmux, driven by keys. */
import { execFileSync, spawnSync } from 'node:child_process'
import { Kafka, logLevel } from 'kafkajs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BUILT, build } from './built.ts'

const hasTmux = spawnSync('tmux', ['-V']).status === 0
const socket = `kafkascope-test-${process.pid}`
const tmux = (...args: string[]): string => execFileSync('tmux', ['-L', socket, ...args], { encoding: 'utf8' })
const settled = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

async function open(name: string, columns: number, rows: number, args = '0', environment = ''): Promise<void> {
  const demo = `${process.execPath} ${BUILT}/test/tui/demo.js ${args}`
  tmux(
    'new-session',
    '-d',
    '-s',
    name,
    '-x',
    String(columns),
    '-y',
    String(rows),
    `TZ=UTC ${environment} ${demo}; echo status $?; stty -a; cat`,
  )
}

const screenOf = (name: string): string => tmux('capture-pane', '-p', '-t', name)

async function shows(name: string, text: string | RegExp): Promise<string> {
  for (let i = 0; i < 150; i++) {
    const screen = screenOf(name)
    if (typeof text === 'string' ? screen.includes(text) : text.test(screen)) return screen
    await settled(100)
  }
  throw new Error(`never showed ${text}:\n${screenOf(name)}`)
}

describe.runIf(hasTmux)('in tmux (not run where tmux is missing)', () => {
  beforeAll(build)
  afterAll(() => {
    spawnSync('tmux', ['-L', socket, 'kill-server'])
  })

  test('the broken frame at 80x24, a resize, every page, and a clean end', async () => {
    await open('walk', 80, 24)
    const screen = await shows('walk', 'body/underflow')
    await expect(screen.replace(/ +[\d,]+\/s +/, ' 0/s ')).toMatchFileSnapshot('screens/tmux-80x24.txt')
    const steps: [key: string, shown: string][] = [
      ['?', 'follow what arrives'],
      ['q', 'body/underflow'],
      ['c', 'versions used'],
      ['c', 'body/underflow'],
      ['g', 'orders-app'],
      ['g', 'body/underflow'],
      ['Up', '>      2'],
      ['Tab', '>     errorCode      15 COORDINATOR'],
      ['n', '>      3'],
    ]
    for (const [key, shown] of steps) {
      tmux('send-keys', '-t', 'walk', key)
      if (key === 'n') tmux('send-keys', '-t', 'walk', 'Escape')
      await shows('walk', shown)
    }
    tmux('resize-window', '-t', 'walk', '-x', '40', '-y', '10')
    await shows('walk', '> JoinGroup')
    tmux('resize-window', '-t', 'walk', '-x', '140', '-y', '40')
    await shows('walk', 'corr    req')
    tmux('send-keys', '-t', 'walk', 'q')
    const after = await shows('walk', 'status 0')
    expect(after).toContain('quit')
    expect(after).toMatch(/(?<!-)icanon/)
    expect(after).toMatch(/(?<!-)echo\b/)
    expect(tmux('display-message', '-p', '-t', 'walk', '#{alternate_on} #{cursor_flag} #{mouse_any_flag}').trim()).toBe(
      '0 1 0',
    )
  })

  test.each([
    ['an error nobody caught', 'crash', '0 throw', '', /thrown on purpose[\s\S]*status 1/],
    ['SIGTERM', 'term', '0 SIGTERM', '', /quit[\s\S]*status 0/],
    ['SIGHUP', 'hup', '0 SIGHUP', '', /quit[\s\S]*status 0/],
    ['TERM=dumb', 'dumb', '0', 'TERM=dumb', /no screen: TERM=dumb/],
  ])('%s leaves the terminal as it was', async (_, name, args, environment, shown) => {
    await open(name, 80, 24, args, environment)
    await shows(name, shown)
    const after = await shows(name, 'icanon')
    expect(after).toMatch(/(?<!-)icanon/)
    expect(tmux('display-message', '-p', '-t', name, '#{alternate_on} #{cursor_flag} #{mouse_any_flag}').trim()).toBe(
      '0 1 0',
    )
  })

  test('the proxy before the embedded broker, while a client produces and consumes', async () => {
    const port = 20_000 + (process.pid % 10_000)
    const run = `import('./${BUILT}/src/cli/main.js').then((m) => m.main(['proxy', '--listen', '127.0.0.1:${port}', '--filter', 'latencyMs >= 0']))`
    tmux(
      'new-session',
      '-d',
      '-s',
      'live',
      '-x',
      '140',
      '-y',
      '40',
      `${process.execPath} -e "${run}"; echo status $?; cat`,
    )
    await shows('live', 'Waiting for the first request')
    await produceAndConsume(port)
    await shows('live', 'LeaveGroup')
    await shows('live', 'filter latencyMs >= 0: ')
    tmux('send-keys', '-t', 'live', '/')
    tmux('send-keys', '-t', 'live', '-l', ' and api == "Metadata"')
    tmux('send-keys', '-t', 'live', 'Enter')
    await shows('live', "as the broker sent it: clients are told this proxy's addresses")
    tmux('send-keys', '-t', 'live', '/')
    tmux('send-keys', '-t', 'live', 'C-u')
    tmux('send-keys', '-t', 'live', '-l', 'api == "Produce" and request.body.topicData.name == "orders"')
    tmux('send-keys', '-t', 'live', 'Enter')
    await shows('live', '"orders": 2')
    for (const key of ['1', 'Tab', 's', 'b', 'o', 'o', 'k', 'Enter']) tmux('send-keys', '-t', 'live', key)
    expect(await shows('live', /> +value +bytes +4 B +"book"/)).toContain('[08 62 6f 6f 6b]')
    tmux('send-keys', '-t', 'live', 'g')
    expect(await shows('live', 'members of shop')).toMatch(/shop +empty +1 /)
    tmux('send-keys', '-t', 'live', 'g')
    await settled(200)
    tmux('send-keys', '-t', 'live', 'q')
    await shows('live', 'status 0')
  })

  test('5,000 exchanges a second: the screen keeps up and keys are answered', async () => {
    await open('load', 140, 40, '5000')
    await shows('load', /[3-5],\d{3}\/s/)
    const start = performance.now()
    tmux('send-keys', '-t', 'load', 'f')
    await shows('load', /^(?!.*FOLLOW)/)
    tmux('send-keys', '-t', 'load', '?')
    await shows('load', 'follow what arrives')
    expect(performance.now() - start).toBeLessThan(3000)
  })
})

/** Two messages out, the same two in, by a group that then leaves. */
async function produceAndConsume(port: number): Promise<void> {
  const kafka = new Kafka({ clientId: 'shop', brokers: [`127.0.0.1:${port}`], logLevel: logLevel.NOTHING })
  const admin = kafka.admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic: 'orders', numPartitions: 1 }] })
  await admin.disconnect()
  const producer = kafka.producer()
  await producer.connect()
  for (const value of ['pen', 'book']) await producer.send({ topic: 'orders', messages: [{ key: 'k', value }] })
  await producer.disconnect()
  const consumer = kafka.consumer({ groupId: 'shop', maxWaitTimeInMs: 100 })
  await consumer.connect()
  await consumer.subscribe({ topic: 'orders', fromBeginning: true })
  let seen = 0
  await new Promise<void>((resolve) => {
    void consumer.run({
      eachMessage: async () => {
        if (++seen === 2) resolve()
      },
    })
  })
  await consumer.disconnect()
}
