import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { decodeBody } from '../../src/codec/frame.ts'
import { messageByName } from '../../src/codec/messages.ts'
import { inspectBody } from '../../src/findings/inspect.ts'
import { RULES } from '../../src/findings/rules/index.ts'

const docs = readFileSync('docs/FINDINGS.md', 'utf8')
const entries = new Map(
  docs
    .split(/^## /m)
    .slice(1)
    .map((entry) => [entry.split('\n', 1)[0]!, entry]),
)

test('the list, the folder and the docs have the same rules', () => {
  const files = readdirSync('src/findings/rules').filter((file) => file !== 'index.ts')
  expect(RULES.length).toBe(files.length)
  expect(RULES.map((rule) => rule.code).sort()).toEqual([...entries.keys()].sort())
})

describe.each(RULES.map((rule) => [rule.code, rule] as const))('%s', (code, rule) => {
  test('has an entry with its severity and the fixed headings', () => {
    const entry = entries.get(code)!
    expect(entry).toContain(`Severity: ${rule.severity}.`)
    for (const heading of ['What it means:', 'Usual causes:', 'What to do:']) expect(entry).toContain(heading)
  })

  if (rule.kind === 'flaw' && rule.code !== 'limit') {
    test('is found in its example', () => {
      const { name, version, hex } = rule.example
      const message = messageByName(name, version)!
      const bytes = Buffer.from(hex, 'hex')
      const findings = inspectBody(message, bytes, decodeBody(bytes, message))
      expect(findings.map((finding) => finding.code)).toContain(`body/${code}`)
      const finding = findings.find((f) => f.code === `body/${code}`)!
      expect({ ...finding, causes: finding.causes.map((cause) => cause.cause) }).toMatchSnapshot()
    })
  }
})
