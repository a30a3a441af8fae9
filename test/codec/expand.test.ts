import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type BatchInit, writeBatch } from '../../dissectors/records/write.ts'
import { toBase64 } from '../../src/bytes/hex.ts'
import type { Encodable } from '../../src/codec/encode.ts'
import { type ExpandContext, expandBody, expandFrame, nestedOf } from '../../src/codec/expand.ts'
import { decodeBody, decodeFrame, frameJson } from '../../src/codec/frame.ts'
import { type JsonObject, printJson } from '../../src/codec/json-text.ts'
import { messageByName } from '../../src/codec/messages.ts'
import { fieldLines } from '../../src/codec/paths.ts'
import { loadTraffic, loadVectors, withoutUnknownTags } from '../vectors.ts'
import { frame, inner, type Made, nested, utf8 } from './nested-frames.ts'

const decode = ({ bytes, as }: Made) => decodeFrame(bytes, as)
const expand = (made: Made, context?: ExpandContext) => {
  const { body, nestedFlaws } = expandFrame(decode(made), context)
  return { body: body as JsonObject, nestedFlaws }
}
const base64 = (bytes: Uint8Array): string => toBase64(bytes, 0, bytes.length)

const join = (protocolType: string, name: string, metadata: Uint8Array) =>
  frame('JoinGroup', 'request', 9, { groupId: 'g', protocolType, protocols: [{ name, metadata }] })
const metadataOf = (made: Made, context?: ExpandContext): unknown =>
  (expand(made, context).body.protocols as JsonObject[])[0]!.metadata

const subscription = (version: number, value: JsonObject, lead = version): Uint8Array =>
  nested('ConsumerProtocolSubscription', version, value, { int16: [lead] })
const SUBSCRIPTION = { topics: ['a', 'b'], userData: null, ownedPartitions: [], generationId: 4, rackId: null }

