/** What a person sees, read as text. `npx vitest run test/tui --update=true` writes the screens anew. */
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import type { Finding } from '../../src/findings/finding.ts'
import { paint } from '../../src/tui/paint.ts'
import { width } from '../../src/tui/text.ts'
import { rowText } from '../../src/tui/view/row.ts'
import { view } from '../../src/tui/view/screen.ts'
import { connection, exchange, START, session, sharedErrorAnswer, sharedErrorFinding } from './frames.ts'
import { Screen } from './screen.ts'
import { traffic } from './traffic.ts'

beforeAll(() => {
  process.env.TZ = 'UTC'
})

const SCREENS: readonly [name: string, columns: number, rows: number, keys: string][] = [
  ['broken-80x24', 80, 24, ''],
  ['broken-140x40', 140, 40, ''],
  ['broken-40x10', 40, 10, ''],
  ['broken-40x10-fields', 40, 10, 'tab'],
  ['broken-40x10-hex', 40, 10, 'tab tab'],
  ['broken-200x60', 200, 60, ''],
  ['finding-100x30', 100, 30, '3'],
  ['metadata-100x40', 100, 40, 'home tab end'],
  ['help-80x24', 80, 24, '?'],
  ['connections-100x24', 100, 24, 'c'],
  ['finding-80x24', 80, 24, '3'],
]

test.each(SCREENS)('screen %s', async (name, columns, rows, keys) => {
  const screen = new Screen(columns, rows).show(session())
  if (keys) screen.keys(keys)
  expect(screen.lines.map(width)).toEqual(Array(rows).fill(columns))
  await expect(`${screen.text}\n`).toMatchFileSnapshot(`screens/${name}.txt`)
})

test('the broken frame explains itself at once at 80x24: what, where, why, and what the client will say', () => {
  const { text } = new Screen(80, 24).show(session())
  expect(text).toContain('x body/underflow')
  expect(text).toContain('-x    errorCode      wants 2 B, has 0')
  expect(text).toContain('00 00 00 00x__')
  expect(text).toContain('0.90 the whole body is a four-byte error answer')
  expect(text).toContain('librdkafka will say: Protocol read buffer underflow')
})

test('records show their keys and values', async () => {
  const screen = new Screen(140, 60)
  for (const event of traffic()) screen.data.push(event)
  screen.send({ type: 'tick' })
  const { store } = screen.data
  let seq = 0
  while (store.get(seq)!.exchange?.api !== 'Produce' || store.get(seq)!.exchange!.request!.size > 1500) seq++
  screen.state = { ...screen.state, chosen: seq, follow: false }
  screen.keys('1 z')
  expect(screen.text).toMatch(/v records +records +\d+ B/)
  expect(screen.text).toMatch(/crc +uint32/)
  await expect(`${screen.text}\n`).toMatchFileSnapshot('screens/produce-140x60.txt')
})

test('a name is cut only where its value needs the room', () => {
  const offline = 'k'.repeat(30)
  const response = { responses: [{ topic: 'orders', partitions: [{ abortedTransactions: [{ producerId: 7 }] }] }] }
  const fetch = exchange({ api: 'Fetch', version: 11, request: {}, response, clientId: offline })
  const screen = new Screen(80, 24).show([{ exchange: fetch, findings: [] }]).keys('tab z')
  for (let i = 0; i < 20; i++) screen.keys('down')
  expect(screen.text).toMatch(/v abortedTransactions +\[1\]/)
  expect(screen.text).toContain('preferredReadReplica')
})

test('a frame without a finding says so where findings are shown', () => {
  const screen = new Screen(80, 24).show([session()[0]!]).keys('3')
  expect(screen.text).toContain('| NO FINDING')
  expect(screen.text).toContain('no finding: nothing wrong was seen')
})

test('an answer that clients get with other addresses says so, no other does', () => {
  const hint = "as the broker sent it: clients are told this proxy's addresses"
  const screen = new Screen(80, 24).show(session()).keys('home')
  expect(screen.text).not.toContain(hint)
  screen.data.rewritten = true
  expect(screen.text).toContain(hint)
  expect(screen.keys('1').text).not.toContain(hint)
  expect(screen.keys('2 n').text).not.toContain(hint)
})

