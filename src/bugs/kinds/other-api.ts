import { encodeMessage } from '../../codec/encode.ts'
import { responseMessage } from '../../codec/messages.ts'
import { type Bug, JOIN_GROUP } from '../bug.ts'

const FIND_COORDINATOR = 10
const HEARTBEAT = 12

export const otherApi: Bug = {
  name: 'other-api',
  does: "another API's body: that of FindCoordinator v1 (of Heartbeat v1 in FindCoordinator's own answers)",
  cause: 'other-api',
  usual: JOIN_GROUP,
  takesPath: false,
  plant(answer) {
    const own = answer.apiKey === FIND_COORDINATOR
    const { model } = responseMessage(own ? HEARTBEAT : FIND_COORDINATOR, 1)!
    const value = own
      ? { errorCode: 15 }
      : { errorCode: 15, errorMessage: 'The coordinator is not available.', nodeId: -1, host: '', port: -1 }
    return answer.withBody(encodeMessage(model, value))
  },
}
