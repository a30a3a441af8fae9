/**
 * The same requests to any broker with an authorizer, by users who may do different things, and what the answers say of
 * errors, of what is seen, and of authorized operations: to be held beside another broker's.
 */
import { OPERATION, PATTERN, PERMISSION, RESOURCE_TYPE } from '../../dissectors/acls.ts'
import { errorName } from '../../dissectors/errors.ts'
import type { Encodable } from '../../src/codec/encode.ts'
import type { JsonValue } from '../../src/codec/json-text.ts'
import { apiKeyOf } from '../../src/codec/messages.ts'
import { type Body, utf8 } from '../broker/helpers.ts'
import { ROWS, soundRequest } from '../broker/requests.ts'
import { RawClient, untilCoordinated } from './raw-client.ts'

export const USERS = new Map([
  ['admin', 'admin-secret'],
  ['alice', 'alice-secret'],
  ['bob', 'bob-secret'],
  ['nobody', 'nobody-secret'],
])

const logins = [...USERS].map(([user, password]) => `user_${user}="${password}"`).join(' ')
const MODULE = 'org.apache.kafka.common.security.plain.PlainLoginModule'

/** Of Apache Kafka: nodes talk to each other as admin, and to the controller as nobody in particular. */
export const PROPERTIES = {
  'listener.security.protocol.map': 'PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT',
  'sasl.enabled.mechanisms': 'PLAIN',
  'sasl.mechanism.inter.broker.protocol': 'PLAIN',
  'listener.name.plaintext.plain.sasl.jaas.config': `${MODULE} required username="admin" password="admin-secret" ${logins};`,
  'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
  'super.users': 'User:admin;User:ANONYMOUS',
}

const { TOPIC, GROUP, CLUSTER, TRANSACTIONAL_ID, USER } = RESOURCE_TYPE
const { LITERAL, PREFIXED } = PATTERN
const { ALLOW, DENY } = PERMISSION
const { ALL, READ, WRITE, CREATE, DELETE, ALTER, DESCRIBE } = OPERATION
const { CLUSTER_ACTION, DESCRIBE_CONFIGS, ALTER_CONFIGS, CREATE_TOKENS } = OPERATION

export type Entry = readonly [
  user: string,
  permission: number,
  operation: number,
  type: number,
  name: string,
  pattern?: number,
  host?: string,
]

const ACLS: readonly Entry[] = [
  ['alice', ALLOW, READ, TOPIC, 'orders'],
  ['alice', ALLOW, WRITE, TOPIC, 'orders'],
  ['alice', ALLOW, DESCRIBE, TOPIC, 'pay', PREFIXED],
  ['alice', ALLOW, ALL, TOPIC, 'audit'],
  ['alice', DENY, WRITE, TOPIC, 'audit'],
  ['alice', ALLOW, READ, TOPIC, 'elsewhere', LITERAL, '10.0.0.1'],
  ['alice', ALLOW, READ, GROUP, 'readers', PREFIXED],
  ['alice', ALLOW, WRITE, TRANSACTIONAL_ID, 'tx-alice'],
  ['alice', ALLOW, CREATE, TOPIC, 'own-', PREFIXED],
  ['bob', ALLOW, ALTER_CONFIGS, TOPIC, '*'],
  ['bob', DENY, DESCRIBE_CONFIGS, TOPIC, 'secret', PREFIXED],
  ['bob', ALLOW, CREATE, CLUSTER, 'kafka-cluster'],
  ['bob', ALLOW, DESCRIBE, CLUSTER, 'kafka-cluster'],
  ['bob', ALLOW, DELETE, TOPIC, 'bob-', PREFIXED],
  ['bob', ALLOW, ALTER, TOPIC, 'bob-', PREFIXED],
  ['bob', ALLOW, DELETE, GROUP, '*'],
  ['bob', ALLOW, DESCRIBE, TRANSACTIONAL_ID, 'tx-', PREFIXED],
  ['bob', ALLOW, CLUSTER_ACTION, CLUSTER, 'kafka-cluster'],
  ['bob', ALLOW, CREATE_TOKENS, USER, 'User:alice'],
  ['*', ALLOW, DESCRIBE, TOPIC, 'public'],
]

export const creationOf = ([
  user,
  permissionType,
  operation,
  resourceType,
  name,
  pattern = LITERAL,
  host = '*',
]: Entry) => ({
  resourceType,
  resourceName: name,
  resourcePatternType: pattern,
  principal: `User:${user}`,
  host,
  operation,
  permissionType,
})

export const TOPICS = ['orders', 'payments', 'audit', 'secret-plans', 'public', 'bob-a', 'bob-b', 'bob-c', 'elsewhere']

/** What is compared of an answer: errors, names, bits. Lists in one order. */
const KEPT =
  /errorCode$|^(?:closed|name|topic|topicName|groupId|transactionalId|key|resourceName|resourceType|patternType|user|principal|host|operation|permissionType|partition|partitionIndex|partitionId|index|principalName|tokenRequesterPrincipalName)$|Operations$/i
const CODES = /errorCode$/i

function essence(value: JsonValue, topics: ReadonlyMap<string, string>): JsonValue {
  if (Array.isArray(value)) {
    const all = value.filter(isOfInterest).map((each) => essence(each, topics))
    return all.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
  }
  if (value === null || typeof value !== 'object') return value
  const kept: { [field: string]: JsonValue } = {}
  for (const [field, each] of Object.entries(value)) {
    if (field === 'topicId' || field === 'errorMessage') kept[field] = topics.get(String(each)) ?? null
    else if (CODES.test(field) && typeof each === 'number') kept[field] = errorName(each)
    // What can be configured is not what is asked here.
    else if (field === 'configs') continue
    else if (Array.isArray(each) || (typeof each === 'object' && each !== null)) kept[field] = essence(each, topics)
    else if (KEPT.test(field)) kept[field] = each
  }
  delete kept.errorMessage
  return kept
}