test('the mistake in a filter and a long message are shown whole, over the rows above', () => {
  const screen = new Screen(80, 24).show(session()).keys('/')
  const error = `filter, character 5: ${'something else was wanted here '.repeat(4)}END`
  screen.send({ type: 'filtered', expression: 'api = "Metadata"', error })
  const words = (lines: string[]): string => lines.map((line) => line.trim()).join(' ')
  expect(words(screen.lines.slice(-4))).toContain(error)
  expect(screen.lines.at(-1)).toContain(' filter ')
  screen
    .keys('escape')
    .send({ type: 'message', time: START, text: `${'written to a path '.repeat(8)}END`, wrong: false })
  expect(words(screen.lines.slice(-3))).toContain('END')
  screen.send({ type: 'message', time: START, text: 'much to say '.repeat(60), wrong: false })
  expect(screen.lines.at(-1)).toContain('(L: log)')
})

test('what was said stays in the log', () => {
  const screen = new Screen(60, 20).show(session())
  for (let i = 1; i <= 300; i++) screen.send({ type: 'message', time: START, text: `said ${i}`, wrong: false })
  screen.send({ type: 'hush', text: 'said 300' })
  expect(screen.lines.at(-1)).toContain('? help')
  const page = screen.keys('L').text
  expect(page).toContain('12:01:07  said 300')
  expect(page).not.toContain('said 270')
  expect(screen.keys('end').text).toMatch(/said 101\n/)
  expect(screen.text).not.toContain('said 100')
  for (let i = 0; i < 400; i++) screen.send({ type: 'mouse', action: 'down', x: 1, y: 5 })
  expect(screen.text).toContain('said 101')
})

test('an empty screen says what to do', () => {
  const screen = new Screen(80, 24)
  screen.data.brokers = [{ node: 1, listener: '127.0.0.1:9092', upstream: 'kafka-1:9092' }]
  expect(screen.text).toContain('Waiting for the first request. Point a Kafka client here:')
  expect(screen.text).toContain('127.0.0.1:9092 -> kafka-1:9092  (node 1)')
})

test('a request without an answer is shown with why', () => {
  const pending = exchange({ api: 'Produce', version: 9, response: null })
  const screen = new Screen(100, 30)
  screen.data.push({ type: 'request', exchange: pending, findings: [] })
  screen.send({ type: 'tick' })
  expect(screen.text).toMatch(/Produce +9 .*\.\.\./)
  screen.keys('2')
  expect(screen.text).toContain('no answer yet')
  screen.data.push({ type: 'exchange', exchange: { ...pending, noResponse: 'acks=0' }, findings: [] })
  screen.send({ type: 'tick' }).keys('2')
  expect(screen.text).toContain('no answer: acks=0 asks for none')
})

test('a frame too large to keep shows what was kept, and no fault', () => {
  const whole = session()[0]!.exchange
  const response = { ...whole.response!, bytes: whole.response!.bytes.subarray(0, 50), kept: false }
  const screen = new Screen(100, 50).show([{ exchange: { ...whole, response }, findings: [] }])
  expect(screen.text).toContain('from here on not kept')
  expect(screen.text).toContain('end at 50, 64 more were not kept')
  expect(screen.text).not.toMatch(/^.x /m)
})

test('what belongs to no exchange has a row too', () => {
  const screen = new Screen(100, 30)
  const conn = connection(4)
  screen.data.push({ type: 'connection', connection: conn })
  const finding: Finding = {
    ...sharedErrorFinding,
    code: 'frame/not-kafka',
    message: 'These bytes are TLS.',
    causes: [],
  }
  screen.data.push({ type: 'finding', finding, connection: 4, time: START })
  screen.data.push({ type: 'gap', connection: conn, direction: 'response', time: START, bytes: 1460, skipped: 0 })
  screen.send({ type: 'tick' })
  expect(screen.text).toContain('x not-kafka: These bytes are TLS.')
  expect(screen.text).toContain('gap in the responses: 1,460 bytes missing')
  screen.keys('k')
  expect(screen.text).toContain('x frame/not-kafka')
})

