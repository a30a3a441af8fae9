/** What users of kafkajs do: administration of every kind, records, groups, transactions. Each tells lines (kafkajs-stage.ts). */
import kafkajs from 'kafkajs'
import { type Stage, until } from './kafkajs-stage.ts'

const { AssignerProtocol, CompressionTypes, ConfigResourceTypes } = kafkajs

const texts = (read: readonly { message: { value: Buffer | null } }[]): (string | undefined)[] =>
  read.map(({ message }) => message.value?.toString())

async function topics(stage: Stage): Promise<void> {
  const { admin } = stage
  const create = (topic: string, more: object = {}, validateOnly = false) =>
    admin.createTopics({ topics: [{ topic, ...more }], waitForLeaders: false, validateOnly })
  const topic = await stage.topic('first', 2)
  await stage.tell('made again', create(topic))
  await stage.tell('without partitions', create(stage.name('x'), { numPartitions: 0 }))
  await stage.tell('more replicas than brokers', create(stage.name('x'), { replicationFactor: 2 }))
  await stage.tell('no such name', create('a b', {}))
  await stage.tell('too long', create('x'.repeat(250)))
  await stage.tell('dots', create('..'))
  const bad = (name: string, value: string) => create(stage.name('x'), { configEntries: [{ name, value }] })
  await stage.tell('unknown setting', bad('no.such', '1'))
  await stage.tell('no number', bad('retention.ms', 'long'))
  await stage.tell('too small', bad('retention.ms', '-2'))
  await stage.tell('no policy', bad('cleanup.policy', 'keep'))
  await stage.tell('no type', bad('message.timestamp.type', 'Now'))
  await stage.tell('a bad level', bad('compression.gzip.level', '99'))
  await stage.tell('message.max of a segment', bad('segment.bytes', '1'))
  await stage.tell('no truth', bad('preallocate', 'maybe'))
  await stage.tell('what 4.0 removed', bad('message.timestamp.difference.max.ms', '1000'))
  await stage.tell('only asked', create(stage.name('asked'), { numPartitions: 1 }, true))
  await stage.tell('not made', admin.fetchTopicMetadata({ topics: [stage.name('asked')] }))
  const replicas = (...replicas: number[][]) => ({
    replicaAssignment: replicas.map((each, partition) => ({ partition, replicas: each })),
  })
  await stage.tell('placed', create(stage.name('placed'), { ...replicas([1], [1]) }))
  await stage.tell('on nobody', create(stage.name('x'), { ...replicas([7]) }))
  await stage.tell('twice on one', create(stage.name('x'), { ...replicas([1, 1]) }))
  await stage.tell('with a gap', create(stage.name('x'), { replicaAssignment: [{ partition: 1, replicas: [1] }] }))
  const more = (name: string, count: number, assignments?: number[][]) =>
    admin.createPartitions({ topicPartitions: [{ topic: name, count, ...(assignments ? { assignments } : {}) }] })
  await stage.tell('as many', more(topic, 2))
  await stage.tell('fewer', more(topic, 1))
  await stage.tell('of none', more(stage.name('none'), 3))
  await stage.tell('negative', more(topic, -1))
  await stage.tell('placed on nobody', more(topic, 3, [[9]]))
  await stage.tell('too few placed', more(topic, 4, [[1]]))
  await stage.tell('placed too often', more(topic, 3, [[1], [1]]))
  await stage.tell('one more', more(topic, 3, [[1]]))
  await until(async () => (await admin.fetchTopicMetadata({ topics: [topic] })).topics[0]!.partitions.length === 3)
  await stage.tell('what it is', admin.fetchTopicMetadata({ topics: [topic] }))
  await stage.tell('cluster', admin.describeCluster())
  await stage.tell('reassigned', admin.listPartitionReassignments({}))
  const assign = (name: string, replicas: number[]) =>
    admin.alterPartitionReassignments({ topics: [{ topic: name, partitionAssignment: [{ partition: 0, replicas }] }] })
  await stage.tell('reassign none', assign(stage.name('none'), [1]))
  await stage.tell('reassign to nobody', assign(topic, [8]))
  await stage.tell('reassign to where it is', assign(topic, [1]))
  await stage.tell('deleted', admin.deleteTopics({ topics: [topic] }))
  await until(async () => !(await admin.listTopics()).includes(topic))
  await stage.tell('deleted again', admin.deleteTopics({ topics: [topic] }))
}

