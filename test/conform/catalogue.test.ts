import { expect, test } from 'vitest'
import { catalogue } from '../../src/conform/catalogue.ts'
import { THEMES } from '../../src/conform/check.ts'
import { knownRanges } from '../../src/conform/reach.ts'

const checks = catalogue(knownRanges())

test('every check has an id of its own that begins with its theme, a title and a source', () => {
  expect(new Set(checks.map(({ id }) => id)).size).toBe(checks.length)
  for (const { id, theme, title, source } of checks) {
    expect(id.startsWith(`${theme}/`), id).toBe(true)
    expect(THEMES).toContain(theme)
    expect(title.length, id).toBeGreaterThan(10)
    expect(source.length, id).toBeGreaterThan(3)
  }
})

test('there are at least 500', () => {
  expect(checks.length).toBeGreaterThan(500)
})
