/** `kafkascope broker --data` killed with SIGKILL while clients write: what was acknowledged is there afterwards. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { Connection } from '../../src/client/connection.ts'
import { batchOf } from '../broker/helpers.ts'
import { freePorts } from './kafka-server.ts'
import { atExit } from './processes.ts'
import { notBuilt } from './proxy-process.ts'

/** Resolves when it listens; rejects with what it said where it ends before. */
async function startBroker(port: number, folder: string): Promise<ChildProcess> {
  const args = ['bin/kafkascope.js', 'broker', '--listen', `127.0.0.1:${port}`, '--data', folder]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  await new Promise<void>((resolve, reject) => {
    child.stderr!.on('data', (text) => {
      said += text
      if (said.includes('listening on')) resolve()
    })
    child.once('exit', () => reject(new Error(said)))
  })
  return child
}

const offsetOf = (body: unknown): number =>
  (body as { responses: { partitionResponses: { baseOffset: number; errorCode: number }[] }[] }).responses[0]!
    .partitionResponses[0]!.baseOffset

const reason = notBuilt()
it.skipIf(reason !== null)(
  `a broker killed four times loses nothing${reason ? ` (skipped: ${reason})` : ''}`,
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kafkascope-kill-'))
    const [port] = await freePorts(1)
    let acknowledged = -1
    let committed = -1
    for (let round = 0; round < 4; round++) {
      const child = await startBroker(port!, folder)
      const forget = atExit(() => child.kill('SIGKILL'))
      const connection = await Connection.open({ host: '127.0.0.1', port: port! })
      const topics = [{ name: 'orders', numPartitions: 1, replicationFactor: 1 }]
      if (round === 0) await connection.call('CreateTopics', { topics, timeoutMs: 1000 }, { version: 5 })
      else {
        const asked = [{ name: 'orders', partitions: [{ partitionIndex: 0, timestamp: -1 }] }]
        const { body } = await connection.call('ListOffsets', { replicaId: -1, topics: asked }, { version: 5 })
        const { offset } = (body as { topics: { partitions: { offset: number }[] }[] }).topics[0]!.partitions[0]!
        // More may have been written than was acknowledged, never less.
        expect(offset).toBeGreaterThan(acknowledged)
        const wanted = { groupId: 'g', topics: [{ name: 'orders', partitionIndexes: [0] }] }
        const fetched = await connection.call('OffsetFetch', wanted, { version: 5 })
        type Fetched = { topics: { partitions: { committedOffset: number }[] }[] }
        expect((fetched.body as Fetched).topics[0]!.partitions[0]!.committedOffset).toBeGreaterThanOrEqual(committed)
      }
      const killed = setTimeout(() => child.kill('SIGKILL'), 400)
      const until = once(child, 'exit')
      try {
        for (;;) {
          const topicData = [{ name: 'orders', partitionData: [{ index: 0, records: batchOf(['x'.repeat(2000)]) }] }]
          const { body } = await connection.call('Produce', { acks: -1, timeoutMs: 1000, topicData }, { version: 9 })
          acknowledged = offsetOf(body)
          const partitions = [{ partitionIndex: 0, committedOffset: acknowledged, committedMetadata: '' }]
          await connection.call(
            'OffsetCommit',
            { groupId: 'g', topics: [{ name: 'orders', partitions }] },
            { version: 7 },
          )
          committed = acknowledged
        }
      } catch {
        // The kill.
      }
      clearTimeout(killed)
      await until
      connection.close()
      forget()
    }
    expect(acknowledged).toBeGreaterThan(40)
    rmSync(folder, { recursive: true, force: true })
  },
)
