/**
 * Access control lists in the protocol: codes of resource types, operations, permissions and kinds of patterns, from
 * ResourceType, AclOperation, AclPermissionType and PatternType of kafka-clients 4.4.0; what each type of resource
 * supports is from AclEntry of its server (KIP-11, KIP-290, KIP-430).
 */

/** For filters only. Codes that are in no list mean UNKNOWN, as 0 does. */
export const ANY = 1

export const RESOURCE_TYPE = {
  TOPIC: 2,
  GROUP: 3,
  CLUSTER: 4,
  TRANSACTIONAL_ID: 5,
  DELEGATION_TOKEN: 6,
  USER: 7,
} as const

export const OPERATION = {
  ALL: 2,
  READ: 3,
  WRITE: 4,
  CREATE: 5,
  DELETE: 6,
  ALTER: 7,
  DESCRIBE: 8,
  CLUSTER_ACTION: 9,
  DESCRIBE_CONFIGS: 10,
  ALTER_CONFIGS: 11,
  IDEMPOTENT_WRITE: 12,
  CREATE_TOKENS: 13,
  DESCRIBE_TOKENS: 14,
  TWO_PHASE_COMMIT: 15,
} as const

export const PERMISSION = { DENY: 2, ALLOW: 3 } as const

/** A filter's `MATCH` takes all patterns that hold for a name. */
export const PATTERN = { MATCH: 2, LITERAL: 3, PREFIXED: 4 } as const

/** The one name of a resource of type `CLUSTER`. */
export const CLUSTER_NAME = 'kafka-cluster'
/** As a literal name, a host, or a user: all. */
export const WILDCARD = '*'

/** Whoever may do one of these may describe too; whoever may alter configuration may see it (allowing ACLs only). */
export const IMPLIED_BY: ReadonlyMap<number, readonly number[]> = new Map([
  [OPERATION.DESCRIBE, [OPERATION.READ, OPERATION.WRITE, OPERATION.DELETE, OPERATION.ALTER]],
  [OPERATION.DESCRIBE_CONFIGS, [OPERATION.ALTER_CONFIGS]],
])

/** What can be done with a resource of each type. */
export const SUPPORTED: ReadonlyMap<number, readonly number[]> = new Map<number, readonly number[]>([
  [
    RESOURCE_TYPE.TOPIC,
    [
      OPERATION.READ,
      OPERATION.WRITE,
      OPERATION.CREATE,
      OPERATION.DELETE,
      OPERATION.ALTER,
      OPERATION.DESCRIBE,
      OPERATION.DESCRIBE_CONFIGS,
      OPERATION.ALTER_CONFIGS,
    ],
  ],
  [
    RESOURCE_TYPE.GROUP,
    [OPERATION.READ, OPERATION.DELETE, OPERATION.DESCRIBE, OPERATION.DESCRIBE_CONFIGS, OPERATION.ALTER_CONFIGS],
  ],
  [
    RESOURCE_TYPE.CLUSTER,
    [
      OPERATION.CREATE,
      OPERATION.ALTER,
      OPERATION.DESCRIBE,
      OPERATION.CLUSTER_ACTION,
      OPERATION.DESCRIBE_CONFIGS,
      OPERATION.ALTER_CONFIGS,
      OPERATION.IDEMPOTENT_WRITE,
    ],
  ],
  [RESOURCE_TYPE.TRANSACTIONAL_ID, [OPERATION.WRITE, OPERATION.DESCRIBE, OPERATION.TWO_PHASE_COMMIT]],
  [RESOURCE_TYPE.DELEGATION_TOKEN, [OPERATION.DESCRIBE]],
  [RESOURCE_TYPE.USER, [OPERATION.CREATE_TOKENS, OPERATION.DESCRIBE_TOKENS]],
])