async function configs(stage: Stage): Promise<void> {
  const { admin } = stage
  const name = await stage.topic('set', 1, [{ name: 'retention.ms', value: '60000' }])
  const describe = (type: number, name: string, configNames?: string[]) =>
    admin.describeConfigs({
      includeSynonyms: true,
      resources: [{ type, name, ...(configNames ? { configNames } : {}) }],
    })
  const { TOPIC, BROKER } = ConfigResourceTypes
  // In whatever order; Kafka 4.1 and up sets min.insync.replicas for all brokers itself (KIP-966).
  const all = await describe(TOPIC, name)
  const entries = all.resources[0]!.configEntries.filter(({ configName }) => configName !== 'min.insync.replicas')
  for (const each of entries.sort((a, b) => (a.configName < b.configName ? -1 : 1))) stage.say('of a topic', each)
  await stage.tell('some', describe(TOPIC, name, ['retention.ms', 'cleanup.policy', 'no.such']))
  await stage.tell('of no topic', describe(TOPIC, stage.name('none')))
  await stage.tell('of an impossible one', describe(TOPIC, 'a b'))
  const of = ['num.partitions', 'default.replication.factor', 'message.max.bytes', 'auto.create.topics.enable']
  for (const each of [
    ...of,
    'offsets.topic.replication.factor',
    'log.retention.ms',
    'log.retention.hours',
    'min.insync.replicas',
  ]) {
    const answer = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: BROKER, name: '1', configNames: [each] }],
    })
    // Values and where they were set are a matter of the installation.
    stage.say(
      `broker's ${each}`,
      answer.resources[0]!.configEntries.map(({ configName, readOnly, isSensitive }) => [
        configName,
        readOnly,
        isSensitive,
      ]),
    )
  }
  await stage.tell('of another broker', describe(BROKER, '5'))
  await stage.tell('of no broker', describe(BROKER, 'x'))
  const alter = (type: number, to: string, entries: Record<string, string>, validateOnly = false) =>
    admin.alterConfigs({
      validateOnly,
      resources: [{ type, name: to, configEntries: Object.entries(entries).map(([name, value]) => ({ name, value })) }],
    })
  await stage.tell('altered', alter(TOPIC, name, { 'cleanup.policy': 'compact' }))
  await settled(stage, name, 'compact')
  await stage.tell('others are as at first', describe(TOPIC, name, ['retention.ms', 'cleanup.policy']))
  await stage.tell('only asked', alter(TOPIC, name, { 'cleanup.policy': 'delete' }, true))
  await stage.tell('still', describe(TOPIC, name, ['cleanup.policy']))
  await stage.tell('both policies', alter(TOPIC, name, { 'cleanup.policy': 'compact,delete' }))
  await settled(stage, name, 'compact,delete')
  await stage.tell('unknown', alter(TOPIC, name, { 'no.such': '1' }))
  await stage.tell('no number', alter(TOPIC, name, { 'retention.ms': 'x' }))
  await stage.tell('of none', alter(TOPIC, stage.name('none'), { 'retention.ms': '1' }))
  await stage.tell('of another broker', alter(BROKER, '5', { 'log.retention.ms': '1000000' }))
  const plain = await stage.topic('plain')
  await stage.tell('static', alter(BROKER, '1', { 'num.partitions': '5' }))
  await stage.tell('of a broker, no number', alter(BROKER, '1', { 'log.retention.ms': 'x' }))
  await stage.tell('of a broker, too small', alter(BROKER, '1', { 'log.segment.bytes': '1' }))
  await stage.tell('of a broker', alter(BROKER, '1', { 'log.retention.ms': '1000000' }))
  const retention = async (type: number, name: string, key: string) => {
    const answer = await describe(type, name, [key])
    return answer.resources[0]!.configEntries[0]!
  }
  await until(async () => (await retention(BROKER, '1', 'log.retention.ms')).configValue === '1000000')
  await stage.tell('it has it', retention(BROKER, '1', 'log.retention.ms'))
  await stage.tell('topics have it', retention(TOPIC, plain, 'retention.ms'))
  await stage.tell('unknown of a broker', alter(BROKER, '1', { 'no.such': 'x' }))
  await stage.tell('none', alter(BROKER, '1', {}))
  await until(async () => (await retention(BROKER, '1', 'log.retention.ms')).configValue === null)
  await stage.tell('as before', retention(TOPIC, plain, 'retention.ms'))
}