test('secrets are masked', () => {
  const authenticate = exchange({
    api: 'SaslAuthenticate',
    version: 2,
    request: { authBytes: Buffer.from('\0alice\0hunter2') },
    connection: connection(1, { sasl: { mechanism: 'PLAIN', user: 'alice', state: 'tokens' } }),
  })
  const screen = new Screen(140, 40).show([{ exchange: authenticate, findings: [] }]).keys('1')
  expect(screen.text).not.toContain('hunter2')
  expect(screen.text).toContain('2a 2a 2a')
})

const HOSTILE = '\x1b]0;owned\x07\x1b[2J\u009b31m\u202e{red-fg}\r\n\0😀'

test('names, values and messages from the wire cannot send the terminal an escape sequence', () => {
  const one = exchange({
    api: 'Metadata',
    version: 9,
    clientId: HOSTILE,
    request: { topics: [{ name: HOSTILE }] },
    response: { clusterId: HOSTILE, topics: [{ name: HOSTILE, errorCode: 3 }] },
    connection: connection(1, {
      clientId: HOSTILE,
      client: HOSTILE,
      broker: HOSTILE,
      clientSoftwareName: HOSTILE,
      opaque: HOSTILE,
      sasl: { mechanism: HOSTILE, user: HOSTILE, state: 'done' },
    }),
  })
  const joined = exchange({
    id: 2,
    api: 'JoinGroup',
    version: 5,
    clientId: HOSTILE,
    request: { groupId: HOSTILE, protocolType: HOSTILE },
    response: { generationId: 1, leader: HOSTILE, memberId: HOSTILE },
  })
  const finding: Finding = {
    ...sharedErrorFinding,
    path: HOSTILE,
    message: HOSTILE,
    causes: [
      { cause: HOSTILE, score: 1, message: HOSTILE, path: HOSTILE, offset: 3, evidence: { [HOSTILE]: HOSTILE } },
    ],
    clients: { [HOSTILE]: HOSTILE },
  }
  const screen = new Screen(140, 40).show([
    { exchange: one, findings: [] },
    { exchange: joined, findings: [finding] },
  ])
  screen.data.brokers = [{ node: 1, listener: HOSTILE, upstream: HOSTILE }]
  screen.data.advance(() => 0, 10)
  screen.send({ type: 'message', time: START, text: HOSTILE, wrong: true })
  let shown = screen.text
  for (const keys of ['k', '1', '2', 'n', '3', 'c', 'c', 'g', 'g', 'L', 'L', '/', 'a', 'escape', 's', 'x'])
    shown += `\n${screen.keys(keys).text}`
  screen.send({ type: 'filtered', expression: HOSTILE, error: HOSTILE })
  shown += screen.text
  expect(shown.replaceAll('\n', '')).not.toMatch(/[\p{C}\p{M}\p{Zl}\p{Zp}]/u)
  expect(shown).toContain('\\x1b]0;owned')
})

test('colours are the last thing put on: without them the text is the same', () => {
  const screen = new Screen(100, 30).show(session())
  const rows = view(screen.state)
  const bare = rows.map(rowText).join('\n')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: this is what a colour is
  const strip = (text: string): string => text.replace(/\x1b\[[\d;]*m/g, '')
  expect(strip(paint(rows, true))).toBe(bare)
  expect(strip(paint(rows, false))).toBe(bare)
  expect(paint(rows, false), 'no colour but bold, underline and reverse').not.toMatch(/\[(?!m|[147](;[147])*m)/)
})

test('at every size every row has exactly its columns', () => {
  const size = fc.record({ columns: fc.integer({ min: 1, max: 220 }), rows: fc.integer({ min: 1, max: 70 }) })
  const keys = fc.array(fc.constantFrom('tab', 'end', 'g', 'c', '?', '3', '1', 'z', '/', 'down', 'right', 'escape'), {
    maxLength: 6,
  })
  const screen = new Screen().show([
    ...session(),
    { exchange: sharedErrorAnswer(4), findings: [sharedErrorFinding, sharedErrorFinding] },
  ])
  fc.assert(
    fc.property(size, keys, ({ columns, rows }, names) => {
      screen.send({ type: 'resize', size: { columns, rows } })
      for (const name of names) screen.keys(name)
      expect(screen.lines.map(width)).toEqual(Array(rows).fill(columns))
    }),
    { numRuns: 300 },
  )
})
