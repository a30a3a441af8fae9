/** The screen with made-up traffic, for looking at and for the test in tmux: `demo RATE`, exchanges a second. */

import { Decoder } from '../../src/findings/decoder.ts'
import { Groups } from '../../src/findings/groups/groups.ts'
import { Seen } from '../../src/findings/seen.ts'
import { exchangeJson } from '../../src/report/exchange-json.ts'
import { Session } from '../../src/session/session.ts'
import { startTui } from '../../src/tui/app.ts'
import { connection, exchange, session } from './frames.ts'

const rate = Number(process.argv[2] ?? 0)
let timer: NodeJS.Timeout | null = null

const tui = startTui({
  title: 'kafkascope',
  subtitle: '127.0.0.1:9092 -> kafka-1:9092',
  exchangeJson,
  onQuit: () => {
    if (timer) clearInterval(timer)
    console.log('quit')
  },
})
tui.brokers([{ node: 1, listener: '127.0.0.1:9092', upstream: 'kafka-1:9092' }])
const groups = new Groups(new Session().state)
const decoders = { request: new Decoder(), response: new Decoder() }
for (const item of session()) {
  groups.exchange(new Seen(item.exchange, decoders))
  for (const group of groups.fresh.splice(0)) tui.push({ type: 'group', group })
  tui.push({ type: 'exchange', ...item })
}

if (rate > 0) {
  const conn = connection(2, { clientId: 'load' })
  const init = { api: 'Heartbeat', version: 4, clientId: 'load', request: { groupId: 'g' } }
  const one = exchange({ ...init, id: 4, connection: conn })
  const start = performance.now()
  let sent = 0
  timer = setInterval(() => {
    const due = Math.floor(((performance.now() - start) / 1000) * rate)
    for (; sent < due; sent++) {
      tui.push({ type: 'exchange', exchange: { ...one, id: 4 + sent, correlationId: sent }, findings: [] })
    }
  }, 10)
}
// How it ends, where that is what the test is about.
const end = process.argv[3]
if (end === 'throw') setTimeout(() => Promise.reject(new Error('thrown on purpose')), 300)
else if (end) setTimeout(() => process.kill(process.pid, end), 300)