describe('group members', () => {
  test('a consumer subscription and assignment', () => {
    expect(metadataOf(join('consumer', 'range', subscription(3, SUBSCRIPTION)))).toEqual({
      version: 3,
      ...SUBSCRIPTION,
    })
    const assigned = { assignedPartitions: [{ topic: 'a', partitions: [0, 2] }], userData: null }
    const assignment = nested('ConsumerProtocolAssignment', 1, assigned)
    const made = frame('SyncGroup', 'response', 5, { protocolType: 'consumer', protocolName: 'range', assignment })
    expect(expand(made).body.assignment).toEqual({ version: 1, ...assigned })
  })

  test('all vectors of the consumer protocol, at their places in DescribeGroups', () => {
    const all = [...loadVectors('4.4.0'), ...loadVectors('3.9.2')].filter(({ name }) =>
      name.startsWith('ConsumerProtocol'),
    )
    expect(all.length).toBeGreaterThan(20)
    for (const vector of all) {
      const bytes = Buffer.from(vector.hex, 'hex')
      const lead = Buffer.from([vector.version >> 8, vector.version])
      const field = vector.name.endsWith('Subscription') ? 'memberMetadata' : 'memberAssignment'
      const member = { memberId: 'm', memberMetadata: '', memberAssignment: '', [field]: Buffer.concat([lead, bytes]) }
      const groups = [{ groupId: 'g', protocolType: 'consumer', protocolData: 'x', members: [member] }]
      const { body, nestedFlaws } = expand(frame('DescribeGroups', 'response', 5, { groups }))
      const shown = ((body.groups as JsonObject[])[0]!.members as JsonObject[])[0]![field]!
      expect(nestedFlaws, vector.id).toEqual([])
      expect(withoutUnknownTags(shown), vector.id).toEqual({ version: vector.version, ...vector.json })
    }
  })

  test('a version newer than is known is read as the highest known', () => {
    expect(metadataOf(join('consumer', 'range', subscription(3, SUBSCRIPTION, 9)))).toEqual({
      version: 9,
      ...SUBSCRIPTION,
    })
  })

  test('versions without a protocol type are read where they can be', () => {
    const members = [{ memberId: 'm', metadata: subscription(0, { topics: ['a'], userData: null }) }]
    const made = frame('JoinGroup', 'response', 4, { protocolName: 'range', members })
    expect(((expand(made).body.members as JsonObject[])[0]! as JsonObject).metadata).toEqual({
      version: 0,
      topics: ['a'],
      userData: null,
    })
    const odd = frame('JoinGroup', 'response', 4, { protocolName: 'x', members: [{ metadata: utf8('what else') }] })
    expect(expand(odd)).toMatchObject({ body: { members: [{ metadata: base64(utf8('what else')) }] }, nestedFlaws: [] })
  })

  test('a protocol type that is unknown is left alone', () => {
    expect(metadataOf(join('other', 'range', subscription(3, SUBSCRIPTION)))).toBe(
      base64(subscription(3, SUBSCRIPTION)),
    )
  })

  test('user data of sticky assignors, that of librdkafka too', () => {
    const previous = { previousAssignment: [{ topic: 'a', partitions: [0] }] }
    const cases: [string, Uint8Array, JsonObject][] = [
      ['sticky', nested('StickyAssignorUserData', 0, previous, {}), { version: 0, ...previous }],
      [
        'sticky',
        nested('StickyAssignorUserData', 1, { ...previous, generation: 3 }, {}),
        { version: 1, ...previous, generation: 3 },
      ],
      ['cooperative-sticky', Uint8Array.from([0, 0, 0, 9]), { version: 0, generation: 9 }],
      [
        'cooperative-sticky',
        nested('StickyAssignorUserData', 1, { ...previous, generation: 3 }, {}),
        { version: 1, ...previous, generation: 3 },
      ],
    ]
    for (const [name, userData, shown] of cases) {
      const metadata = nested('ConsumerProtocolSubscription', 1, { topics: [], userData, ownedPartitions: [] })
      expect(metadataOf(join('consumer', name, metadata)), name).toMatchObject({ userData: shown })
      expect(metadataOf(join('consumer', 'mine', metadata)), name).toMatchObject({ userData: base64(userData) })
    }
  })

  test('user data of Streams', () => {
    const info = {
      version: 9,
      latestSupportedVersion: 11,
      processId: 'AAAAAAAAAAAAAAAAAAAAAQ',
      userEndPoint: utf8('h:1'),
    }
    const sums = [{ topicGroupId: 1, partitionToOffsetSum: [{ partition: 0, offsetSum: 7 }] }]
    const value = { ...info, taskOffsetSums: sums, uniqueField: 1, errorCode: 0 }
    const userData = nested('StreamsSubscriptionInfo', 9, value, {})
    const metadata = nested('ConsumerProtocolSubscription', 0, { topics: [], userData })
    expect(metadataOf(join('consumer', 'stream', metadata))).toMatchObject({
      userData: { ...value, userEndPoint: base64(utf8('h:1')) },
    })
    const tasks = {
      version: 11,
      commonlySupportedVersion: 11,
      activeTasks: [{ topicGroupId: 0, partition: 1, namedTopology: [] }],
      standbyTasks: [],
      topics: [{ index: 0, topic: 'a' }],
      partitionsByHost: [{ host: 'h', port: 1, partitions: [{ topicIndex: 0, partition: 1 }] }],
      standbyPartitionsByHost: [],
      errCode: 0,
      nextRebalanceMs: 9223372036854775807n,
    }
    const assignment = nested('ConsumerProtocolAssignment', 0, {
      assignedPartitions: [],
      userData: nested('StreamsAssignmentInfo', 11, tasks, {}),
    })
    const sync = frame('SyncGroup', 'response', 5, { protocolType: 'consumer', protocolName: 'stream', assignment })
    expect(expand(sync).body.assignment).toMatchObject({ userData: tasks })
  })

  test('Connect: a worker with what it has, and the leader’s assignment', () => {
    const rest = { error: 0, leader: 'w1', leaderUrl: 'http://w1', configOffset: 5 }
    const tasks = [{ connector: 'c', tasks: [-1, 0] }]
    const eager = { ...rest, assignment: tasks }
    const incremental = { ...eager, revoked: null, delay: 300 }
    const allocation = nested('ConnectAssignment', 2, incremental)
    const worker = nested('ConnectWorkerState', 2, { url: 'http://w1', configOffset: 5, allocation })
    expect(metadataOf(join('connect', 'sessioned', worker))).toEqual({
      version: 2,
      url: 'http://w1',
      configOffset: 5,
      allocation: { version: 2, ...incremental },
    })
    const sync = { assignments: [{ memberId: 'w1', assignment: nested('ConnectAssignment', 0, eager) }] }
    const made = frame('SyncGroup', 'request', 5, { protocolType: 'connect', protocolName: 'default', ...sync })
    expect(expand(made).body.assignments).toEqual([{ memberId: 'w1', assignment: { version: 0, ...eager } }])
  })

  test('Schema Registry: JSON, if it is not too deep', () => {
    const text = '{"version":1,"host":"sr","port":8081,"big":9007199254740993}'
    expect(metadataOf(join('sr', 'v0', utf8(text)))).toEqual({
      version: 1,
      host: 'sr',
      port: 8081,
      big: 9007199254740993n,
    })
    for (const bad of ['{', 'x', `${'['.repeat(50_000)}`, `"\\"]]]${']'.repeat(99)}"${'['.repeat(99)}`]) {
      expect(metadataOf(join('sr', 'v0', utf8(bad)))).toBe(base64(utf8(bad)))
    }
  })

  test('empty bytes hold nothing', () => {
    const made = frame('SyncGroup', 'response', 5, { protocolType: 'consumer', errorCode: 27, assignment: '' })
    expect(expand(made)).toMatchObject({ body: { assignment: '' }, nestedFlaws: [] })
  })
})

