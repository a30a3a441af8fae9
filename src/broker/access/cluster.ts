/** What requests about the cluster need (KafkaApis, ControllerApis and AclApis of Apache Kafka). */
import { OPERATION } from '../../../dissectors/acls.ts'
import type { Answer } from '../api.ts'
import { type EntityPart, entityKey, entityOf } from '../quotas.ts'
import { items, text, type Value } from '../values.ts'
import { failure, onCluster, type Rule } from './rule.ts'

const { ALTER, DESCRIBE, DESCRIBE_CONFIGS, ALTER_CONFIGS } = OPERATION

const plain = (error: number): Answer => ({ ...failure(error) })

/** The error once for each item of the request. */
const forEach =
  (field: string, answers: string) =>
  (error: number, request: Value): Answer => ({ [answers]: items(request[field]).map(() => ({ ...failure(error) })) })

const quotas = (error: number, { entries }: Value): Answer => ({
  entries: items(entries).map(({ entity }) => ({
    ...failure(error),
    entity: entityOf(entityKey(entity as EntityPart[])).map((part) => ({ ...part })),
  })),
})

const scram = (error: number, { deletions, upsertions }: Value): Answer => {
  const users = new Set([...items(deletions), ...items(upsertions)].map(({ name }) => text(name)))
  return { results: [...users].sort().map((user) => ({ user, ...failure(error) })) }
}

/** Kafka does not name the users again. */
const credentials = (error: number, { users }: Value): Answer => ({
  ...failure(error),
  results: items(users).map(() => ({ user: '', ...failure(error), credentialInfos: [] })),
})

export const CLUSTER_RULES: readonly (readonly [apiKey: number, rule: Rule])[] = [
  [29, onCluster(DESCRIBE, (error) => ({ ...failure(error), resources: [] }))],
  [30, onCluster(ALTER, forEach('creations', 'results'))],
  [31, onCluster(ALTER, forEach('filters', 'filterResults'))],
  [48, onCluster(DESCRIBE_CONFIGS, (error) => ({ ...failure(error), entries: null }))],
  [49, onCluster(ALTER_CONFIGS, quotas)],
  [50, onCluster(DESCRIBE, credentials)],
  [51, onCluster(ALTER, scram)],
  [55, onCluster(DESCRIBE, plain)],
  [57, onCluster(ALTER, plain)],
  [64, onCluster(ALTER, plain)],
  [74, onCluster(DESCRIBE_CONFIGS, (error) => ({ errorCode: error }))],
  [80, onCluster(ALTER, plain)],
  [81, onCluster(ALTER, plain)],
  [94, onCluster(ALTER, plain)],
]