/** Internal topics are as many and as large as a broker likes. */
const isOfInterest = (item: JsonValue): boolean =>
  !(typeof item === 'object' && item !== null && 'name' in item && String(item.name).startsWith('__'))

/** A broker, with a connection for each user. */
export class Stage {
  readonly topics = new Map<string, string>()
  private readonly address: string
  private readonly clients = new Map<string, RawClient>()

  constructor(address: string) {
    this.address = address
  }

  private async client(user: string): Promise<RawClient> {
    const known = this.clients.get(user)
    if (known) return known
    const client = await RawClient.connect(this.address)
    await client.ask('SaslHandshake', 1, { mechanism: 'PLAIN' })
    const token = utf8(`\0${user}\0${USERS.get(user)}`)
    const { errorCode } = await client.ask('SaslAuthenticate', 1, { authBytes: token })
    if (errorCode !== 0) throw new Error(`${user} can't log in`)
    this.clients.set(user, client)
    return client
  }

  async ask(user: string, api: string, version: number, body: Encodable): Promise<Body> {
    try {
      return await (await this.client(user)).ask(api, version, body)
    } catch (error) {
      this.clients.get(user)?.close()
      this.clients.delete(user)
      if (String(error).includes('the connection was closed')) return { closed: true }
      throw error
    }
  }

  /** What is compared of the answer, in one line after who asked what. */
  async line(user: string, api: string, version: number, body: Encodable): Promise<string> {
    const answer = await this.ask(user, api, version, body)
    // Who gets what, and when, is not what is asked here.
    const { assignment: _, ...told } = answer
    return `${user} ${api} v${version} ${JSON.stringify(essence(told, this.topics))}`
  }

  /** Makes topics and gives rights. */
  async prepare(): Promise<void> {
    const topics = TOPICS.map((name) => ({ name, numPartitions: 1, replicationFactor: 1 }))
    await this.ask('admin', 'CreateTopics', 7, { topics, timeoutMs: 10_000 })
    await this.warmUp()
    const { topics: found } = await this.ask('admin', 'Metadata', 12, { topics: TOPICS.map((name) => ({ name })) })
    for (const { name, topicId } of found as { name: string; topicId: string }[]) this.topics.set(topicId, name)
    await this.ask('admin', 'CreateAcls', 3, { creations: ACLS.map(creationOf) })
    await this.until('alice', 'DescribeTopicPartitions', 0, { topics: [], responsePartitionLimit: 100 }, 'orders')
  }

  private async warmUp(): Promise<void> {
    const asks: [string, number, { [field: string]: Encodable }][] = [
      ['FindCoordinator', 4, { keyType: 0, coordinatorKeys: ['readers-1'] }],
      ['FindCoordinator', 4, { keyType: 1, coordinatorKeys: ['readers-1'] }],
      ['InitProducerId', 5, { transactionalId: 'tx-warm', transactionTimeoutMs: 10_000 }],
    ]
    for (const [api, version, body] of asks) await untilCoordinated(() => this.ask('admin', api, version, body))
  }

  private async until(user: string, api: string, version: number, body: Encodable, word: string): Promise<void> {
    for (let tries = 0; tries < 100; tries++) {
      if (JSON.stringify(await this.ask(user, api, version, body)).includes(word)) return
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    throw new Error(`${user} ${api}: no ${word}`)
  }

  idOf(topic: string): string {
    return [...this.topics].find(([, name]) => name === topic)?.[0] ?? 'AAAAAAAAAAAAAAAAAAAAMg'
  }

  close(): void {
    for (const client of this.clients.values()) client.close()
  }
}

/** Lower and upper version of APIs, by name, as a broker advertises them. */
export async function advertised(stage: Stage): Promise<Map<number, readonly [number, number]>> {
  const { apiKeys } = await stage.ask('admin', 'ApiVersions', 3, {
    clientSoftwareName: 'test',
    clientSoftwareVersion: '1',
  })
  const all = apiKeys as { apiKey: number; minVersion: number; maxVersion: number }[]
  return new Map(all.map(({ apiKey, minVersion, maxVersion }) => [apiKey, [minVersion, maxVersion]]))
}

const TIMEOUTS = new Map([['DeleteTopics', { timeoutMs: 5000 }]])

/** Every request of every version by somebody who may do nothing. */
export async function refusals(stage: Stage, apis: ReadonlyMap<number, readonly [number, number]>): Promise<string[]> {
  const lines: string[] = []
  for (const [api, version] of ROWS) {
    const range = apis.get(apiKeyOf(api)!)
    // Kafka advertises Produce from v0 on for old clients' sake, and answers from v3 on.
    if (api === 'Produce' && version < 3) continue
    if (!range || version < range[0] || version > range[1] || api.startsWith('Sasl') || api === 'ApiVersions') continue
    const sound = soundRequest(api, version, stage.idOf('orders'))
    // Kafka stumbles over a null list of users and never answers.
    const body =
      api === 'DescribeUserScramCredentials' ? { users: [{ name: 'alice' }] } : { ...sound, ...TIMEOUTS.get(api) }
    lines.push(await stage.line('nobody', api, version, body))
  }
  return lines
}
