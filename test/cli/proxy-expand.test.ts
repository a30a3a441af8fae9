/** `--expand` of the proxy knows what the session has learned, as that of `read` does. */
import { expect, test } from 'vitest'
import { writeBatch } from '../../dissectors/records/write.ts'
import { jsonView, lineView } from '../../src/cli/proxy-view.ts'
import { compileFilter } from '../../src/filter/filter.ts'
import { nested } from '../codec/nested-frames.ts'
import { exchange } from '../tui/frames.ts'
import { TextSink } from './memory-io.ts'

const context = { topicName: () => '__consumer_offsets' }
const records = writeBatch({ records: [{ key: nested('OffsetCommitKey', 1, { group: 'payments' }), value: null }] })
const topicId = 'AAAAAAAAAAAAAAAAAAAABQ'
const made = exchange({
  api: 'Produce',
  version: 13,
  request: { topicData: [{ topicId, partitionData: [{ index: 0, records }] }] },
})
const none = { skippedBytes: 0, untouched: 0, upstreamFailures: 0 }

test('in JSON lines', async () => {
  const stdout = new TextSink()
  const view = await jsonView({ json: true, expand: true }, null, context, stdout, new TextSink())
  view.push({ type: 'exchange', exchange: made, findings: [] })
  await view.end(none)
  expect(stdout.text).toContain('"group":"payments"')
})

test.each([
  ['payments', 1],
  ['others', 0],
])('in the filter of lines: %s', async (group, lines) => {
  const stdout = new TextSink()
  const filter = compileFilter(`request.body.topicData.partitionData.records.records.key.group == "${group}"`)
  const view = await lineView({ expand: true }, filter, context, stdout, new TextSink(), false)
  view.push({ type: 'exchange', exchange: made, findings: [] })
  await view.end(none)
  expect(stdout.text.split('\n').filter((line) => line.includes('Produce'))).toHaveLength(lines)
})
