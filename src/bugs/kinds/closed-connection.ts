import { type Bug, JOIN_GROUP } from '../bug.ts'

export const closedConnection: Bug = {
  name: 'closed-connection',
  does: 'is not sent, the connection is closed: what brokers do about an unknown API or version',
  cause: null,
  usual: JOIN_GROUP,
  takesPath: false,
  plant: () => 'close',
}
