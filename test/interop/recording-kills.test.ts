/** Recordings that begin another file again and again, of proxies that are killed: all that is whole is there, in order. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { Assembler } from '../../src/capture/assembler.ts'
import { CaptureReader } from '../../src/capture/capture-reader.ts'
import { Pipeline } from '../../src/findings/pipeline.ts'
import { requestFrame } from '../proxy/frames.ts'
import { Random } from '../random.ts'
import { notBuilt, startProxy } from './proxy-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'kafkascope-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const KILLS = 20
const reason = notBuilt()

it.skipIf(reason !== null)(
  `killed ${KILLS} times${reason === null ? '' : ` (skipped: ${reason})`}`,
  async () => {
    const random = new Random(7)
    let begun = 0
    for (let kill = 0; kill < KILLS; kill++) {
      const name = `k${kill}`
      const rotate = kill % 2 === 0 ? ['--record-size', '20KB'] : ['--record-time', '1s']
      const proxy = await startProxy(null, ['--record', join(folder, `${name}.pcapng`), ...rotate])
      const client = connect(Number(proxy.address.split(':')[1]), '127.0.0.1')
      client.on('error', () => {})
      const end = performance.now() + 300 + random.below(1200)
      for (let id = 1; performance.now() < end; id++) {
        client.write(requestFrame({ api: 'Metadata', version: 9 }, id))
        await new Promise((done) => setTimeout(done, 1 + random.below(3)))
      }
      proxy.kill()
      client.destroy()
      const files = readdirSync(folder)
        .filter((file) => file.startsWith(`${name}_`) || file === `${name}.pcapng`)
        .sort()
      begun += files.length
      const pipeline = new Pipeline()
      const ids: number[] = []
      const assembler = new Assembler({}, (segment) => {
        for (const event of pipeline.push(segment))
          if (event.type === 'exchange') ids.push(event.exchange.correlationId)
      })
      files.forEach((file, i) => {
        const reader = new CaptureReader()
        reader.window.append(readFileSync(join(folder, file)))
        while (reader.read() === 'packet') assembler.packet(reader.packet)
        // A block that was being written when the kill came may be cut; no other.
        if (i < files.length - 1) expect([file, reader.finish()]).toEqual([file, null])
        else expect(reader.finish()?.message ?? 'it ends').toMatch(/^it ends/)
      })
      assembler.end()
      expect(ids.length).toBeGreaterThan(10)
      expect(ids).toEqual(ids.map((_id, at) => at + 1))
    }
    // Some began more than one.
    expect(begun).toBeGreaterThan(KILLS)
  },
  180_000,
)
