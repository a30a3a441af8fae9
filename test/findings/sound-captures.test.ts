/** Real traffic is sound: rules over it say nothing graver than a note, and those are true. */
import { describe, expect, test } from 'vitest'
import { CAPTURES } from '../capture/captures.ts'
import { findingsIn, observeCapture } from './observe.ts'

/** Notes that are true of a capture: an old client, told to believe that the broker is from 0.9. */
const NOTES: Readonly<Record<string, readonly string[]>> = {
  'kcat202-v0.9.0-gzip-39.pcapng': ['protocol/dropped-version', 'protocol/no-api-versions'],
}

describe.each(CAPTURES)('%s', (name) => {
  const findings = findingsIn(observeCapture(name))

  test('has no errors and no warnings', () => {
    expect(findings.filter(({ severity }) => severity !== 'note')).toEqual([])
  })

  test('has no notes but those that are true of it', () => {
    expect([...new Set(findings.map(({ code }) => code))].sort()).toEqual(NOTES[name] ?? [])
  })
})