describe('flaws', () => {
  test('bytes that should be a subscription and are not stay base64, and it is said where they break', () => {
    const whole = subscription(1, { topics: ['ab', 'cd'], userData: null, ownedPartitions: [] })
    const cut = whole.subarray(0, 12)
    const made = join('consumer', 'range', cut)
    const { body, nestedFlaws } = expand(made)
    expect(body.protocols).toEqual([{ name: 'range', metadata: base64(cut) }])
    const at = fieldLines(made.bytes, decode(made).table).find(([path]) => path === 'protocols[0].metadata')![1]
    // A compact length of one byte, version, count, then `ab`; two bytes of the second length are there, and no `cd`.
    expect(nestedFlaws).toMatchObject([
      {
        path: 'protocols[0].metadata.topics[1]',
        offset: at + 1 + 2 + 4 + 4,
        title: 'ConsumerProtocolSubscription v1',
        message: 'ConsumerProtocolSubscription v1 does not fit: topics claims 2 bytes, 0 are left.',
        flaw: { code: 'length' },
      },
    ])
  })

  test('bytes that are left over', () => {
    const long = Buffer.concat([subscription(0, { topics: [], userData: null }), Buffer.from([1, 2, 3])])
    expect(expand(join('consumer', 'range', long)).nestedFlaws).toMatchObject([
      { path: 'protocols[0].metadata', length: 3, flaw: { code: 'trailing' } },
    ])
  })

  test('many broken members cost no more than they have bytes', () => {
    const members = Array.from({ length: 60_000 }, () => ({ memberId: '', metadata: Uint8Array.of(0) }))
    const made = frame('JoinGroup', 'response', 9, { protocolType: 'consumer', members })
    const began = performance.now()
    expect(expand(made).nestedFlaws).toHaveLength(100)
    expect(performance.now() - began).toBeLessThan(15_000)
  })
})

const fetchOf = (topic: string, batch: BatchInit): Made =>
  frame('Fetch', 'response', 12, {
    responses: [{ topic, partitions: [{ partitionIndex: 0, highWatermark: 1, records: writeBatch(batch) }] }],
  })
const recordsOf = (made: Made, context?: ExpandContext): JsonObject[] => {
  const [topic] = expand(made, context).body.responses as JsonObject[]
  const [partition] = topic!.partitions as JsonObject[]
  return (partition!.records as JsonObject[]).flatMap((batch) => batch.records as JsonObject[])
}

