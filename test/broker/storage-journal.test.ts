import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { Journal } from '../../src/broker/storage-journal.ts'

it('what could not be written is still to be written the next time', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kafkascope-journal-'))
  try {
    const file = join(folder, 'state.jsonl')
    const journal = Journal.open(file, () => {})
    expect(journal.write([['a', 1]])).toBe(true)
    expect(journal.write([['a', 1]])).toBe(false)
    journal.close()
    expect(() => journal.write([['a', 2]])).toThrow(/"fd"/)
    expect(() => journal.write([['a', 2]])).toThrow(/"fd"/)
    expect(journal.values.get('a')).toBe(1)
    expect(readFileSync(file, 'utf8')).toBe('["a",1]\n')
  } finally {
    rmSync(folder, { recursive: true })
  }
})
