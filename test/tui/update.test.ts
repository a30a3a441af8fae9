import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { chosenEntry } from '../../src/tui/look.ts'
import { connection, exchange, session, sharedErrorAnswer, sharedErrorFinding } from './frames.ts'
import { Screen } from './screen.ts'

const plain = (id: number) => ({ exchange: exchange({ id, api: 'Heartbeat', version: 4 }), findings: [] })
const broken = (id: number) => ({ exchange: sharedErrorAnswer(id), findings: [sharedErrorFinding] })
const chosenId = (screen: Screen): number | undefined => chosenEntry(screen.state)?.exchange?.id

describe('the list', () => {
  test('follows what arrives until somebody moves, and again with f', () => {
    const screen = new Screen().show([plain(1), plain(2)])
    expect(chosenId(screen)).toBe(2)
    screen.show([plain(3)])
    expect(chosenId(screen)).toBe(3)
    screen.keys('up').show([plain(4)])
    expect(chosenId(screen)).toBe(2)
    expect(screen.lines[0]).not.toContain('FOLLOW')
    screen.keys('f')
    expect(chosenId(screen)).toBe(4)
  })

  test('pauses with space: what arrives is counted, not shown', () => {
    const screen = new Screen().show([plain(1)]).keys('space')
    expect(screen.effects).toEqual([{ type: 'pause', on: true }])
    screen.data.visible.freeze(true)
    screen.show([plain(2), plain(3)])
    expect(screen.lines[0]).toContain('PAUSED +2')
    expect(screen.data.visible.length).toBe(1)
  })

  test('moves by row, page and end', () => {
    const screen = new Screen().show(Array.from({ length: 50 }, (_, i) => plain(i + 1)))
    expect(chosenId(screen.keys('home'))).toBe(1)
    expect(chosenId(screen.keys('down j'))).toBe(3)
    expect(chosenId(screen.keys('k'))).toBe(2)
    expect(chosenId(screen.keys('pagedown'))).toBeGreaterThan(6)
    expect(chosenId(screen.keys('end'))).toBe(50)
    expect(chosenId(screen.keys('down'))).toBe(50)
  })

  test('a click chooses, the wheel moves', () => {
    const screen = new Screen().show(Array.from({ length: 50 }, (_, i) => plain(i + 1))).keys('home')
    expect(chosenId(screen.click(10, 4))).toBe(3)
    expect(chosenId(screen.send({ type: 'mouse', action: 'down', x: 10, y: 4 }))).toBe(6)
    expect(chosenId(screen.send({ type: 'mouse', action: 'up', x: 10, y: 4 }))).toBe(3)
  })
})

test('n and N go round the findings; the frame opens at the field that is wrong', () => {
  const screen = new Screen().show([plain(1), broken(2), plain(3), broken(4), plain(5)]).keys('home n')
  expect(chosenId(screen)).toBe(2)
  expect(screen.state.tab).toBe('response')
  expect(screen.state.field).toBe('errorCode#stop')
  expect(chosenId(screen.keys('n'))).toBe(4)
  expect(chosenId(screen.keys('n'))).toBe(2)
  expect(chosenId(screen.keys('N'))).toBe(4)
})

test('an answer is shown when it comes, unless somebody reads the request', () => {
  const { exchange: whole, findings } = broken(1)
  const pending = { ...whole, response: null, noResponse: 'pending' as const }
  for (const [keys, tab] of [
    ['', 'response'],
    ['f', 'response'],
    ['1', 'request'],
    ['tab', 'request'],
    ['tab escape', 'request'],
  ]) {
    const screen = new Screen()
    screen.data.push({ type: 'request', exchange: pending, findings: [] })
    screen.send({ type: 'tick' })
    expect(screen.state.tab).toBe('request')
    if (keys) screen.keys(keys)
    screen.show([{ exchange: whole, findings }])
    expect(screen.state.tab, keys).toBe(tab)
    if (tab === 'response') expect(screen.state.field).toBe('errorCode#stop')
  }
})

test('the field stays chosen from frame to frame of a kind', () => {
  const screen = new Screen().show([plain(1), plain(2)]).keys('tab')
  while (screen.state.field !== 'errorCode') screen.keys('down')
  screen.keys('escape up')
  expect(screen.state.field).toBe('errorCode')
  expect(screen.text).toContain('[00 00]')
})