describe('records', () => {
  const key = nested('GroupMetadataKey', 0, { group: 'g' }, { int16: [2] })
  const member = {
    memberId: 'm',
    groupInstanceId: null,
    clientId: 'c',
    clientHost: '/127.0.0.1',
    rebalanceTimeout: 1,
    sessionTimeout: 1,
    assignment: '',
  }
  const group = { protocolType: 'consumer', generation: 1, protocol: 'range', leader: 'm', currentStateTimestamp: 5 }
  const value = nested('GroupMetadataValue', 3, {
    ...group,
    members: [{ ...member, subscription: subscription(3, SUBSCRIPTION) }],
  })

  test.each(['none', 'gzip', 'zstd'] as const)('of __consumer_offsets, with what is in them (%s)', (codec) => {
    const shown = recordsOf(
      fetchOf('__consumer_offsets', {
        codec,
        records: [
          { key, value },
          { key, value: null },
        ],
      }),
    )
    expect(shown).toMatchObject([
      {
        key: { version: 0, type: 'GroupMetadataKey', group: 'g' },
        value: { version: 3, ...group, members: [{ ...member, subscription: { version: 3, ...SUBSCRIPTION } }] },
      },
      { key: { type: 'GroupMetadataKey' }, value: null },
    ])
  })

  test('the topic is known by its id where somebody knows the name', () => {
    const records = writeBatch({ records: [{ key, value }] })
    const topicId = 'AAAAAAAAAAAAAAAAAAAABQ'
    const made = frame('Produce', 'request', 13, { topicData: [{ topicId, partitionData: [{ index: 0, records }] }] })
    const keys = (context?: ExpandContext) =>
      printJson(expand(made, context).body).match(/"type":"GroupMetadataKey"/g)?.length ?? 0
    expect(keys({ topicName: (id) => (id === topicId ? '__consumer_offsets' : null) })).toBe(1)
    expect(keys()).toBe(0)
  })

  test('of other topics stay text or base64', () => {
    expect(recordsOf(fetchOf('orders', { records: [{ key, value: utf8('v') }] }))).toMatchObject([{ value: 'v' }])
  })

  test('a schema registry’s prefix is shown where it is asked for', () => {
    const made = fetchOf('orders', { records: [{ value: Uint8Array.from([0, 0, 0, 0, 7, 65, 66]) }] })
    expect(recordsOf(made, { schemaRegistry: true })).toMatchObject([{ value: { schemaId: 7, payload: 'AB' } }])
    expect(recordsOf(made)).toMatchObject([{ value: '\0\0\0\0\x07AB' }])
  })

  test('control records hold a message', () => {
    const control = { isControl: true, isTransactional: true } as const
    const marker = nested('EndTxnMarker', 0, { coordinatorEpoch: 3 })
    const commit = { key: Uint8Array.from([0, 0, 0, 1]), value: marker }
    expect(recordsOf(fetchOf('orders', { ...control, records: [commit] }))).toMatchObject([
      { controlType: 'COMMIT', value: { version: 0, coordinatorEpoch: 3 } },
    ])
    const leader = { version: 1, leaderId: 2, voters: [], grantingVoters: [] }
    const change = { key: Uint8Array.from([0, 0, 0, 2]), value: nested('LeaderChangeMessage', 1, leader, {}) }
    expect(recordsOf(fetchOf('__cluster_metadata', { ...control, records: [change] }))).toMatchObject([
      { controlType: 'LEADER_CHANGE', value: leader },
    ])
  })

  test('a value that is broken is reported at its place in the frame', () => {
    const broken = Uint8Array.from([0, 3, 0, 9, 65])
    const made = fetchOf('__consumer_offsets', { records: [{ key, value: broken }] })
    const at = Buffer.from(made.bytes).indexOf(Buffer.from(broken))
    expect(expand(made).nestedFlaws).toMatchObject([
      { path: 'responses[0].partitions[0].records.value.protocolType', offset: at + 2, title: 'GroupMetadataValue v3' },
    ])
  })

  test('secrets of the metadata log are overwritten, in compressed batches too', () => {
    const credential = {
      name: 'alice',
      mechanism: 1,
      salt: utf8('salt'),
      storedKey: utf8('stored'),
      serverKey: utf8('server'),
    }
    const record = nested('UserScramCredentialRecord', 0, { ...credential, iterations: 4096 }, { uvarint: [1, 11, 0] })
    const made = fetchOf('__cluster_metadata', { codec: 'gzip', records: [{ value: record }] })
    const stars = (length: number) => base64(utf8('*'.repeat(length)))
    expect(recordsOf(made)).toMatchObject([
      {
        value: {
          type: 'UserScramCredentialRecord',
          name: 'alice',
          salt: stars(4),
          storedKey: stars(6),
          serverKey: stars(6),
        },
      },
    ])
    expect(recordsOf(made, { showSecrets: true })).toMatchObject([{ value: { salt: base64(utf8('salt')) } }])
  })
})

