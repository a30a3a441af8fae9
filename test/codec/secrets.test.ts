import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { writeBatch } from '../../dissectors/records/write.ts'
import { toHex } from '../../src/bytes/hex.ts'
import { Writer } from '../../src/bytes/write.ts'
import { decodeFrame, frameJson } from '../../src/codec/frame.ts'
import { type JsonObject, printJson } from '../../src/codec/json-text.ts'
import { maskFrame, type SecretContext, secretRanges } from '../../src/codec/secrets.ts'
import { loadTraffic, loadVectors } from '../vectors.ts'
import { frame, inner, type Made, nested, utf8 } from './nested-frames.ts'

const mask = ({ bytes, as }: Made, context?: SecretContext): Uint8Array => maskFrame(bytes, as, context)
const has = (bytes: Uint8Array, text: string): boolean => Buffer.from(bytes).includes(Buffer.from(text))
const bodyOf = (made: Made, bytes: Uint8Array): JsonObject => frameJson(decodeFrame(bytes, made.as)).body as JsonObject
/** Text in base64, as bytes fields are printed. */
const as64 = (text: string): string => Buffer.from(text).toString('base64')

const login = (token: string, version = 2) => frame('SaslAuthenticate', 'request', version, { authBytes: utf8(token) })

describe('SASL', () => {
  test.each([0, 1, 2])('v%i: only the password of PLAIN is overwritten', (version) => {
    const made = login('\0alice\0s3cret', version)
    const masked = mask(made, { saslMechanism: 'PLAIN' })
    expect(bodyOf(made, masked)).toEqual({ authBytes: as64('\0alice\0******') })
    expect(masked.length).toBe(made.bytes.length)
    expect(has(made.bytes, 's3cret'), 'the frame itself is untouched').toBe(true)
  })

  test('SCRAM: the proof and the signature', () => {
    const first = login('n,,n=alice,r=nonce')
    expect(mask(first, { saslMechanism: 'SCRAM-SHA-256' })).toBe(first.bytes)
    const final = login('c=biws,r=nonce,p=cHJvb2Y=')
    expect(bodyOf(final, mask(final, { saslMechanism: 'SCRAM-SHA-256' })).authBytes).toBe(
      as64('c=biws,r=nonce,p=********'),
    )
    const answer = frame('SaslAuthenticate', 'response', 2, { authBytes: utf8('v=c2lnbg==') })
    expect(bodyOf(answer, mask(answer, { saslMechanism: 'SCRAM-SHA-512' })).authBytes).toBe(as64('v=********'))
  })

  test('OAUTHBEARER: the token', () => {
    const made = login('n,,\x01auth=Bearer ab.cd\x01pool=x\x01\x01')
    expect(bodyOf(made, mask(made, { saslMechanism: 'OAUTHBEARER' })).authBytes).toBe(
      as64('n,,\x01auth=Bearer *****\x01pool=x\x01\x01'),
    )
  })

  test('what is not understood is overwritten whole: no mechanism, an unknown one, the wrong one', () => {
    for (const saslMechanism of [undefined, null, 'GSSAPI', 'AWS_MSK_IAM', 'SCRAM-SHA-256', '__proto__']) {
      const made = login('\0alice\0s3cret')
      expect(bodyOf(made, mask(made, { saslMechanism })).authBytes, String(saslMechanism)).toBe(as64('*'.repeat(13)))
    }
  })

  test('raw tokens without a Kafka header', () => {
    const w = new Writer()
    const token = utf8('\0alice\0s3cret')
    w.i32(token.length)
    w.raw(token)
    const bytes = Uint8Array.from(w.view())
    const as = { kind: 'request', apiKey: -1, apiVersion: 0 } as const
    const plain = maskFrame(bytes, as, { framing: 'sasl', saslMechanism: 'PLAIN' })
    expect(Buffer.from(plain.subarray(4)).toString()).toBe('\0alice\0******')
    expect(toHex(maskFrame(bytes, as, { framing: 'sasl' }))).toBe(`0000000d${'2a'.repeat(13)}`)
    const empty = Uint8Array.from([0, 0, 0, 0])
    expect(maskFrame(empty, { ...as, kind: 'response' }, { framing: 'sasl' })).toBe(empty)
  })

  test('a password is nowhere in what is left, however the frame is cut or misread', () => {
    const password = fc.string({ minLength: 10, maxLength: 40, unit: fc.constantFrom('p', 'w', 'X', '9', 'ä') })
    fc.assert(
      fc.property(
        password,
        fc.nat(),
        fc.constantFrom(0, 1, 2, 3, 99),
        fc.constantFrom('PLAIN', null),
        (word, cut, readAs, mechanism) => {
          const made = login(`\0al\0${word}`)
          // At least four bytes of the password are left: fewer can't be told from others.
          const keep = made.bytes.length - (cut % 6)
          const bytes = made.bytes.subarray(0, keep)
          const masked = maskFrame(bytes, { ...made.as, apiVersion: readAs }, { saslMechanism: mechanism })
          const left = Buffer.from(utf8(word)).subarray(0, 4)
          expect(Buffer.from(masked).includes(left), `${toHex(masked)}`).toBe(false)
          expect(masked.length).toBe(keep)
        },
      ),
      { numRuns: 500 },
    )
  })
})