test('fields fold and unfold, and left goes out to the parent', () => {
  const screen = new Screen(100, 50).show([session()[0]!]).keys('tab end')
  screen.keys('home')
  while (screen.state.field !== 'topics') screen.keys('down')
  expect(screen.text).toContain('partitionIndex')
  screen.keys('enter')
  expect(screen.text).not.toContain('partitionIndex')
  expect(screen.text).toMatch(/> topics +array +\[1\]/)
  screen.keys('right right right')
  expect(screen.state.field).toBe('topics[0].errorCode')
  screen.keys('left')
  expect(screen.state.field).toBe('topics[0]')
})

test('a filter is asked for, shown when taken, and its mistake shown where it is typed', () => {
  const screen = new Screen().show([plain(1)]).keys('/ a p i')
  expect(screen.lines.at(-1)).toContain(' filter  api_')
  screen.keys('left backspace enter')
  expect(screen.effects).toEqual([{ type: 'filter', expression: 'ai' }])
  screen.send({ type: 'filtered', expression: 'ai', error: 'at 1: no such name' })
  expect(screen.lines.at(-1)).toContain('at 1: no such name')
  screen.keys('escape')
  expect(screen.state.prompt).toBeNull()
  screen.send({ type: 'filtered', expression: 'api == "Fetch"', error: '' })
  expect(screen.lines.at(-1)).toContain('filter api == "Fetch": ')
})

describe('search', () => {
  test('looks in the chosen frame first, by name, by value and by bytes', () => {
    const screen = new Screen().show([session()[0]!]).keys('2 s i s r N enter')
    expect(screen.state.field).toBe('topics[0].partitions[0].isrNodes')
    screen.keys('home')
    for (const [text, field] of [
      ['orders', 'topics[0].name'],
      ['0x23 84', 'brokers[0].port'],
    ] as const) {
      screen.keys('tab tab').keys('s C-u')
      for (const ch of text) screen.send({ type: 'key', key: ch, ch })
      screen.state = {
        ...screen.state,
        field: '#body',
        byte: 0,
        prompt: { ...screen.state.prompt!, text, at: text.length },
      }
      screen.keys('enter')
      expect(screen.state.field).toBe(field)
    }
  })

  test.each(['0x6f7', '0x', '0x6 f7'])('%s is told to be bad hex where it is typed', (text) => {
    const screen = new Screen().show([session()[0]!]).keys('s')
    for (const ch of text) screen.send({ type: 'key', key: ch, ch })
    expect(screen.keys('enter').lines.at(-1)).toContain('bad hex')
    expect(screen.effects).toEqual([])
    screen.keys('C-u q q q enter')
    expect(screen.effects).toEqual([{ type: 'search', text: 'qqq', after: 0 }])
  })

  test('then in the others, round the end', () => {
    const screen = new Screen().show([session()[0]!, plain(2), plain(3)])
    screen.data.search.start('orders', screen.state.chosen)
    while (screen.data.search.advance(() => 0, 1));
    screen.send({ type: 'tick' })
    expect(chosenId(screen)).toBe(1)
    expect(screen.state.field).toBe('topics[0].name')
    screen.data.search.start('nowhere', 0)
    screen.data.search.advance(() => 0, 1)
    expect(screen.send({ type: 'tick' }).lines.at(-1)).toContain('nothing found')
  })
})

describe('sorting', () => {
  const sort = (screen: Screen) => screen.effects.at(-1)

  test('o and O go through the columns, r turns round; up is ascending, down descending', () => {
    const screen = new Screen(100, 24).show([plain(1)]).keys('o')
    expect(sort(screen)).toEqual({ type: 'sort', column: 'connection', descending: false })
    expect(screen.lines[1]).toContain('▲conn ')
    expect(screen.keys('o o r').lines[1]).toContain('▼api')
    expect(screen.keys('O').lines[1]).toContain('▲client')
    for (const title of ['▲api', '▼req', '▼resp', '▼ms', '▼finding, error'])
      expect(screen.keys('o').lines[1]).toContain(title)
    expect(sort(screen)).toEqual({ type: 'sort', column: 'finding', descending: true })
    expect(screen.keys('o').lines[1]).not.toMatch(/[▲▼]/)
  })

  test.each([40, 80, 100, 200])('of %d columns only those shown are walked through', (columns) => {
    const screen = new Screen(columns, 24).show([plain(1)])
    for (let i = 0; i < 8 && (i === 0 || screen.state.sort !== 'time'); i++) {
      screen.keys('o')
      if (screen.state.sort !== 'time') expect(screen.lines[1]).toMatch(/[▲▼]/)
    }
    expect(screen.state.sort).toBe('time')
  })

  test('a column that a resize hides is told at the foot', () => {
    const screen = new Screen(140, 24).show([plain(1)]).keys('o')
    screen.send({ type: 'resize', size: { columns: 80, rows: 24 } })
    expect(screen.lines.at(-1)).toContain('sorted by ▲connection')
    expect(screen.keys('o').state.sort).toBe('time')
  })

  test('f goes back to the order of time, and follows', () => {
    const screen = new Screen().show([plain(1)]).keys('o f')
    expect(sort(screen)).toEqual({ type: 'sort', column: 'time', descending: false })
    screen.show([plain(2)])
    expect(chosenId(screen)).toBe(2)
    expect(screen.lines[0]).toContain('FOLLOW')
    expect(screen.lines[1]).not.toMatch(/[▲▼]/)
  })
})

