/** What one client may do, as handlers and rules ask it. */
import { CLUSTER_NAME, OPERATION, RESOURCE_TYPE, SUPPORTED } from '../../../dissectors/acls.ts'
import type { Authorizer } from './authorizer.ts'

/** Operations and types of resources are the codes of `dissectors/acls.ts`. */
export interface Access {
  may(operation: number, resourceType: number, name: string): boolean
  /** Whether there can be a resource of this type that it may do this with. */
  mayAny(operation: number, resourceType: number): boolean
}

/** Of a broker without authorizer. */
export const EVERYTHING: Access = { may: () => true, mayAny: () => true }

/** `principal` is like `User:alice`, `host` an address. */
export function accessOf(authorizer: Authorizer, principal: string, host: string): Access {
  // IPv4 on a socket of both kinds.
  const address = host.startsWith('::ffff:') ? host.slice('::ffff:'.length) : host
  return {
    may: (operation, type, name) => authorizer.may(principal, address, operation, type, name),
    mayAny: (operation, type) => authorizer.mayAny(principal, address, operation, type),
  }
}

/** Whoever knows what its client may do: the context of a request. */
interface Asked {
  readonly access: Access
}

export const mayOnCluster = (operation: number, { access }: Asked): boolean =>
  access.may(operation, RESOURCE_TYPE.CLUSTER, CLUSTER_NAME)
export const mayOnTopic = (operation: number, name: string, { access }: Asked): boolean =>
  access.may(operation, RESOURCE_TYPE.TOPIC, name)
export const mayOnGroup = (operation: number, name: string, { access }: Asked): boolean =>
  access.may(operation, RESOURCE_TYPE.GROUP, name)
export const mayOnTransaction = (operation: number, id: string, { access }: Asked): boolean =>
  access.may(operation, RESOURCE_TYPE.TRANSACTIONAL_ID, id)

/** Whether a topic may be made: all may be by whoever may do so with the cluster. */
export const mayMakeTopic = (name: string, asked: Asked): boolean =>
  mayOnCluster(OPERATION.CREATE, asked) || mayOnTopic(OPERATION.CREATE, name, asked)

/** Authorized operations as bits (KIP-430): bit numbers are codes of operations. */
export const allowedBits = (access: Access, resourceType: number, name: string): number =>
  (SUPPORTED.get(resourceType) ?? []).reduce(
    (bits, operation) => (access.may(operation, resourceType, name) ? bits | (1 << operation) : bits),
    0,
  )
