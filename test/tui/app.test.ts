/** The terminal's edge, on a terminal that is none. */
import { afterEach, expect, test } from 'vitest'
import { exchangeJson } from '../../src/report/exchange-json.ts'
import { startTui, type TuiHandle, type TuiOptions, terminalObjection } from '../../src/tui/app.ts'
import { Data } from '../../src/tui/data.ts'
import { realTools } from '../../src/tui/tools.ts'
import { FakeKeyboard, FakeTty } from './fake-tty.ts'
import { exchange, session } from './frames.ts'
import { Screen } from './screen.ts'

const started: TuiHandle[] = []
afterEach(() => {
  for (const tui of started.splice(0)) tui.close()
})

function start(columns = 80, rows = 24, more: Partial<TuiOptions> = {}) {
  const output = new FakeTty(columns, rows)
  const input = new FakeKeyboard()
  let quits = 0
  const tui = startTui({
    title: 'kafkascope',
    subtitle: '127.0.0.1:9092 -> kafka-1:9092',
    output: output as unknown as NonNullable<TuiOptions['output']>,
    input,
    exchangeJson,
    onQuit: () => void quits++,
    ...more,
  })
  started.push(tui)
  return { output, input, tui, quits: () => quits }
}

const settled = (ms = 150): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Waits until the screen shows a text. */
async function shows(output: FakeTty, text: string): Promise<string[]> {
  for (let i = 0; i < 100; i++) {
    const lines = await output.lines()
    if (lines.join('\n').includes(text)) return lines
    await settled(30)
  }
  throw new Error(`never showed ${text}:\n${(await output.lines()).join('\n')}`)
}

test.each([
  [80, 24],
  [40, 10],
  [140, 40],
])('what is drawn at %dx%d is the view, column for column', async (columns, rows) => {
  const { output, tui } = start(columns, rows)
  for (const item of session()) tui.push({ type: 'exchange', ...item })
  const lines = await shows(output, 'underflow')
  const wanted = new Screen(columns, rows).show(session()).lines.map((line) => line.trimEnd())
  // The rate is the clock's.
  const without = (line: string): string => line.replace(/ +[\d,]+\/s +/, ' ').trimEnd()
  expect(lines.map(without)).toEqual(wanted.map(without))
})

test('keys, mouse and resize arrive', async () => {
  const { output, input, tui } = start()
  for (const item of session()) tui.push({ type: 'exchange', ...item })
  await shows(output, '>      3')
  input.type('\x1b[A')
  await shows(output, '>      2')
  input.type('k')
  await shows(output, '>      1')
  // SGR mouse: a press at column 5, row 5.
  input.type('\x1b[<0;5;5M')
  await shows(output, '>      3')
  output.resize(40, 10)
  await settled()
  expect((await shows(output, '> JoinGroup')).length).toBe(10)
  output.resize(200, 60)
  await shows(output, 'corr    req')
  input.type('?')
  await shows(output, 'follow what arrives')
})

test('the mouse is asked for in the encoding that knows wide terminals, and in no other', async () => {
  const { output, tui } = start(250, 30)
  await shows(output, 'Waiting')
  tui.close()
  for (const [mode, asked] of [
    [1006, true],
    [1000, true],
    [1005, false],
    [1003, false],
  ] as const) {
    expect(output.written.includes(`[?${mode}h`), `mode ${mode}`).toBe(asked)
    expect(output.written.includes(`[?${mode}l`), `mode ${mode} off`).toBe(asked)
  }
})

test('characters of two columns keep the others in their places', async () => {
  const { output, tui } = start(100, 24)
  tui.push({ type: 'exchange', exchange: exchange({ api: 'Heartbeat', version: 0, clientId: '注文票' }), findings: [] })
  const line = (await shows(output, '注文票'))[2]!
  expect(line).toMatch(/^> +1 12:\d\d:\d\d\.\d{3} +1 注文票 {5}Heartbeat/)
})

test('a filter is taken, its mistake is told', async () => {
  const { output, input, tui } = start(100, 30)
  for (const item of session()) tui.push({ type: 'exchange', ...item })
  await shows(output, 'FindCoordinator')
  input.type('/api == "Metadata"\r')
  const lines = await shows(output, 'filter api == "Metadata": 1')
  expect(lines.join('\n')).not.toContain('FindCoordinator')
  input.type('/\x15nonsense ==\r')
  await settled(300)
  expect((await output.lines()).at(-1)).toMatch(/filter +nonsense ==_ +\S+/)
  input.type('\x15request.body.topics.name == "orders"\r')
  await shows(output, '"orders": 1')
})

