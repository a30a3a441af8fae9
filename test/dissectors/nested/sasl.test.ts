import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readSasl } from '../../../dissectors/nested/sasl.ts'

const bytesOf = (token: string): Uint8Array => Buffer.from(`..${token}..`, 'utf8')

/** Reads a token that stands between other bytes; secrets come back as text. */
function read(token: string, sender: 'client' | 'server', mechanism: string | null) {
  const bytes = bytesOf(token)
  const found = readSasl(bytes, 2, bytes.length - 2, sender, mechanism)
  return (
    found && {
      ...found,
      secrets: found.secrets.map(([from, end]) => Buffer.from(bytes.subarray(from, end)).toString('utf8')),
    }
  )
}

describe('tokens of known mechanisms say who logs in; only what is secret is secret', () => {
  const cases: [string, 'client' | 'server', string, string, string | null, string[]][] = [
    ['PLAIN', 'client', '\0alice\0s3cret', 'credentials', 'alice', ['s3cret']],
    ['PLAIN', 'client', 'admin\0älice\0pa\0ss', 'credentials', 'älice', ['pa\0ss']],
    ['SCRAM-SHA-256', 'client', 'n,,n=alice,r=fyko', 'client-first', 'alice', []],
    ['SCRAM-SHA-256', 'client', 'n,a=root,n=a=2Cb=3Dc,r=fyko,tokenauth=true', 'client-first', 'a,b=c', []],
    ['SCRAM-SHA-512', 'server', 'r=fyko3rfc,s=QSXCR+Q6sek8bf92,i=4096', 'server-first', null, []],
    ['SCRAM-SHA-512', 'client', 'c=biws,r=fyko3rfc,p=dHzbZapWIk4=', 'client-final', null, ['dHzbZapWIk4=']],
    ['SCRAM-SHA-256', 'server', 'v=6rriTRBi23WpRR=', 'server-final', null, ['6rriTRBi23WpRR=']],
    ['SCRAM-SHA-256', 'server', 'e=invalid-proof', 'server-final', null, []],
    ['OAUTHBEARER', 'client', 'n,,\x01auth=Bearer ab.cd.ef\x01\x01', 'client-first', null, ['ab.cd.ef']],
    ['OAUTHBEARER', 'client', 'n,a=bob,\x01auth=Bearer t\x01pool=x\x01\x01', 'client-first', 'bob', ['t']],
    ['OAUTHBEARER', 'client', '\x01', 'client-abort', null, []],
    ['OAUTHBEARER', 'server', '{"status":"invalid_token"}', 'server-error', null, []],
  ]
  test.each(cases)('%s %s %j', (mechanism, sender, token, step, user, secrets) => {
    expect(read(token, sender, mechanism)).toMatchObject({ mechanism, step, user, secrets })
  })
})

test('a token that is not one of its mechanism is not understood', () => {
  for (const [mechanism, token] of [
    ['PLAIN', 'alice:s3cret'],
    ['PLAIN', '\0\0s3cret'],
    ['SCRAM-SHA-256', '\0alice\0s3cret'],
    ['SCRAM-SHA-256', 'c=biws,r=nonce'],
    ['OAUTHBEARER', 'n,,\x01auth=Basic abc\x01\x01'],
    ['GSSAPI', '\x60\x82whatever'],
    ['constructor', 'x'],
  ] as const) {
    expect(read(token, 'client', mechanism), token).toBeNull()
  }
  expect(read('', 'client', 'PLAIN')).toBeNull()
  expect(read(`\0alice\0${'x'.repeat(100_000)}`, 'client', 'PLAIN')).toBeNull()
})

test('without a mechanism it is guessed from the token', () => {
  expect(read('n,,n=alice,r=fyko', 'client', null)).toMatchObject({ mechanism: 'SCRAM', user: 'alice' })
  expect(read('\0bob\0pw', 'client', null)).toMatchObject({ mechanism: 'PLAIN', user: 'bob' })
  expect(read('hello', 'client', null)).toBeNull()
})

test('any bytes are read without throwing, and secrets lie inside the token', () => {
  const mechanisms = fc.constantFrom('PLAIN', 'SCRAM-SHA-256', 'OAUTHBEARER', 'GSSAPI', '__proto__', null)
  const pieces = fc.constantFrom(
    'n,,',
    'n=',
    ',r=',
    ',p=',
    'c=',
    '\0',
    '\x01',
    'auth=Bearer ',
    'v=',
    '\u{1F600}',
    '\xff',
  )
  const tokens = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc.array(pieces, { maxLength: 12 }).map((parts) => Uint8Array.from(Buffer.from(parts.join(''), 'utf8'))),
  )
  fc.assert(
    fc.property(tokens, mechanisms, fc.constantFrom('client', 'server'), (token, mechanism, sender) => {
      const found = readSasl(token, 0, token.length, sender as 'client', mechanism)
      for (const [from, end] of found?.secrets ?? []) {
        expect(from).toBeGreaterThanOrEqual(0)
        expect(end).toBeGreaterThanOrEqual(from)
        expect(end).toBeLessThanOrEqual(token.length)
      }
    }),
    { numRuns: 2000 },
  )
})
