/** Choose a field and its bytes light up; choose a byte and its field does. */
import { expect, test } from 'vitest'
import { encodeMessage } from '../../src/codec/encode.ts'
import { decodeFrame } from '../../src/codec/frame.ts'
import { messageByName } from '../../src/codec/messages.ts'
import { type FieldLine, fieldLines } from '../../src/codec/paths.ts'
import type { Exchange } from '../../src/session/exchange.ts'
import { rowAt } from '../../src/tui/detail.ts'
import { chosenDetail, fieldIndex, litRange, treeOf } from '../../src/tui/look.ts'
import { chooseByte, chooseRow } from '../../src/tui/moves.ts'
import { treeRows } from '../../src/tui/tree.ts'
import { layoutOf } from '../../src/tui/view/layout.ts'
import { exchange } from './frames.ts'
import { Screen } from './screen.ts'
import { traffic } from './traffic.ts'

const subscription = encodeMessage(messageByName('ConsumerProtocolSubscription', 1)!.model, {
  topics: ['orders', 'payments'],
  ownedPartitions: [{ topic: 'orders', partitions: [0, 1] }],
})
const metadata = Buffer.concat([Buffer.from([0, 1]), subscription])

const EXCHANGES: readonly [name: string, exchange: Exchange][] = [
  [
    'arrays, arrays of numbers, nulls and unknown tags',
    exchange({
      api: 'Metadata',
      version: 12,
      request: { topics: [{ name: 'orders' }, { name: null, topicId: 'AAAAAAAAAAAAAAAAAAAAAQ' }] },
      response: {
        brokers: [
          { nodeId: 1, host: 'localhost', port: 9092, rack: null, _unknownTaggedFields: [{ tag: 9, data: 'AAEC' }] },
        ],
        clusterId: 'abc',
        topics: [
          {
            name: 'orders',
            partitions: [{ replicaNodes: [1, 2, 3], isrNodes: [1, 2], offlineReplicas: [] }],
            _unknownTaggedFields: [
              { tag: 3, data: '' },
              { tag: 300, data: 'AAEC' },
            ],
          },
        ],
      },
    }),
  ],
  [
    'known tags with structs in them',
    exchange({
      api: 'Fetch',
      version: 17,
      request: {
        clusterId: 'xyz',
        replicaState: { replicaId: 3, replicaEpoch: 9 },
        topics: [{ partitions: [{ partition: 1 }] }],
      },
      response: {
        responses: [{ partitions: [{ currentLeader: { leaderId: 4, leaderEpoch: 5 }, abortedTransactions: null }] }],
        nodeEndpoints: [{ nodeId: 4, host: 'h', port: 1 }],
      },
    }),
  ],
  [
    'a plain version, and a message inside bytes',
    exchange({
      api: 'JoinGroup',
      version: 5,
      request: { groupId: 'g', protocolType: 'consumer', protocols: [{ name: 'range', metadata }] },
      response: { protocolName: 'range', leader: 'm', members: [{ memberId: 'm', metadata }] },
    }),
  ],
]

const CASES = EXCHANGES.flatMap(([name, one]) => [
  [`${name}: request`, one, '1'] as const,
  [`${name}: response`, one, '2'] as const,
])

function open(one: Exchange, key: string): Screen {
  return new Screen(120, 60).show([{ exchange: one, findings: [] }]).keys(key)
}

test.each(CASES)('%s: every field lights up exactly its bytes', (_, one, key) => {
  const screen = open(one, key)
  const detail = chosenDetail(screen.state)!
  const { bytes, table } = detail.frame
  const all = fieldLines(bytes, table)
  expect(all.length).toBeGreaterThan(5)
  for (const [path, offset, length] of all) {
    // By its first byte all that is folded over it unfolds; then its own row is there.
    const opened = chooseByte(screen.state, offset)
    const row = treeOf(opened, detail).rows.find((row) => row.path === path)
    if (length === 0 && !row) continue
    expect(row, path).toBeDefined()
    const chosen = chooseRow(opened, row!)
    expect(litRange(chosen, treeOf(chosen, detail).rows), path).toEqual([offset, offset + length])
  }
})

