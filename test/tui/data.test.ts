import { expect, test } from 'vitest'
import { exchangeJson } from '../../src/report/exchange-json.ts'
import { Data } from '../../src/tui/data.ts'
import { realTools } from '../../src/tui/tools.ts'
import { connection, exchange } from './frames.ts'

test('a connection is counted once, also one whose row was forgotten and that goes on', () => {
  const data = new Data(realTools(exchangeJson, false))
  const all = Array.from({ length: 5002 }, (_, i) => connection(i + 1))
  for (const one of all) data.push({ type: 'connection', connection: one })
  const late = exchange({ api: 'Heartbeat', version: 4, connection: all[0]! })
  data.push({ type: 'exchange', exchange: late, findings: [] })
  expect(data.open).toBe(5002)
  for (const one of all) data.push({ type: 'closed', connection: one, time: 0 })
  expect(data.open).toBe(0)
})