const settled = (stage: Stage, name: string, policy: string): Promise<void> =>
  until(async () => {
    const resources = [{ type: ConfigResourceTypes.TOPIC, name, configNames: ['cleanup.policy'] }]
    const answer = await stage.admin.describeConfigs({ includeSynonyms: false, resources })
    return answer.resources[0]!.configEntries[0]!.configValue === policy
  })

async function records(stage: Stage): Promise<void> {
  const topic = await stage.topic('records', 2)
  const producer = await stage.producer()
  const send = (messages: object[], more: object = {}) =>
    producer.send({ topic, messages: messages.map((each) => ({ value: 'v', ...each })), ...more })
  await stage.tell('one', send([{ key: 'k', value: 'a', timestamp: '1000', headers: { h: 'x', two: ['y', 'z'] } }]))
  await stage.tell('none with acks 0', send([{ value: 'b', timestamp: '2000' }], { acks: 0 }))
  await stage.tell('a tombstone', send([{ key: 'k', value: null, timestamp: '3000' }], { acks: 1 }))
  for (const [name, compression] of Object.entries(CompressionTypes)) {
    if (typeof compression === 'string') continue
    await stage.tell(
      name,
      send(
        [
          { value: `${name} one`, timestamp: '4000' },
          { value: `${name} two`, timestamp: '5000' },
        ],
        { compression },
      ),
    )
  }
  await stage.tell('to another partition', send([{ partition: 1, timestamp: '100' }]))
  await stage.tell('to a partition that is none', send([{ partition: 7 }]))
  await stage.tell('to no topic', producer.send({ topic: 'a b', messages: [{ value: 'x' }] }))
  await stage.tell('too large', send([{ value: 'x'.repeat(1_100_000) }]))
  const { read } = await stage.member(stage.name('readers'), [topic])
  await until(() => read.length === 14)
  const shown = read.map(({ partition, message }) => {
    const { offset, key, value, headers, timestamp } = message
    const size = value?.toString()
    return [
      partition,
      offset,
      key?.toString(),
      size,
      Object.entries(headers ?? {}).map(([k, v]) => [k, String(v)]),
      timestamp,
    ]
  })
  stage.say(
    'read',
    shown.sort((a, b) => Number(a[0]) - Number(b[0]) || Number(a[1]) - Number(b[1])),
  )
  const { admin } = stage
  await stage.tell('offsets', admin.fetchTopicOffsets(topic))
  for (const time of [0, 1000, 1001, 4500, 5000, 9000]) {
    await stage.tell(`at ${time}`, admin.fetchTopicOffsetsByTimestamp(topic, time))
  }
  await stage.tell('of none', admin.fetchTopicOffsets('a b'))
  const drop = (partition: number, offset: string, of = topic) =>
    admin.deleteTopicRecords({ topic: of, partitions: [{ partition, offset }] })
  await stage.tell('deleted', drop(0, '2'))
  await stage.tell('deleted again', drop(0, '1'))
  await stage.tell('too far', drop(0, '99'))
  await stage.tell('all', drop(1, '-1'))
  await stage.tell('of a partition that is none', drop(7, '1'))
  await stage.tell('what is left', admin.fetchTopicOffsets(topic))
  await stage.tell('the oldest now', admin.fetchTopicOffsetsByTimestamp(topic, 0))
  const compacted = await stage.topic('compacted', 1, [{ name: 'cleanup.policy', value: 'compact' }])
  await stage.tell('without a key', producer.send({ topic: compacted, messages: [{ value: 'x' }] }))
  await stage.tell('with one', producer.send({ topic: compacted, messages: [{ key: 'k', value: 'x' }] }))
  await stage.tell('of a compacted topic', drop(0, '1', compacted))
  const small = await stage.topic('small', 1, [{ name: 'max.message.bytes', value: '200' }])
  await stage.tell('small', producer.send({ topic: small, messages: [{ value: 'x' }] }))
  await stage.tell('too large for the topic', producer.send({ topic: small, messages: [{ value: 'x'.repeat(300) }] }))
  const stamped = await stage.topic('stamped', 1, [{ name: 'message.timestamp.type', value: 'LogAppendTime' }])
  const [at] = await producer.send({ topic: stamped, messages: [{ value: 'x', timestamp: '1000' }] })
  stage.say("the broker's time", Number(at!.logAppendTime) > 1e12)
  const dated = await stage.topic('dated', 1, [{ name: 'message.timestamp.before.max.ms', value: '1000' }])
  await stage.tell('of the past', producer.send({ topic: dated, messages: [{ value: 'x', timestamp: '1000' }] }))
}

