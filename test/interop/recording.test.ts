/** `proxy --record` of real clients, by the built program: reads back to what it printed, whole after a kill. */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { type JsonObject, parseJson } from '../../src/codec/json-text.ts'
import { readBack } from '../cli/read-back.ts'
import { requestFrame } from '../proxy/frames.ts'
import { clients, missing, problems, runClient } from './clients.ts'
import { notBuilt, startProxy } from './proxy-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'kafkascope-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/**
 * Without what a capture alone has (packets) or a proxy alone (what it dropped). A capture numbers connections when they
 * first say something, a proxy when they open: they are told apart by the client's address.
 */
function comparable({
  connection,
  droppedLines,
  skippedBytes,
  untouchedAnswers,
  upstreamFailures,
  ...json
}: JsonObject): JsonObject {
  for (const frame of [json.request, json.response]) if (frame) delete (frame as JsonObject).packet
  // Whoever connects and says nothing may be anyone.
  if (json.type === 'summary') delete json.connections
  return json
}

describe('a recording by the built program', () => {
  for (const client of clients) {
    const reason = notBuilt() ?? missing(client)
    const title = reason === null ? client : `${client} (skipped: ${reason})`
    it.skipIf(reason !== null)(title, { concurrent: true }, async () => {
      const file = join(folder, `${client}.pcapng`)
      const proxy = await startProxy(null, ['--record', file])
      const run = await runClient(client, proxy.address, 'full')
      expect(problems(run)).toEqual([])
      await proxy.stop()
      const back = readBack([file], { hex: true, showSecrets: true })
      expect(back.length).toBe(proxy.lines.length)
      back.forEach((line, i) => {
        expect(comparable(parseJson(line) as JsonObject), `line ${i + 1}`).toEqual(comparable(proxy.lines[i]!))
      })
    })
  }

  const reason = notBuilt()
  it.skipIf(reason !== null)(`whole after a kill${reason === null ? '' : ` (skipped: ${reason})`}`, async () => {
    const file = join(folder, 'killed.pcapng')
    const proxy = await startProxy(null, ['--record', file])
    const client = connect(Number(proxy.address.split(':')[1]), '127.0.0.1')
    client.on('error', () => {})
    for (let id = 1; statSync(file).size < 100_000; id++) {
      client.write(requestFrame({ api: 'Metadata', version: 9 }, id))
      await new Promise((done) => setTimeout(done, 2))
    }
    proxy.kill()
    client.destroy()
    const back = readBack([file]).map((line) => parseJson(line) as JsonObject)
    expect(back.length).toBeGreaterThan(100)
    back.slice(0, -1).forEach((line, i) => {
      expect(line).toMatchObject({ type: 'exchange', api: 'Metadata', correlationId: i + 1 })
      // It never asks for versions, which is worth a note.
      expect((line.findings as JsonObject[]).filter(({ severity }) => severity !== 'note')).toEqual([])
    })
  })
})