describe('tokens and credentials', () => {
  const hmac = utf8('hmac-bytes')
  const stars = as64('*'.repeat(10))
  test('HMACs of delegation tokens', () => {
    for (const version of [1, 2, 3]) {
      const made = frame('CreateDelegationToken', 'response', version, { tokenId: 'id', hmac })
      expect(bodyOf(made, mask(made))).toMatchObject({ tokenId: 'id', hmac: stars })
    }
    for (const api of ['RenewDelegationToken', 'ExpireDelegationToken']) {
      const made = frame(api, 'request', 2, { hmac })
      expect(bodyOf(made, mask(made)), api).toMatchObject({ hmac: stars })
    }
    const tokens = ['a', 'b'].map((tokenId) => ({ tokenId, hmac, renewers: [] }))
    const all = frame('DescribeDelegationToken', 'response', 3, { tokens })
    expect(bodyOf(all, mask(all)).tokens).toMatchObject([
      { tokenId: 'a', hmac: stars },
      { tokenId: 'b', hmac: stars },
    ])
  })

  test('SCRAM credentials being set', () => {
    const upsertions = [{ name: 'alice', mechanism: 1, iterations: 4096, salt: utf8('salt'), saltedPassword: hmac }]
    const made = frame('AlterUserScramCredentials', 'request', 0, { deletions: [], upsertions })
    expect(bodyOf(made, mask(made)).upsertions).toEqual([
      { name: 'alice', mechanism: 1, iterations: 4096, salt: as64('****'), saltedPassword: stars },
    ])
  })
})