/** message.timestamp.after.max.ms is an hour by default since 4.0 (KIP-1030). */
async function future(stage: Stage): Promise<void> {
  const topic = await stage.topic('future')
  const producer = await stage.producer()
  for (const hours of [0.9, 1.1]) {
    const timestamp = String(Date.now() + hours * 3_600_000)
    await stage.tell(`in ${hours} hours`, producer.send({ topic, messages: [{ value: 'x', timestamp }] }))
  }
}

async function groups(stage: Stage): Promise<void> {
  const { admin } = stage
  const topic = await stage.topic('shared', 4)
  const producer = await stage.producer({ idempotent: true })
  const messages = [0, 1, 2, 3].map((partition) => ({ partition, value: `p${partition}` }))
  await stage.tell('sent', producer.send({ topic, messages }))
  const groupId = stage.name('group')
  await stage.tell('of no group', admin.describeGroups([groupId]))
  await stage.tell('its offsets', admin.fetchOffsets({ groupId, topics: [topic] }))
  await stage.tell('of all topics', admin.fetchOffsets({ groupId }))
  await stage.tell('delete none', admin.deleteGroups([groupId]))
  const set = (partition: number, offset: string) =>
    admin.setOffsets({ groupId, topic, partitions: [{ partition, offset }] })
  await stage.tell('set', set(0, '1'))
  await stage.tell('set beyond', set(1, '77'))
  await stage.tell('of all topics', admin.fetchOffsets({ groupId }))
  await stage.tell('reset', admin.resetOffsets({ groupId, topic, earliest: true }))
  await stage.tell('resolved', admin.fetchOffsets({ groupId, topics: [topic], resolveOffsets: true }))
  const first = await stage.member(groupId, [topic])
  const shown = ({ join }: typeof first) => ({
    ...join,
    duration: 0,
    memberAssignment: Object.values(join.memberAssignment as object),
  })
  stage.say('alone', shown(first))
  await until(() => first.read.length === 4)
  stage.say('read', texts(first.read).sort())
  await stage.tell(
    'listed',
    admin.listGroups().then((all) => all.groups.filter((each) => each.groupId === groupId)),
  )
  const description = async () => {
    const { groups } = await admin.describeGroups([groupId])
    return groups.map((group) => ({
      ...group,
      members: group.members.map(({ clientId, memberMetadata, memberAssignment, ...rest }) => ({
        ...{ ...rest, clientId },
        metadata: AssignerProtocol.MemberMetadata.decode(memberMetadata),
        assignment: Object.values(AssignerProtocol.MemberAssignment.decode(memberAssignment)?.assignment ?? {}).map(
          (each) => [...each].sort(),
        ),
      })),
    }))
  }
  await stage.tell('described', description())
  await stage.tell('set of a group in use', set(0, '0'))
  await stage.tell('delete one in use', admin.deleteGroups([groupId]))
  const second = await stage.member(groupId, [topic])
  await until(
    async () => (await description())[0]!.members.length === 2 && (await description())[0]!.state === 'Stable',
  )
  const both = (await description())[0]!.members.flatMap(({ assignment }) => assignment).flat()
  stage.say('of two', [both.length, new Set(both).size])
  await first.consumer.stop()
  await until(
    async () => (await description())[0]!.members.length === 1 && (await description())[0]!.state === 'Stable',
  )
  await stage.tell(
    'the other has all',
    description().then(([group]) => group!.members.map(({ assignment }) => assignment.flat().sort())),
  )
  await second.consumer.disconnect()
  await stage.tell('empty', description())
  await stage.tell('its offsets', admin.fetchOffsets({ groupId, topics: [topic] }))
  await stage.tell('deleted', admin.deleteGroups([groupId]))
  await stage.tell('gone', admin.fetchOffsets({ groupId, topics: [topic] }))
}