test.each(CASES)('%s: every byte chooses the innermost field that holds it', (_, one, key) => {
  const screen = open(one, key)
  const detail = chosenDetail(screen.state)!
  const all = fieldLines(detail.frame.bytes, detail.frame.table)
  for (let byte = 0; byte < detail.frame.bytes.length; byte++) {
    const state = chooseByte(screen.state, byte)
    const { rows } = treeOf(state, detail)
    const row = rows[fieldIndex(state, rows)]!
    expect(state.byte).toBe(byte)
    expect(row.offset <= byte && byte < row.offset + row.length, `${byte} in ${row.path}`).toBe(true)
    const wanted = innermost(all, byte)
    // What a bytes field holds has rows of its own, deeper than the frame's fields.
    if (/metadata/.test(row.path)) expect(row.path.startsWith(wanted[0])).toBe(true)
    else expect([row.path, row.offset, row.length]).toEqual(wanted.slice(0, 3))
  }
})

function innermost(lines: readonly FieldLine[], byte: number): FieldLine {
  return lines.filter(([, offset, length]) => offset <= byte && byte < offset + length).at(-1)!
}

test('a byte of a message inside bytes chooses the field in there', () => {
  const screen = open(EXCHANGES[2]![1], '1')
  const detail = chosenDetail(screen.state)!
  const at = Buffer.from(detail.frame.bytes).indexOf('payments')
  const state = chooseByte(screen.state, at)
  const row = treeOf(state, detail).rows[fieldIndex(state, treeOf(state, detail).rows)]!
  expect(row.path).toBe('protocols[0].metadata.topics[1]')
  expect([row.offset, row.length]).toEqual([at - 2, 10])
})

test('in real traffic every byte of every frame has a field, and the field is the innermost', () => {
  let frames = 0
  for (const event of traffic()) {
    if (event.type !== 'exchange' || event.exchange.framing !== 'kafka') continue
    for (const side of ['request', 'response'] as const) {
      const frame = event.exchange[side]
      if (!frame || frame.bytes.length > 4000) continue
      frames++
      const decoded = decodeFrame(frame.bytes, frame, undefined, frame.headerVersion)
      const lines = fieldLines(decoded.bytes, decoded.table)
      const shut = treeRows(decoded, { flipped: new Set(), limit: 100_000, partial: false, inside: () => null })
      const flipped = new Set(shut.filter((row) => row.fold === 'shut').map((row) => row.key))
      const rows = treeRows(decoded, { flipped, limit: 100_000, partial: false, inside: () => null })
      const keys = new Set(rows.map((row) => row.key))
      expect(keys.size, 'no key twice').toBe(rows.length)
      for (let byte = 0; byte < frame.bytes.length; byte += 3) {
        const row = rows[rowAt(rows, byte)]
        expect(row?.path, `${event.exchange.api} ${side} byte ${byte}`).toBe(innermost(lines, byte)[0])
      }
    }
  }
  expect(frames).toBeGreaterThan(800)
})

test('a click on a byte chooses its field, a click on a field its bytes', () => {
  const screen = open(EXCHANGES[0]![1], '2')
  const { hex, fields, hexBytes } = layoutOf(screen.state)
  const clicked = 0x10
  const [line, column] = [Math.floor(clicked / hexBytes), clicked % hexBytes]
  screen.click(hex.left + 5 + column * 3 + 1, hex.top + line - screen.state.hexTop)
  expect(screen.state.byte).toBe(clicked)
  expect(screen.state.field).toBe('brokers[0].nodeId')
  expect(screen.state.pane).toBe('hex')
  const row = screen.lines.findIndex((text) => text.includes('clusterId'))
  screen.click(fields.left + 8, row)
  expect(screen.state.field).toBe('clusterId')
  const detail = chosenDetail(screen.state)!
  const at = Buffer.from(detail.frame.bytes).indexOf('abc')
  expect(screen.state.byte).toBe(at - 1)
  expect(screen.text).toMatch(/\[04 [\s\S]*63\]/)
})

test('a frame of a hundred thousand fields shows its first ones at once, and any byte of it its field', () => {
  const partitions = Array.from({ length: 30_000 }, (_, i) => ({ partitionIndex: i }))
  const big = exchange({ api: 'ListOffsets', version: 1, response: { topics: [{ name: 't', partitions }] } })
  const screen = open(big, '2')
  const start = performance.now()
  const last = screen.send({ type: 'tick' }).keys('tab tab end')
  expect(performance.now() - start).toBeLessThan(1500)
  const detail = chosenDetail(last.state)!
  const { rows } = treeOf(last.state, detail)
  expect(rows[fieldIndex(last.state, rows)]!.path).toBe('topics[0].partitions[29999].offset')
})
