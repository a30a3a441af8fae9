import { expect, test } from 'vitest'
import { isInternalLog, keyFormat, valueFormat } from '../../../dissectors/nested/logs.ts'
import { Writer } from '../../../src/bytes/write.ts'
import { messageHeaders } from '../../../src/codec/messages.ts'
import { readingJson, readNested } from '../../../src/codec/nested.ts'
import { Run } from '../../../src/codec/run.ts'
import { loadVectors, type Vector, withoutUnknownTags } from '../../vectors.ts'

const TOPIC_OF = (name: string): string =>
  name.startsWith('TransactionLog')
    ? '__transaction_state'
    : /^Share(Snapshot|Update)/.test(name)
      ? '__share_group_state'
      : name.startsWith('Remote')
        ? '__remote_log_metadata'
        : '__consumer_offsets'

function written(vector: Vector, lead: (w: Writer) => void): Uint8Array {
  const w = new Writer()
  lead(w)
  w.raw(Buffer.from(vector.hex, 'hex'))
  return Uint8Array.from(w.view())
}

const vectors = [...loadVectors('4.4.0'), ...loadVectors('3.9.2')].filter(({ kind }) => kind === 'data')
const types = new Map(messageHeaders('data').map(({ name, apiKey }) => [name, apiKey]))
const keys = vectors.filter(({ name }) => name.endsWith('Key'))
const values = vectors.filter(({ name }) => name.endsWith('Value') && types.get(name) !== null)
const records = vectors.filter(
  ({ name }) => name.endsWith('Record') && types.get(name) !== null && types.get(name) !== undefined,
)

function shown(vector: Vector, bytes: Uint8Array, format: NonNullable<ReturnType<typeof keyFormat>>): unknown {
  const reading = readNested(bytes, 0, bytes.length, format, new Run())!
  expect(reading.flaws, vector.id).toEqual([])
  return withoutUnknownTags(readingJson(reading))
}

test('coordinator keys are known by the int16 in front of them, those of 3.9 too', () => {
  expect(keys.length).toBeGreaterThan(60)
  for (const vector of keys) {
    const type = types.get(vector.name) ?? vector.version
    const bytes = written(vector, (w) => w.i16(type))
    const found = shown(vector, bytes, keyFormat(TOPIC_OF(vector.name))!)
    expect(found, vector.id).toMatchObject({ type: vector.name, ...vector.json })
  }
})

test('coordinator values are known by their key, their version is in front', () => {
  expect(values.length).toBeGreaterThan(60)
  for (const vector of values) {
    const bytes = written(vector, (w) => w.i16(vector.version))
    const format = valueFormat(TOPIC_OF(vector.name), types.get(vector.name)!)!
    const found = shown(vector, bytes, format)
    expect(found, vector.id).toEqual({ version: vector.version, ...vector.json })
  }
})

test('metadata and remote log records are framed by three varints', () => {
  expect(records.length).toBeGreaterThan(60)
  for (const vector of records) {
    const bytes = written(vector, (w) => {
      w.uvarint(1)
      w.uvarint(types.get(vector.name)!)
      w.uvarint(vector.version)
    })
    const topic = vector.name.startsWith('Remote') ? '__remote_log_metadata' : '__cluster_metadata'
    const found = shown(vector, bytes, valueFormat(topic, null)!)
    expect(found, vector.id).toEqual({ version: vector.version, type: vector.name, ...vector.json })
  }
})

test('other topics have no known contents', () => {
  expect(isInternalLog('orders')).toBe(false)
  expect(keyFormat('orders')).toBeNull()
  expect(valueFormat('orders', 1)).toBeNull()
  expect(valueFormat('__consumer_offsets', 999)).toBeNull()
  expect(valueFormat('__consumer_offsets', null)).toBeNull()
})

test('a record type, version or frame version that is unknown is left alone', () => {
  const format = valueFormat('__cluster_metadata', null)!
  for (const lead of [
    [2, 2, 0],
    [1, 100, 0],
    [1, 2, 99],
  ]) {
    expect(readNested(Uint8Array.from(lead), 0, 3, format, new Run()), String(lead)).toBeNull()
  }
  const cut = readNested(Uint8Array.from([1, 0xff]), 0, 2, format, new Run())
  expect(cut?.flaws).toMatchObject([{ code: 'underflow', offset: 1 }])
})
