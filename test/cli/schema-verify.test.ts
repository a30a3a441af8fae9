import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { verify } from '../../src/cli/schema-verify.ts'
import { compileMessage } from '../../src/codec/compile.ts'
import { messageByName } from '../../src/codec/messages.ts'
import type { Model } from '../../src/schema/model.ts'
import { cacheFolder } from '../interop/cache.ts'
import { missingKafka } from '../interop/kafka-server.ts'
import { memoryIo } from './memory-io.ts'

const folder = mkdtempSync(join(tmpdir(), 'kafkascope-verify-'))
const names = (...lines: string[]): string => {
  const file = join(folder, `names-${lines.join('-')}`)
  writeFileSync(file, lines.join('\n'))
  return file
}

const releases = ['4.4.0', '3.9.2'] as const
const libs = releases.map((release) => join(cacheFolder(), `kafka-${release}`, 'libs'))
const withJars = describe.skipIf(releases.some((release) => missingKafka(release) !== null))

async function run(options: Partial<Parameters<typeof verify>[0]>) {
  const io = memoryIo()
  const status = await verify({ seed: 1, count: 10, libs, ...options }, io)
  return { status, out: io.stdout.text }
}

withJars("schema verify: Kafka's classes (needs scripts/setup-interop.sh)", () => {
  test('nothing differs in any message version', { timeout: 120_000 }, async () => {
    const { status, out } = await run({ count: 6 })
    expect(out).toMatch(/^877 message versions, 5262 vectors, 0 differences from 4\.4\.0, 3\.9\.2 /)
    expect(status).toBe(0)
  })

  test('a wrong width in a table is caught, with its field and byte', { timeout: 60_000 }, async () => {
    const { status, out } = await run({
      names: names('HeartbeatResponse'),
      find: (name, version) => {
        const { model } = messageByName(name, version)!
        if (version !== 1) return messageByName(name, version)
        const fields = model.fields.map((field) => (field.name === 'errorCode' ? { ...field, type: 'int32' } : field))
        return compileMessage({ ...model, fields } as Model)
      },
    })
    expect(status).toBe(1)
    expect(out).toContain('HeartbeatResponse v1')
    expect(out).toMatch(/class writes otherwise: errorCode at [45]/)
    expect(out).not.toContain('HeartbeatResponse v2')
  })

  test('a field that is tagged in a table alone is caught', {
    timeout: 60_000,
  }, async () => {
    const { status, out } = await run({
      names: names('FetchRequest'),
      find: (name, version) => {
        const { model } = messageByName(name, version)!
        if (version !== 12) return messageByName(name, version)
        const fields = model.fields.map((field) => (field.name === 'clusterId' ? { ...field, tag: 9 } : field))
        return compileMessage({ ...model, fields } as Model)
      },
    })
    expect(status).toBe(1)
    expect(out).toContain('FetchRequest v12')
  })
})

describe('schema verify --encoder', () => {
  const encoder = (change: string): string => {
    const file = join(folder, `encoder-${change.length}.mjs`)
    writeFileSync(
      file,
      `import { createInterface } from 'node:readline'
       let n = 0
       for await (const line of createInterface({ input: process.stdin })) {
         const { json } = JSON.parse(line)
         const hex = Buffer.from(new Uint8Array(new Int32Array([json.throttleTimeMs]).buffer)).reverse().toString('hex')
           + Buffer.from(new Uint8Array(new Int16Array([json.errorCode]).buffer)).reverse().toString('hex')
         ${change}
         n++
       }`,
    )
    return `node ${file}`
  }

  test('a right encoder differs in nothing; one that is wrong is shown with the byte and the bug', async () => {
    const find = (name: string, version: number) => messageByName(name, Math.min(version, 3))
    const only = { names: names('HeartbeatResponse'), count: 5, find }
    // v0 has no throttle time, v4 has tags: the encoder knows v1 to v3.
    const right = await run({
      ...only,
      encoder: encoder('console.log(line.includes(`"version":0`) ? hex.slice(8) : hex)'),
    })
    expect(right.out).toMatch(/^5 message versions, 25 vectors, 0 differences from the encoder's bytes/)
    expect(right.status).toBe(0)
    const wrong = await run({
      ...only,
      encoder: encoder(
        'console.log(JSON.stringify({ hex: n === 7 ? hex.slice(0, 8) : line.includes(`"version":0`) ? hex.slice(8) : hex }))',
      ),
    })
    expect(wrong.status).toBe(1)
    expect(wrong.out).toContain('x HeartbeatResponse v1, vector 2: encoder writes otherwise: errorCode at 4')
    expect(wrong.out).toContain('body/underflow')
    expect(wrong.out).toContain('25 vectors, 1 differences')
  })

  test('an encoder that ends early or writes no hex is said', async () => {
    await expect(run({ names: names('HeartbeatResponse'), encoder: 'true' })).rejects.toThrow(
      'the encoder ended before it answered HeartbeatResponse v0, vector 0',
    )
    const { out } = await run({ names: names('HeartbeatResponse'), count: 1, encoder: encoder('console.log("oops")') })
    expect(out).toContain('theirs  oops')
  })
})

test('a name that no message has, and jars that are not there, are one line', async () => {
  await expect(run({ names: names('JoinGroupRequests') })).rejects.toThrow(/line 1: .*JoinGroupRequest/)
  await expect(run({ libs: ['/no/such/folder'] })).rejects.toThrow('there is no such file or folder')
})
