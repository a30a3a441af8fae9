import { type Bug, JOIN_GROUP } from '../bug.ts'
import { integer } from '../bytes.ts'

export const correlationMismatch: Bug = {
  name: 'correlation-mismatch',
  does: 'its correlation id is one more than that of the request',
  cause: 'correlation-mismatch',
  usual: JOIN_GROUP,
  takesPath: false,
  plant: (answer) => answer.edit([{ from: 4, to: 8, put: integer(answer.correlationId + 1, 4) }]),
}
