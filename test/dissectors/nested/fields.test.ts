import { expect, test } from 'vitest'
import { BYTES_FIELDS, RECORDS_TOPIC } from '../../../dissectors/nested/fields.ts'
import { NESTED_TABLES } from '../../../dissectors/nested/index.ts'
import { messageHeaders, messageTable } from '../../../src/codec/messages.ts'
import type { MessageTable, TableField } from '../../../src/schema/model.ts'
import { readHeaders, readTable } from '../../../src/schema/table.ts'

const tables = new Map<string, MessageTable>(messageHeaders().map(({ name }) => [name, messageTable(name)!]))
const own = NESTED_TABLES.flatMap((text) => readHeaders(text.trim())).map((header) => readTable(header))
for (const table of own) tables.set(table.name, table)

function fieldsOf(fields: readonly TableField[]): TableField[] {
  return fields.flatMap((field) => [field, ...fieldsOf(field.fields)])
}

test('every bytes field of every table is known for what it holds, or why it holds nothing', () => {
  const listed = new Set(BYTES_FIELDS.map(({ message, field }) => `${message}.${field}`))
  const handWritten = new Set(own.map(({ name }) => name))
  const missing: string[] = []
  for (const { name, fields } of tables.values()) {
    if (handWritten.has(name)) continue
    for (const field of fieldsOf(fields)) {
      if (field.type === 'bytes' && !listed.has(`${name}.${field.name}`)) missing.push(`${name}.${field.name}`)
    }
  }
  expect(missing).toEqual([])
})

test.each(BYTES_FIELDS.map((fact) => [`${fact.message}.${fact.field}`, fact] as const))('%s is a field', (_, fact) => {
  const fields = fieldsOf(tables.get(fact.message)!.fields)
  const at = fields.findIndex(({ name, type }) => name === fact.field && type === 'bytes')
  expect(at).toBeGreaterThanOrEqual(0)
  expect(fields.filter(({ name }) => name === fact.field)).toHaveLength(1)
  // What says which format it is stands before it, or the reader would not have seen it yet.
  for (const name of [fact.protocolType, fact.protocol]) {
    if (name === undefined) continue
    const told = fields.findIndex((field) => field.name === name)
    expect(told).toBeGreaterThanOrEqual(0)
    expect(told).toBeLessThan(at)
  }
  if (fact.holds === 'opaque') expect(fact.why).toBeTruthy()
})

test('every records field has a topic in front of it', () => {
  const found: string[] = []
  for (const { name, fields } of tables.values()) {
    const all = fieldsOf(fields)
    const records = all.findIndex(({ type }) => type === 'records')
    if (records < 0) continue
    found.push(name)
    for (const topic of RECORDS_TOPIC.get(name)!) {
      const told = all.findIndex((field) => field.name === topic)
      expect(told).toBeGreaterThanOrEqual(0)
      expect(told).toBeLessThan(records)
    }
  }
  expect(found.sort()).toEqual([...RECORDS_TOPIC.keys()].sort())
})
