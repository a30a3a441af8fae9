/** The same value in other bytes, and bytes that no field explains, are told with the field that they belong to. */
import { expect, test } from 'vitest'
import { messageSession } from '../../src/cli/diff-message.ts'
import { Rules } from '../../src/diff/rules.ts'
import { SessionDiff } from '../../src/diff/sessions.ts'

function compared(api: string, apiVersion: string, a: string, b: string): string[] {
  const options = { api, apiVersion, kind: 'response' } as const
  const [x, y] = [messageSession('A', a, options), messageSession('B', b, options)]
  const diff = new SessionDiff(x.items, y.items, { rules: new Rules() })
  return [...diff.run()].flatMap(({ differences }) =>
    differences.map((each) => `${each.what} ${each.path} ${each.a?.offset} ${each.b?.offset}`),
  )
}

test.each<[string, string, string, string, string, string[]]>([
  ['a padded varint', 'SyncGroup', '4', '00000000 0000 01 00', '00000000 0000 8100 00', ['finding assignment null 6']],
  // SupportedFeatures is tag 0 of ApiVersions v3: empty, as it is where it is left out.
  [
    'a default written',
    'ApiVersions',
    '3',
    '0000 01 00000000 00',
    '0000 01 00000000 01 00 01 01',
    ['encoding supportedFeatures null 10'],
  ],
  [
    'a boolean of 2',
    'Metadata',
    '1',
    '00000000 00000000 00000001 0000 0001 61 01 00000000',
    '00000000 00000000 00000001 0000 0001 61 02 00000000',
    ['finding topics[0].isInternal null 17'],
  ],
  ['bytes behind the end of both', 'Heartbeat', '0', '0000 07', '0000 08', ['value _unread 2 2']],
  ['nothing', 'Heartbeat', '0', '0000', '0000', []],
])('%s', (_name, api, version, a, b, expected) => {
  expect(compared(api, version, a, b)).toEqual(expected)
})

test('secrets that differ are told as such, and not shown', () => {
  const token = (password: string): string => Buffer.from(`\0user\0${password}`).toString('hex')
  const frame = (password: string): string => {
    const rest = `0024 0000 00000001 0001 61 ${'00000009'} ${token(password)}`.replace(/ /g, '')
    return `${(rest.length / 2).toString(16).padStart(8, '0')}${rest}`
  }
  const [x, y] = [messageSession('A', frame('one'), {}), messageSession('B', frame('two'), {})]
  const told = [
    ...new SessionDiff(x.items, y.items, {
      rules: new Rules([{ name: 'strict', how: 'exact', where: 'SaslAuthenticate.authBytes', reason: '' }]),
    }).run(),
  ]
  expect(told.flatMap(({ differences }) => differences.map(({ what, path }) => `${what} ${path}`))).toEqual([
    'value authBytes',
  ])
  expect(JSON.stringify(told.map(({ differences }) => differences))).not.toMatch(/one|two/)
})
