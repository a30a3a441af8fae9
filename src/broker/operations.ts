/** Authorized operations as bits (KIP-430), where nobody is refused anything: all that a resource supports. */
import { RESOURCE_TYPE } from '../../dissectors/acls.ts'
import { allowedBits, EVERYTHING } from './access/access.ts'

export const TOPIC_OPERATIONS = allowedBits(EVERYTHING, RESOURCE_TYPE.TOPIC, '')
export const GROUP_OPERATIONS = allowedBits(EVERYTHING, RESOURCE_TYPE.GROUP, '')
export const CLUSTER_OPERATIONS = allowedBits(EVERYTHING, RESOURCE_TYPE.CLUSTER, '')
/** The client did not ask. */
export const NOT_ASKED = -2147483648