describe('configs', () => {
  const configs = [
    { name: 'retention.ms', value: '604800000' },
    { name: 'sasl.jaas.config', value: 'jaas-secret' },
    { name: 'compression.type', value: 'zstd' },
    { name: 'ssl.key.password', value: null },
  ]
  const values = (list: unknown) => (list as JsonObject[]).map(({ value }) => value)
  const MASKED = ['604800000', '***********', 'zstd', null]

  test('being set: only values of sensitive names are overwritten', () => {
    const resources = [{ resourceType: 2, resourceName: 'x', configs }]
    for (const api of ['AlterConfigs', 'IncrementalAlterConfigs']) {
      const made = frame(api, 'request', 1, { resources })
      const [resource] = bodyOf(made, mask(made)).resources as JsonObject[]
      expect(values(resource!.configs), api).toEqual(MASKED)
    }
    const create = frame('CreateTopics', 'request', 7, { topics: [{ name: 'my-secret-key', configs }] })
    const [topic] = bodyOf(create, mask(create)).topics as JsonObject[]
    expect(topic).toMatchObject({ name: 'my-secret-key' })
    expect(values(topic!.configs)).toEqual(MASKED)
  })

  test('being told: also those that the broker marks, with their synonyms', () => {
    const marked = {
      name: 'vendor.thing',
      value: 'abc',
      isSensitive: true,
      synonyms: [{ name: 'vendor.thing', value: 'abc' }],
    }
    const plain = { name: 'port', value: '9092', isSensitive: false, synonyms: [{ name: 'port', value: '9092' }] }
    const made = frame('DescribeConfigs', 'response', 4, { results: [{ configs: [marked, plain] }] })
    const [result] = bodyOf(made, mask(made)).results as JsonObject[]
    const [first, second] = result!.configs as JsonObject[]
    expect(first).toMatchObject({ value: '***', synonyms: [{ value: '***' }] })
    expect(second).toMatchObject({ value: '9092', synonyms: [{ value: '9092' }] })
  })

  test('a frame without sensitive configs is the same object', () => {
    const resources = [{ resourceType: 2, resourceName: 'x', configs: [configs[0]!] }]
    const made = frame('IncrementalAlterConfigs', 'request', 1, { resources })
    expect(mask(made)).toBe(made.bytes)
  })

  test('a value that is cut short, or behind what could not be read, is overwritten as far as it is there', () => {
    const resources = [{ resourceType: 2, resourceName: 'x', configs: [configs[0]!, configs[1]!] }]
    const made = frame('IncrementalAlterConfigs', 'request', 1, { resources })
    for (let length = 10; length < made.bytes.length; length++) {
      const masked = maskFrame(made.bytes.subarray(0, length), made.as)
      expect(has(masked, 'jaas-s'), `${length} bytes`).toBe(false)
      // A length that claims too much stops the reading early.
      const broken = Uint8Array.from(made.bytes)
      broken.fill(0xff, length, length + 2)
      if (has(broken, 'sasl.jaas.config')) {
        expect(has(maskFrame(broken, made.as), 'jaas-secret'), `broken at ${length}`).toBe(false)
      }
    }
  })
})