async function reading(stage: Stage): Promise<void> {
  const topic = await stage.topic('read', 1)
  const producer = await stage.producer()
  const send = (...values: string[]) => producer.send({ topic, messages: values.map((value) => ({ value })) })
  await send('a', 'b', 'c', 'd', 'e')
  const groupId = stage.name('reader')
  const { consumer, read } = await stage.member(groupId, [topic])
  await until(() => read.length === 5)
  consumer.pause([{ topic }])
  await send('f')
  await new Promise((resolve) => setTimeout(resolve, 600))
  stage.say('while paused', [texts(read), consumer.paused().map(({ partitions }) => partitions)])
  consumer.resume([{ topic }])
  await until(() => read.length === 6)
  consumer.seek({ topic, partition: 0, offset: '3' })
  await until(() => read.length === 9)
  stage.say('sought', texts(read))
  consumer.seek({ topic, partition: 0, offset: '1000' })
  // Out of range: begins at the earliest, as it subscribed.
  await until(() => read.length === 15)
  stage.say('out of range', texts(read))
  await stage.tell('committed', consumer.commitOffsets([{ topic, partition: 0, offset: '2', metadata: 'two' }]))
  await stage.tell('as it is', stage.admin.fetchOffsets({ groupId, topics: [topic] }))
  await consumer.disconnect()
  await batches(stage, topic)
  const named = await stage.member(stage.name('pattern'), [topic])
  await until(() => named.read.length === 6)
  const missing = stage.consumer(stage.name('missing'))
  await missing.connect()
  await stage.tell('subscribed to no topic', missing.subscribe({ topic: 'a b' }))
}

/** eachBatch, with what is resolved and committed by hand. */
async function batches(stage: Stage, topic: string): Promise<void> {
  const groupId = stage.name('batches')
  const consumer = stage.consumer(groupId)
  await consumer.connect()
  await consumer.subscribe({ topics: [topic], fromBeginning: true })
  const seen: unknown[] = []
  let committed: unknown
  await consumer.run({
    eachBatchAutoResolve: false,
    autoCommit: false,
    eachBatch: async ({ batch, resolveOffset, heartbeat, commitOffsetsIfNecessary, uncommittedOffsets }) => {
      for (const { offset, value } of batch.messages.slice(0, 2)) {
        seen.push([offset, value?.toString(), batch.highWatermark, batch.offsetLag(), batch.offsetLagLow()])
        resolveOffset(offset)
      }
      await heartbeat()
      committed = uncommittedOffsets().topics.map(({ partitions }) => partitions)
      await commitOffsetsIfNecessary(uncommittedOffsets())
    },
  })
  await until(() => seen.length >= 6)
  await consumer.stop()
  stage.say('batches', [seen.slice(0, 6), committed])
  await stage.tell('committed by hand', stage.admin.fetchOffsets({ groupId, topics: [topic] }))
}

