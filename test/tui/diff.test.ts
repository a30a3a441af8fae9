/** What `diff --tui` shows, as text, and what its keys do. */
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { LogItem, parseRequestLine } from '../../src/diff/request-log.ts'
import { paint } from '../../src/tui/paint.ts'
import { width } from '../../src/tui/text.ts'
import { rowText } from '../../src/tui/view/row.ts'
import { requestFrame } from '../broker/helpers.ts'
import { conversation } from '../diff/conversation.ts'
import { type Recorded, recorded, segmentsOf } from '../diff/recorded.ts'
import { DiffScreen, dataOf } from './diff-screen.ts'

let sound: Recorded
let swapped: Recorded
let older: [Recorded, Recorded]
beforeAll(async () => {
  sound = recorded(await conversation(1))
  swapped = recorded(await conversation(50, ['little-endian']))
  older = [recorded(segmentsOf('rdkafka44-seed.pcapng')), recorded(segmentsOf('u-lost.pcapng'))]
})

const opened = (columns = 80, rows = 24): DiffScreen => new DiffScreen(dataOf(sound, swapped), columns, rows)

describe('screens', () => {
  // The second difference: the words of the first are the diagnosis', which has tests of its own.
  test.each([
    [80, 24],
    [140, 40],
    [40, 12],
  ])('a difference in a value at %dx%d', async (columns, rows) => {
    await expect(opened(columns, rows).keys('n').text).toMatchFileSnapshot(`screens/diff-${columns}x${rows}.txt`)
  })

  test('both values stand side by side, the bytes of both in brackets, the difference in words', () => {
    const { text } = opened().keys('n')
    expect(text).toMatch(/^-errorCode +79 MEMBER_ID_REQUIRED +! errorCode +20224/m)
    expect(text).toMatch(/\[00 4f\].*\[4f 00\]/)
    expect(text).toContain('! response errorCode  error code  79 MEMBER_ID_REQUIRED -> 20224')
  })

  test('the help', async () => {
    await expect(opened().keys('?').text).toMatchFileSnapshot('screens/diff-help-80x24.txt')
  })

  test('without colour there are no colours, and the marks stay', () => {
    const painted = paint(opened().rows, false)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control sequences
    expect([...painted.matchAll(/\x1b\[([\d;]*)m/g)].filter(([, codes]) => !/^[0147;]*$/.test(codes!))).toEqual([])
    expect(painted).toContain('\x1b[1m!')
    expect(painted).toContain('\x1b[1m ! ')
  })

  test('with colour the mark and the differing value are in the colour of errors', () => {
    const field = opened()
      .keys('n')
      .rows.find((one) => rowText(one).startsWith('-errorCode'))!
    const styled = field.segments.filter(({ style }) => style === 'error').map(({ text }) => text.trim())
    expect(styled).toEqual(['79 MEMBER_ID_REQUIRED', '!', '20224 error 20224'])
  })
})

describe('keys', () => {
  test('n goes through every difference of every pair and says where it ends, N back', () => {
    const screen = opened()
    const { pairs } = screen.state.data
    const all = pairs.flatMap(({ differences }) => differences.map(({ text }) => text))
    expect(all.length).toBeGreaterThan(4)
    const chosen = (): string => {
      const { state } = screen
      return state.data.differing[state.chosen]!.differences[state.difference]!.text
    }
    const gone = (key: string): string[] => {
      const seen = [chosen()]
      while (seen.length < all.length) {
        screen.keys(key)
        seen.push(chosen())
      }
      return seen
    }
    expect(gone('n')).toEqual(all)
    expect(screen.keys('n').text).toContain('this is the last difference')
    expect(gone('N')).toEqual([...all].reverse())
    expect(screen.keys('N').text).toContain('this is the first difference')
  })

  test('a lists all pairs and takes them away again; the chosen one stays chosen', () => {
    const screen = opened().keys('n n')
    const idOf = (): number => {
      const { state } = screen
      return (state.all ? state.data.pairs : state.data.differing)[state.chosen]!.a!.id
    }
    const before = idOf()
    expect(screen.text).not.toContain('Heartbeat')
    screen.keys('a')
    expect(idOf()).toBe(before)
    expect(screen.text).toContain('all shown')
    expect(screen.keys('end').text).toMatch(/^> +ListOffsets v5 +#16 +#16 +none/m)
    expect(screen.keys('home a').text).not.toContain('ApiVersions')
    expect(screen.state.chosen).toBe(0)
  })

  test('tab: the other frame, and back to its difference', () => {
    const screen = opened()
    expect(screen.text).toContain('[response]')
    expect(screen.keys('tab').text).toContain('[request]')
    expect(screen.text).toMatch(/requestApiKey +11 JoinGroup +requestApiKey +11 JoinGroup/)
    expect(screen.keys('tab').text).toContain('difference 1 of 2')
  })

  test('enter: up and down are in the fields, and the bytes go with them; escape: in the list', () => {
    const screen = opened().keys('n enter down')
    expect(screen.text).toMatch(/^>generationId +-1/m)
    expect(screen.text.match(/\[ff ff .*\n0010 {2}ff ff\]/)).not.toBeNull()
    expect(screen.text).toMatch(/^ {3}generationId {2}int32/m)
    expect(screen.keys('escape down').text).toMatch(/^>! JoinGroup v5 +#6/m)
  })

  test('q leaves, or leaves the help; C-c leaves at once', () => {
    const screen = opened().keys('? q')
    expect(screen.left).toBe(false)
    expect(screen.keys('q').left).toBe(true)
    const help = opened().keys('?')
    expect(help.send({ type: 'key', key: 'C-c', ch: '\x03' }).left).toBe(true)
  })

  test('a click chooses a pair or a field, the wheel moves', () => {
    const screen = opened().send({ type: 'mouse', action: 'press', x: 10, y: 3 })
    expect(screen.text).toMatch(/^>! JoinGroup v5 +#6/m)
    screen.send({ type: 'mouse', action: 'press', x: 10, y: 9 })
    expect(screen.text).toMatch(/^> correlationId/m)
    screen.send({ type: 'mouse', action: 'down', x: 10, y: 9 })
    expect(screen.text).toMatch(/^>throttleTimeMs/m)
  })
})

describe('what only one session has', () => {
  test('an exchange of B alone has its fields on the right', () => {
    const screen = new DiffScreen(dataOf(...older))
    expect(screen.text).toMatch(/^>> Unknown v0 +#47 +1: exchange/m)
    expect(screen.text).toMatch(/A: no response +B: \d+ B/)
  })

  test('sessions that are the same: all pairs are shown, none differs', () => {
    const screen = new DiffScreen(dataOf(sound, sound))
    expect(screen.text).toContain('0 differ of 16, all shown')
    expect(screen.keys('n').text).toContain('this is the last difference')
  })
})

describe('what the wire says', () => {
  const HOSTILE = '\x1b]0;owned\x07\u202e\u{1f600}'
  const saying = (name: string): Recorded => {
    const time = 1_750_000_000_000_000
    const bytes = requestFrame('Metadata', 9, { topics: [{ name }], allowAutoTopicCreation: true }, 7, name)
    return recorded([
      { type: 'open', connection: { id: 1, client: '10.0.0.1:5000', broker: 'broker.test:9092' }, time },
      { type: 'data', connection: 1, direction: 'request', time, bytes },
    ])
  }

  test('is escaped wherever it stands: in fields, bytes, words and the names of files', () => {
    const data = dataOf(saying('orders'), saying(HOSTILE))
    const screen = new DiffScreen(data, 140, 40)
    screen.state = { ...screen.state, names: [HOSTILE, `x/${HOSTILE}`] }
    const seen: string[] = []
    for (let i = 0; i < 5; i++) seen.push(screen.keys('n').text)
    expect(seen.join('\n')).toContain('owned')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    expect(seen.join('\n')).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\u{1f600}]/u)
  })

  test('secrets are masked: of two passwords it is told that they differ, and neither is shown', () => {
    const login = (password: string): Recorded => {
      const time = 1_750_000_000_000_000
      const auth = { authBytes: Buffer.from(`\0alice\0${password}`) }
      const data = (bytes: Uint8Array) => ({ type: 'data', connection: 1, direction: 'request', time, bytes }) as const
      return recorded([
        { type: 'open', connection: { id: 1, client: '10.0.0.1:5000', broker: 'broker.test:9092' }, time },
        data(requestFrame('SaslHandshake', 1, { mechanism: 'PLAIN' })),
        data(requestFrame('SaslAuthenticate', 2, auth, 8)),
      ])
    }
    const screen = new DiffScreen(dataOf(login('opensesame1'), login('swordfish22')), 140, 40)
    expect(screen.text).toMatch(/! request authBytes {2}value: differs; it is secret/)
    expect(screen.text).toMatch(/password +"\*+" +password +"\*+"/)
    for (const pressed of ['enter', 'end', 'escape', 'a', 'end', 'tab', 'tab', 'n']) {
      const { text } = screen.keys(pressed)
      expect(text).toContain('SaslAuthenticate v2')
      // The passwords, and in hex what they begin with.
      expect(text).not.toMatch(/sesame|swordfish|6f 70 65|73 77 6f/)
    }
  })

  test('a log has values and no bytes', () => {
    const logged = (threshold: number) =>
      parseRequestLine(
        `[2026-01-01 00:00:00,000] DEBUG Completed request:${JSON.stringify({
          isForwarded: false,
          requestHeader: {
            requestApiKey: 12,
            requestApiVersion: 4,
            correlationId: 3,
            clientId: 'c',
            requestApiKeyName: 'HEARTBEAT',
          },
          request: { groupId: 'g', generationId: 1, memberId: 'm', groupInstanceId: null },
          response: { throttleTimeMs: 0, errorCode: threshold },
          connection: '127.0.0.1:9092-127.0.0.1:50000-0-0',
        })} (kafka.request.logger)`,
      )!
    const session = (code: number): Recorded => ({ items: [new LogItem(logged(code), 1, 1)], standing: [] })
    const { text } = new DiffScreen(dataOf(session(0), session(27)))
    expect(text).toMatch(/^-errorCode +0 NONE +! errorCode +27 REBALANCE_IN/m)
    expect(text).toContain('A: no bytes, values only')
  })
})

const KEYS = ['up', 'down', 'pageup', 'pagedown', 'home', 'end', 'tab', 'enter', 'escape', 'n', 'N', 'a', '?', 'q', 'x']

test('whatever is pressed, at whatever size: as many rows and columns as there are, something chosen in sight', () => {
  const data = [dataOf(sound, swapped), dataOf(...older)]
  const size = fc.record({ columns: fc.integer({ min: 1, max: 200 }), rows: fc.integer({ min: 1, max: 60 }) })
  const keys = fc.array(fc.constantFrom(...KEYS), { maxLength: 30 })
  fc.assert(
    fc.property(fc.constantFrom(...data), size, size, keys, (which, first, then, pressed) => {
      const screen = new DiffScreen(which, first.columns, first.rows)
      if (pressed.length > 0) screen.keys(pressed.join(' '))
      screen.send({ type: 'resize', size: then })
      const { rows, state } = screen
      expect(rows.length).toBe(then.rows)
      for (const one of rows) expect(width(rowText(one))).toBe(then.columns)
      if (then.rows >= 12 && then.columns >= 20 && !state.help)
        expect(screen.text.split('\n').some((line) => /^[>-][!<> ] /.test(line))).toBe(true)
    }),
    { numRuns: 60 },
  )
})
