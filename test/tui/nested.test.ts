/** What the field pane says of nested bytes, where the session has learned what the bytes alone do not tell. */
import { describe, expect, test } from 'vitest'
import { writeBatch } from '../../dissectors/records/write.ts'
import { exchangeJson } from '../../src/report/exchange-json.ts'
import { Data } from '../../src/tui/data.ts'
import { realTools } from '../../src/tui/tools.ts'
import { nested } from '../codec/nested-frames.ts'
import { exchange } from './frames.ts'

const TOPIC = 'AAAAAAAAAAAAAAAAAAAABQ'
const key = nested('OffsetCommitKey', 1, { group: 'payments', topic: 'orders', partition: 3 })
const value = nested('OffsetCommitValue', 3, { offset: 77, leaderEpoch: -1, metadata: '', commitTimestamp: 5 })

const rows = (codec: 'none' | 'gzip', topicName?: (id: string) => string | null): string => {
  const data = new Data(realTools(exchangeJson, false, topicName ? { topicName } : {}))
  const records = writeBatch({ codec, records: [{ key, value }] })
  const made = exchange({
    api: 'Produce',
    version: 13,
    request: { topicData: [{ topicId: TOPIC, partitionData: [{ index: 0, records }] }] },
  })
  data.push({ type: 'exchange', exchange: made, findings: [] })
  const detail = data.detail(data.store.get(0)!, 'request')!
  return data
    .tree(detail, new Set(), 500)
    .rows.map(({ name, value: shown }) => `${name} ${shown}`)
    .join('\n')
}

describe.each(['none', 'gzip'] as const)('records of a log of the coordinator, compression %s', (codec) => {
  test('are read where the name of the topic with that id is known', () => {
    const shown = rows(codec, (id) => (id === TOPIC ? '__consumer_offsets' : null))
    expect(shown).toContain(codec === 'gzip' ? 'records of __consumer_offsets, decompressed' : '__consumer_offsets \n')
    expect(shown).toMatch(/group: ?"payments"|"group":"payments"/)
    expect(shown).toMatch(/offset: ?77|"offset":77/)
  })

  test('are bytes where it is not', () => {
    expect(rows(codec)).not.toMatch(/group\W+payments/)
  })
})

test('a filter sees the same', () => {
  const tools = realTools(exchangeJson, false, { topicName: () => '__consumer_offsets' })
  const records = writeBatch({ records: [{ key, value }] })
  const made = exchange({
    api: 'Produce',
    version: 13,
    request: { topicData: [{ topicId: TOPIC, partitionData: [{ index: 0, records }] }] },
  })
  const { test: holds } = tools.compileFilter(
    'request.body.topicData.partitionData.records.records.key.group == "payments"',
  )
  expect(holds(tools.exchangeJson(made, [], true))).toBe(true)
})