describe('inside other things', () => {
  const envelope = (requestData: Uint8Array) =>
    frame('Envelope', 'request', 0, { requestData, requestPrincipal: null, clientHostAddress: utf8('abcd') })

  test('a request in an Envelope', () => {
    const resources = [{ resourceName: 'x', configs: [{ name: 'ssl.key.password', value: 'open-sesame' }] }]
    const made = envelope(inner(frame('IncrementalAlterConfigs', 'request', 1, { resources })))
    const masked = mask(made)
    expect(has(made.bytes, 'open-sesame')).toBe(true)
    expect(has(masked, 'open-sesame')).toBe(false)
    expect(has(masked, 'ssl.key.password')).toBe(true)
    const harmless = envelope(inner(frame('Metadata', 'request', 12, { topics: [] })))
    expect(mask(harmless)).toBe(harmless.bytes)
  })

  test('an answer in an Envelope, which does not say of which API it is', () => {
    const token = frame('CreateDelegationToken', 'response', 3, { tokenId: 'id', hmac: utf8('hmac-bytes') })
    const made = frame('Envelope', 'response', 0, { responseData: inner(token) })
    expect(has(mask(made), 'hmac-bytes')).toBe(false)
  })

  test('Envelopes in Envelopes: deeper than is looked, all is overwritten', () => {
    const hidden = inner(login('\0alice\0s3cret'))
    let made = envelope(hidden)
    for (let i = 0; i < 6; i++) {
      expect(has(mask(made, { saslMechanism: 'PLAIN' }), 's3cret'), `${i} deep`).toBe(false)
      made = envelope(inner(made))
    }
  })

  test('records of the metadata log, fetched by a controller or in a snapshot', () => {
    const credential = {
      name: 'alice',
      mechanism: 1,
      salt: utf8('salty'),
      storedKey: utf8('stored'),
      serverKey: utf8('served'),
    }
    const config = { resourceType: 4, resourceName: '1', name: 'ssl.keystore.key', value: 'private' }
    const records = writeBatch({
      records: [
        { value: nested('UserScramCredentialRecord', 0, { ...credential, iterations: 1 }, { uvarint: [1, 11, 0] }) },
        { value: nested('ConfigRecord', 0, config, { uvarint: [1, 4, 0] }) },
      ],
    })
    const partition = { partitionIndex: 0, highWatermark: 1, records }
    const frames = [
      frame('Fetch', 'response', 12, { responses: [{ topic: '__cluster_metadata', partitions: [partition] }] }),
      frame('Fetch', 'response', 17, { responses: [{ topicId: 'AAAAAAAAAAAAAAAAAAAAAQ', partitions: [partition] }] }),
      frame('FetchSnapshot', 'response', 1, {
        topics: [{ name: '__cluster_metadata', partitions: [{ unalignedRecords: records, snapshotId: {} }] }],
      }),
    ]
    for (const made of frames) {
      const masked = mask(made)
      for (const secret of ['salty', 'stored', 'served', 'private']) {
        expect(has(made.bytes, secret)).toBe(true)
        expect(has(masked, secret), secret).toBe(false)
      }
      expect(has(masked, 'ssl.keystore.key')).toBe(true)
    }
    // Of a later version, of a type that nobody knows yet, cut short: what can't be read may be a secret.
    for (const lead of [
      [1, 11, 99],
      [1, 99, 0],
      [1, 11, 0],
    ]) {
      const whole = nested('UserScramCredentialRecord', 0, { ...credential, iterations: 1 }, { uvarint: lead })
      const value = lead[1] === 11 && lead[2] === 0 ? whole.subarray(0, whole.length - 8) : whole
      const unread = { ...partition, records: writeBatch({ records: [{ value }] }) }
      const made = frame('Fetch', 'response', 12, {
        responses: [{ topic: '__cluster_metadata', partitions: [unread] }],
      })
      for (const secret of ['salty', 'stored', 'serv']) expect(has(mask(made), secret), `${lead} ${secret}`).toBe(false)
    }
    for (const cut of [records.subarray(0, -10), records.subarray(30)]) {
      const made = frame('FetchSnapshot', 'response', 1, {
        topics: [{ name: '__cluster_metadata', partitions: [{ unalignedRecords: cut, snapshotId: {} }] }],
      })
      for (const secret of ['salty', 'stored', 'served']) expect(has(mask(made), secret), secret).toBe(false)
    }
    const later = nested('PartitionRecord', 0, { topicId: 'AAAAAAAAAAAAAAAAAAAAAQ' }, { uvarint: [1, 3, 99] })
    const harmless = { ...partition, records: writeBatch({ records: [{ value: later }] }) }
    const known = frame('Fetch', 'response', 12, {
      responses: [{ topic: '__cluster_metadata', partitions: [harmless] }],
    })
    expect(mask(known)).toBe(known.bytes)
    const other = frame('Fetch', 'response', 12, { responses: [{ topic: 'orders', partitions: [partition] }] })
    expect(mask(other)).toBe(other.bytes)
  })
})