async function transactions(stage: Stage): Promise<void> {
  const [topic, other] = [await stage.topic('paid', 1), await stage.topic('booked', 2)]
  const transactionalId = stage.name('till')
  const options = { transactionalId, idempotent: true, maxInFlightRequests: 1 }
  const producer = await stage.producer(options)
  const groupId = stage.name('auditors')
  const transact = async (values: string[], commits: boolean, offsets?: string) => {
    const txn = await producer.transaction()
    await stage.tell('sent', txn.send({ topic, messages: values.map((value) => ({ value })) }))
    await txn.sendBatch({
      topicMessages: [{ topic: other, messages: values.map((value) => ({ value, partition: 1 })) }],
    })
    if (offsets !== undefined) {
      const topics = [{ topic, partitions: [{ partition: 0, offset: offsets }] }]
      await stage.tell('offsets', txn.sendOffsets({ consumerGroupId: groupId, topics }))
      await stage.tell('not yet', stage.admin.fetchOffsets({ groupId, topics: [topic] }))
    }
    await stage.tell(commits ? 'commit' : 'abort', commits ? txn.commit() : txn.abort())
    if (commits) await stage.tell('commit again', txn.commit())
  }
  await transact(['a', 'b'], true, '1')
  // The marker in the group's log comes a moment after the answer.
  const committed = async () => (await stage.admin.fetchOffsets({ groupId, topics: [topic] }))[0]!.partitions[0]!.offset
  await until(async () => (await committed()) === '1')
  await stage.tell('its offsets', stage.admin.fetchOffsets({ groupId, topics: [topic] }))
  await transact(['c'], false, '2')
  await stage.tell('as before', stage.admin.fetchOffsets({ groupId, topics: [topic] }))
  await stage.tell('outside of one', producer.send({ topic, messages: [{ value: 'd' }] }))
  await transact(['e'], true)
  const sure = await stage.member(stage.name('sure'), [topic, other])
  await until(() => sure.read.length >= 7)
  stage.say(
    'committed',
    sure.read
      .map(({ topic, partition, message }) => [topic, partition, message.offset, message.value!.toString()])
      .sort(),
  )
  const all = await stage.member(stage.name('all'), [topic, other], { readUncommitted: true })
  await until(() => all.read.length >= 9)
  stage.say(
    'all',
    all.read
      .map(({ topic, partition, message }) => [topic, partition, message.offset, message.value!.toString()])
      .sort(),
  )
  const open = await producer.transaction()
  await open.send({ topic, messages: [{ value: 'f' }] })
  await stage.tell('while one is open', stage.admin.fetchTopicOffsets(topic))
  const heir = await stage.producer(options)
  const txn = await heir.transaction()
  await stage.tell('the heir', txn.send({ topic, messages: [{ value: 'g' }] }))
  await stage.tell('fenced', open.send({ topic, messages: [{ value: 'h' }] }))
  await stage.tell('fenced commit', open.commit())
  await stage.tell("the heir's commit", txn.commit())
  await until(() => sure.read.length >= 8)
  stage.say('read', texts(sure.read.slice(7)))
  const long = await stage.producer({ ...options, transactionalId: stage.name('slow'), transactionTimeout: 10_000_000 })
  await stage.tell('too long a timeout', long.transaction())
}

export const KAFKAJS_PLAYS = { topics, configs, records, future, groups, reading, transactions }