describe('envelopes and SASL', () => {
  const request = frame('CreateTopics', 'request', 7, { topics: [{ name: 't', numPartitions: 1, configs: [] }] })
  const envelope = (requestData: Uint8Array): Made =>
    frame('Envelope', 'request', 0, {
      requestData,
      requestPrincipal: nested('DefaultPrincipalData', 0, { type: 'User', name: 'alice', tokenAuthenticated: false }),
      clientHostAddress: Uint8Array.from([10, 0, 0, 1]),
    })

  test('the request in an Envelope, who sent it and from where', () => {
    expect(expand(envelope(inner(request))).body).toEqual({
      requestData: { version: 7, api: 'CreateTopics', ...frameJson(decode(request)) },
      requestPrincipal: { version: 0, type: 'User', name: 'alice', tokenAuthenticated: false },
      clientHostAddress: { address: '10.0.0.1' },
    })
  })

  test('the answer, where its request is known', () => {
    const answer = frame('CreateTopics', 'response', 7, { topics: [{ name: 't', configs: [] }] })
    const made = frame('Envelope', 'response', 0, { responseData: inner(answer) })
    const enveloped = { apiKey: 19, apiVersion: 7 }
    expect(expand(made, { enveloped }).body.responseData).toEqual({
      version: 7,
      api: 'CreateTopics',
      ...frameJson(decode(answer)),
    })
    expect(expand(made).body.responseData).toBe(base64(inner(answer)))
  })

  test('envelopes in envelopes end', () => {
    let made = envelope(inner(request))
    for (let i = 0; i < 40; i++) made = envelope(inner(made))
    const { body, nestedFlaws } = expand(made)
    expect(nestedFlaws).toEqual([])
    expect(printJson(body).split('"requestData":{').length).toBe(9)
  })

  test('a broken request in an Envelope', () => {
    expect(expand(envelope(inner(request).subarray(0, 20))).nestedFlaws).toMatchObject([
      { path: expect.stringMatching(/^requestData\./), title: 'CreateTopicsRequest v7' },
    ])
  })

  test('SASL tokens: mechanism and user, the password not', () => {
    const made = frame('SaslAuthenticate', 'request', 2, { authBytes: utf8('\0alice\0s3cret') })
    const shown = { mechanism: 'PLAIN', step: 'credentials', authorizationId: '', user: 'alice' }
    expect(expand(made, { saslMechanism: 'PLAIN' }).body.authBytes).toEqual({ ...shown, password: '******' })
    expect(expand(made, { saslMechanism: 'PLAIN', showSecrets: true }).body.authBytes).toEqual({
      ...shown,
      password: 's3cret',
    })
    expect(expand(made, { saslMechanism: 'GSSAPI' }).body.authBytes).toBe(base64(utf8('\0alice\0s3cret')))
  })
})