test('q leaves a page, then the program; ctrl-c leaves at once, from a prompt too', () => {
  const screen = new Screen().show([plain(1)]).keys('g q')
  expect([screen.state.screen, screen.effects]).toEqual(['exchanges', []])
  screen.keys('/ C-c')
  expect(screen.effects).toEqual([{ type: 'quit' }])
})

test('enter on a connection filters by it', () => {
  const screen = new Screen().show([plain(1)]).keys('c enter')
  expect(screen.effects).toEqual([{ type: 'filter', expression: 'connection == 1' }])
  expect(screen.state.screen).toBe('exchanges')
})

test('a click on a connection chooses it', () => {
  const screen = new Screen()
  for (const id of [1, 2, 3]) screen.data.push({ type: 'connection', connection: connection(id) })
  screen.keys('c').click(10, 3)
  expect(screen.text).toContain(' connection 2: ')
})

test('reading a frame ends the following', () => {
  const screen = new Screen().show([plain(1)]).keys('tab down')
  screen.show([plain(2)])
  expect(chosenId(screen)).toBe(1)
})

test('an entry that the store forgets does not leave the screen pointing at nothing', () => {
  const screen = new Screen(80, 24, { entries: 20 })
    .show(Array.from({ length: 20 }, (_, i) => plain(i + 1)))
    .keys('home')
  screen.show(Array.from({ length: 50 }, (_, i) => plain(i + 21)))
  expect(chosenId(screen)).toBe(screen.data.store.get(screen.data.store.first)!.exchange!.id)
})

test('update leaves the state it was given as it was', () => {
  const screen = new Screen().show(session())
  const before = JSON.stringify({ ...screen.state, data: null })
  const { state } = screen
  for (const name of ['up', 'tab', 'down', 'enter', '/', 'x', 'escape', 'z', 'o', '3', 'n']) {
    screen.state = state
    screen.keys(name)
    expect(JSON.stringify({ ...state, data: null })).toBe(before)
  }
})

test('whatever is pressed and clicked, there is a screen', () => {
  const key = fc.constantFrom(
    ...'up down left right pageup pagedown home end enter escape tab S-tab space backspace delete'.split(' '),
    ...'fnNgczosOLr.ty?/:123qYa0"='.split(''),
  )
  const event = fc.oneof(
    { weight: 8, arbitrary: key },
    {
      weight: 1,
      arbitrary: fc.record({ action: fc.constantFrom('press', 'up', 'down'), x: fc.nat(120), y: fc.nat(45) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ columns: fc.integer({ min: 1, max: 120 }), rows: fc.integer({ min: 1, max: 45 }) }),
    },
  )
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), (events) => {
      const screen = new Screen().show([...session(), plain(4)])
      for (const one of events) {
        if (typeof one === 'string') screen.keys(one)
        else if ('action' in one) screen.send({ type: 'mouse', ...one } as Parameters<Screen['send']>[0])
        else screen.send({ type: 'resize', size: one })
        screen.data.advance(() => 0, 1)
        screen.send({ type: 'tick' })
        expect(screen.lines.length).toBe(screen.state.size.rows)
      }
    }),
    { numRuns: 300 },
  )
})

test('hostile frames: any bytes as a frame of any API make a screen', () => {
  const base = exchange({ api: 'Fetch', version: 4 })
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 120 }),
      fc.integer({ min: -1, max: 100 }),
      fc.integer({ min: 0, max: 18 }),
      (bytes, apiKey, apiVersion) => {
        const frame = { ...base.response!, bytes, size: bytes.length, apiKey, apiVersion }
        const one = { ...base, apiKey, apiVersion, request: { ...frame, kind: 'request' as const }, response: frame }
        const screen = new Screen().show([{ exchange: one, findings: [] }]).keys('tab end enter tab end')
        screen.keys('1 home end')
        expect(screen.lines.length).toBe(24)
      },
    ),
    { numRuns: 1000 },
  )
})
