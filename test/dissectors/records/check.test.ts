import { describe, expect, it } from 'vitest'
import { checkRecords } from '../../../dissectors/records/check.ts'
import { fromHex } from '../../../src/bytes/hex.ts'
import { type BrokenLine, type VectorLine, vectorLines } from './vectors.ts'

const sound = new Map(vectorLines<VectorLine>('kafka-4.4.0.jsonl.gz', '"batches":').map((line) => [line.id, line]))
const broken = vectorLines<BrokenLine>('broken.jsonl.gz', '"scope"').filter(
  ({ cause }) => cause.startsWith('batch-') || cause === 'record-length',
)

describe('checkRecords on broken messages', () => {
  it.each(broken)('$label of $name: $fieldPath', (line) => {
    const [path, suffix] = line.fieldPath.split(/(?=\[batch )/) as [string, string]
    const base = sound.get(line.base)!
    const field = base.records!.find((f) => f.path === path)!
    const context = line.name === 'ProduceRequest' ? 'produce' : 'fetch'
    const problems = checkRecords(fromHex(line.hex), field.offset, field.offset + field.length, { context })
    expect(problems.map(({ code, path }) => [code, path])).toEqual([[line.cause, suffix]])
    const { offset, inner } = problems[0]!
    if (inner === null) expect(offset).toBe(line.offset)
  })
})