describe('for views', () => {
  test('a nested message has a table over the frame’s own bytes', () => {
    const made = join('consumer', 'range', subscription(3, SUBSCRIPTION))
    const decoded = decode(made)
    const line = fieldLines(made.bytes, decoded.table).findIndex(([path]) => path === 'protocols[0].metadata')
    // Header and body have a line each that is no field.
    const found = [line, line + 1, line + 2].map((at) => nestedOf(decoded, at)).find((nestedField) => nestedField)!
    expect(found.title).toBe('ConsumerProtocolSubscription v3')
    expect(found.json).toEqual({ version: 3, ...SUBSCRIPTION })
    const lines = fieldLines(found.bytes, found.table!)
    const outer = fieldLines(made.bytes, decoded.table).find(([path]) => path === 'protocols[0].metadata')!
    expect(lines[0]).toEqual(['version', outer[1] + 1, 2, 'int16'])
    expect(lines.at(-1)![1] + lines.at(-1)![2]).toBe(outer[1] + outer[2])
  })

  test('records have lines for batches and records', () => {
    const made = fetchOf('orders', { records: [{ value: utf8('v') }] })
    const decoded = decode(made)
    const found = Array.from({ length: decoded.table.size }, (_, line) => nestedOf(decoded, line)).filter((n) => n)
    expect(found.map((n) => n!.title)).toEqual(['records of orders'])
    expect(fieldLines(made.bytes, found[0]!.table!).map(([path]) => path)).toContain('records[batch 0].crc')
  })

  test('a body alone', () => {
    const message = messageByName('GroupMetadataValue', 3)!
    const member = { memberId: 'm', clientId: '', clientHost: '', subscription: subscription(0, { topics: ['a'] }) }
    const value: Encodable = { protocolType: 'consumer', protocol: 'range', members: [member] }
    const bytes = nested('GroupMetadataValue', 3, value, {})
    const run = decodeBody(bytes, message)
    expect(expandBody(bytes, run.t, 0, message).json).toMatchObject({
      members: [{ subscription: { version: 0, topics: ['a'], userData: null } }],
    })
  })
})

describe('hostile and real bytes', () => {
  test('all traffic of the captures expands without a flaw, and only what holds something changes', () => {
    const seen = new Set<string>()
    for (const { kind, apiKey, version: apiVersion, frame: hex } of loadTraffic()) {
      const decoded = decodeFrame(Buffer.from(hex, 'hex'), { kind, apiKey, apiVersion })
      const { body, nestedFlaws } = expandFrame(decoded)
      expect(nestedFlaws).toEqual([])
      if (printJson(body) !== printJson(frameJson(decoded).body)) seen.add(`${apiKey} ${kind}`)
    }
    const groups = ['11 request', '11 response', '14 request', '14 response']
    expect([...seen].sort()).toEqual(['0 request', '1 response', ...groups, '36 request'])
  })

  test('any bytes in any of these fields are taken', () => {
    const types = fc.constantFrom('consumer', 'connect', 'sr', '', 'other')
    const names = fc.constantFrom('range', 'sticky', 'cooperative-sticky', 'stream', 'default', '__proto__')
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 80 }),
        types,
        names,
        fc.integer({ min: 0, max: 12 }),
        (tail, type, name, version) => {
          const bytes = Uint8Array.from([0, version, ...tail])
          const context = { saslMechanism: name, enveloped: { apiKey: version, apiVersion: 1 } }
          const member = { memberId: 'm', memberMetadata: bytes, memberAssignment: bytes }
          const frames = [
            join(type, name, bytes),
            frame('DescribeGroups', 'response', 5, {
              groups: [{ protocolType: type, protocolData: name, members: [member] }],
            }),
            frame('SaslAuthenticate', 'request', 1, { authBytes: bytes }),
            frame('Envelope', 'request', 0, { requestData: bytes, requestPrincipal: bytes, clientHostAddress: bytes }),
            frame('Envelope', 'response', 0, { responseData: bytes }),
            fetchOf('__consumer_offsets', { records: [{ key: bytes, value: bytes }] }),
            fetchOf('__cluster_metadata', {
              isControl: tail.length % 2 === 0,
              records: [{ key: bytes, value: bytes }],
            }),
          ]
          for (const made of frames) printJson(expand(made, context))
        },
      ),
      { numRuns: 400 },
    )
  })

  test('damaged vectors are taken', () => {
    const vectors = loadVectors('4.4.0').filter(
      ({ frame: hex, apiKey }) => hex && [0, 1, 11, 14, 15, 36, 58].includes(apiKey!),
    )
    fc.assert(
      fc.property(fc.constantFrom(...vectors), fc.nat(), fc.nat(255), fc.boolean(), (vector, at, byte, cut) => {
        const bytes = Buffer.from(vector.frame!, 'hex')
        bytes.writeUInt8(byte, at % bytes.length)
        const damaged = cut ? bytes.subarray(0, at % bytes.length) : bytes
        const as = { kind: vector.kind as 'request', apiKey: vector.apiKey!, apiVersion: vector.version }
        printJson(expandFrame(decodeFrame(damaged, as)))
      }),
      { numRuns: 400 },
    )
  })
})