describe('all frames', () => {
  test('a masked vector decodes as before, with the same fields at the same places', () => {
    const all = [...loadVectors('4.4.0'), ...loadVectors('3.9.2')].filter(({ frame: hex }) => hex)
    let changed = 0
    for (const vector of all) {
      const bytes = Buffer.from(vector.frame!, 'hex')
      const as = { kind: vector.kind as 'request', apiKey: vector.apiKey!, apiVersion: vector.version }
      const masked = maskFrame(bytes, as)
      if (masked === bytes) continue
      changed++
      const before = decodeFrame(bytes, as)
      const after = decodeFrame(masked, as)
      expect(after.flaws, vector.id).toEqual(before.flaws)
      expect(after.table.snapshot(), vector.id).toEqual(before.table.snapshot())
    }
    expect(changed).toBeGreaterThan(20)
    expect(changed).toBeLessThan(100)
  })

  test('of the captures, only logins and credentials change', () => {
    const changed = new Set<number>()
    for (const { kind, apiKey, version: apiVersion, frame: hex } of loadTraffic()) {
      const bytes = Buffer.from(hex, 'hex')
      if (maskFrame(bytes, { kind, apiKey, apiVersion }, { saslMechanism: 'PLAIN' }) !== bytes) changed.add(apiKey)
    }
    expect([...changed].sort()).toEqual([36, 51])
  })

  test('any bytes read as anything are taken, and ranges lie inside them', () => {
    const apis = fc.constantFrom(1, 17, 19, 32, 33, 36, 38, 39, 40, 41, 44, 51, 58, 59, 9999, -1)
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 120 }),
        apis,
        fc.integer({ min: -1, max: 18 }),
        fc.constantFrom('request', 'response'),
        fc.constantFrom('kafka', 'sasl'),
        (tail, apiKey, apiVersion, kind, framing) => {
          // Sound ids in front, or most bytes would stop in the header.
          const bytes = Uint8Array.from([0, 0, 0, 99, 0, 0, 0, 1, ...tail])
          const as = { kind: kind as 'request', apiKey, apiVersion }
          for (const [from, end] of secretRanges(bytes, as, { framing: framing as 'sasl', saslMechanism: 'PLAIN' })) {
            expect(from).toBeGreaterThanOrEqual(0)
            expect(end).toBeGreaterThanOrEqual(from)
            expect(end).toBeLessThanOrEqual(bytes.length)
          }
          const masked = maskFrame(bytes, as, { framing: framing as 'sasl' })
          expect(masked.length).toBe(bytes.length)
          printJson(frameJson(decodeFrame(masked, as)).body)
        },
      ),
      { numRuns: 3000 },
    )
  })

  test('damaged vectors with secrets are taken', () => {
    const vectors = loadVectors('4.4.0').filter(
      ({ frame: hex, apiKey }) => hex && [19, 32, 33, 36, 38, 44, 51, 58, 59].includes(apiKey!),
    )
    fc.assert(
      fc.property(fc.constantFrom(...vectors), fc.nat(), fc.nat(255), (vector, at, byte) => {
        const bytes = Buffer.from(vector.frame!, 'hex')
        bytes.writeUInt8(byte, at % bytes.length)
        const as = { kind: vector.kind as 'request', apiKey: vector.apiKey!, apiVersion: vector.version }
        expect(maskFrame(bytes, as).length).toBe(bytes.length)
      }),
      { numRuns: 600 },
    )
  })
})

test('a hundred thousand secrets in a frame', () => {
  const configs = Array.from({ length: 150_000 }, () => ({ name: 'p.password', value: 'x' }))
  const made = frame('AlterConfigs', 'request', 2, { resources: [{ resourceName: 'x', configs }] })
  const enveloped = frame('Envelope', 'request', 0, { requestData: inner(made), clientHostAddress: utf8('abcd') })
  expect(secretRanges(made.bytes, made.as)).toHaveLength(150_000)
  expect(secretRanges(enveloped.bytes, enveloped.as)).toHaveLength(150_000)
})

describe('an answer whose request nobody saw', () => {
  const unasked = { kind: 'response', apiKey: -1, apiVersion: 0 } as const

  test.each([1, 3])('CreateDelegationToken v%i: the HMAC is overwritten, whatever it is an answer of', (version) => {
    const made = frame('CreateDelegationToken', 'response', version, { tokenId: 'token-1', hmac: utf8('s3cret-hmac') })
    const masked = maskFrame(made.bytes, unasked)
    expect(has(made.bytes, 's3cret-hmac')).toBe(true)
    expect(has(masked, 's3cret-hmac')).toBe(false)
    expect(masked.subarray(0, 8)).toEqual(made.bytes.subarray(0, 8))
  })

  test('that is cut: all behind the correlation id', () => {
    const { bytes } = frame('CreateDelegationToken', 'response', 3, { tokenId: 'token-1', hmac: utf8('s3cret-hmac') })
    const masked = maskFrame(bytes.subarray(0, bytes.length - 2), unasked)
    expect([...masked.subarray(8)].every((byte) => byte === 0x2a)).toBe(true)
  })

  test('of no API with secrets is as it was', () => {
    const { bytes } = frame('Heartbeat', 'response', 4, { throttleTimeMs: 7, errorCode: 27 })
    expect(maskFrame(bytes, unasked)).toBe(bytes)
  })
})
