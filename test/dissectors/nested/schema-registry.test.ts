import { expect, test } from 'vitest'
import { schemaId } from '../../../dissectors/nested/schema-registry.ts'

test('a schema id is a zero byte and a positive int32 in front of the data', () => {
  const read = (...bytes: number[]) => schemaId(Uint8Array.from([9, ...bytes, 9]), 1, bytes.length + 1)
  expect(read(0, 0, 0, 1, 2, 65)).toBe(258)
  expect(read(0, 0, 0, 1, 2)).toBe(258)
  expect(read(1, 0, 0, 1, 2, 65)).toBeNull()
  expect(read(0, 0, 0, 0, 0, 65)).toBeNull()
  expect(read(0, 0xff, 0, 0, 0, 65)).toBeNull()
  expect(read(0, 0, 0, 1)).toBeNull()
  expect(read()).toBeNull()
})