test('the filter of the command line is shown, and can be changed and taken away', async () => {
  const { output, input, tui } = start(100, 30, { filter: 'api == "Metadata"' })
  for (const item of session()) tui.push({ type: 'exchange', ...item })
  const lines = await shows(output, 'filter api == "Metadata": 1')
  expect(lines.join('\n')).not.toContain('FindCoordinator')
  input.type('/')
  await shows(output, 'api == "Metadata"_')
  input.type('\x15\r')
  await shows(output, 'FindCoordinator')
})

test('notices come one over the other; all are in the log', async () => {
  const { output, input, tui } = start(80, 24)
  for (const text of ['listening on 127.0.0.1:9092', 'the broker is the embedded one']) tui.notice(text)
  await shows(output, 'the broker is the embedded one (+1: L)')
  input.type('L')
  await shows(output, 'listening on 127.0.0.1:9092')
  input.type('L')
  await shows(output, '? help')
})

test.each([
  ['q', 'q'],
  ['ctrl-c', '\x03'],
])('%s gives the terminal back and tells it once', async (_, key) => {
  const { output, input, tui, quits } = start()
  await shows(output, 'Waiting')
  expect(output.alternate).toBe(true)
  expect(input.isRaw).toBe(true)
  input.type(key)
  await settled()
  expect(quits()).toBe(1)
  await output.lines()
  expect(output.alternate).toBe(false)
  expect(input.isRaw).toBe(false)
  expect(output.written.lastIndexOf('[?25h'), 'the cursor is shown again').toBeGreaterThan(
    output.written.lastIndexOf('[?25l'),
  )
  expect(output.written, 'the mouse is let go').toContain('\x1b[?1000l')
  tui.close()
  expect(quits()).toBe(1)
})

test.each(['SIGTERM', 'SIGHUP', 'SIGINT'] as const)('%s gives the terminal back', async (signal) => {
  const { output, quits } = start()
  await shows(output, 'Waiting')
  process.emit(signal, signal)
  await output.lines()
  expect(output.alternate).toBe(false)
  expect(quits()).toBe(1)
})

test('a terminal that is gone is left, not waited for', async () => {
  const { output, quits } = start()
  await shows(output, 'Waiting')
  output.emit('error', new Error('write EIO'))
  output.emit('error', new Error('write EIO'))
  expect(quits()).toBe(1)
})

test('a closed screen leaves no listener behind', () => {
  const names = [
    'exit',
    'SIGTERM',
    'SIGINT',
    'SIGHUP',
    'SIGQUIT',
    'uncaughtException',
    'uncaughtExceptionMonitor',
  ] as const
  const counts = (): number[] => names.map((name) => process.listenerCount(name))
  const before = counts()
  const { tui } = start()
  tui.close()
  expect(counts()).toEqual(before)
})

test('a terminal that cannot show it is refused with the reason', () => {
  expect(terminalObjection(new FakeTty(80, 24) as never, 'dumb')).toContain('TERM=dumb')
  expect(terminalObjection({ isTTY: false } as never, 'xterm')).toContain('no terminal')
  expect(terminalObjection(new FakeTty(80, 24) as never, 'screen-256color')).toBeNull()
  expect(() => start(80, 24, { output: new FakeKeyboard() as never })).not.toThrow()
  expect(() => startTui({ title: 'x', exchangeJson, onQuit: () => {}, output: { isTTY: false } as never })).toThrow(
    'no screen: the output is no terminal',
  )
})

test('without colour nothing but bold, underline and reverse is written', async () => {
  const { output, tui } = start(80, 24, { color: false })
  for (const item of session()) tui.push({ type: 'exchange', ...item })
  await shows(output, 'underflow')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control sequences
  const colours = [...output.written.matchAll(/\x1b\[([\d;]*)m/g)].filter(([, codes]) => !/^[0147;]*$/.test(codes!))
  expect(colours).toEqual([])
})

test('100,000 exchanges: taking one and drawing the screen both stay cheap', () => {
  const data = new Data(realTools(exchangeJson, false))
  const one = exchange({ api: 'Heartbeat', version: 4, request: { groupId: 'g' } })
  let start = performance.now()
  for (let id = 1; id <= 100_000; id++) data.push({ type: 'exchange', exchange: { ...one, id }, findings: [] })
  const push = (performance.now() - start) / 100
  const screen = new Screen(200, 60)
  screen.state = { ...screen.state, data }
  screen.send({ type: 'tick' })
  start = performance.now()
  for (let i = 0; i < 100; i++) void screen.keys(i % 2 ? 'up' : 'home').text
  const draw = (performance.now() - start) / 100
  // Measured 5 µs and 2 ms on a busy machine; the bounds leave room for a busier one, not for anything that grows with the list.
  expect(push, 'microseconds a push').toBeLessThan(100)
  expect(draw, 'milliseconds a screen').toBeLessThan(25)
})
