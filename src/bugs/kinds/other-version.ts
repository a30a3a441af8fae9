import { encodeMessage } from '../../codec/encode.ts'
import { frameJson } from '../../codec/frame.ts'
import { responseMessage } from '../../codec/messages.ts'
import { type Bug, JOIN_GROUP } from '../bug.ts'
import { same } from '../bytes.ts'

export const otherVersion: Bug = {
  name: 'other-version',
  does: 'the body of another version: the nearest lower one that looks different, else the nearest higher one',
  cause: 'other-version',
  usual: JOIN_GROUP,
  takesPath: false,
  plant(answer) {
    const { apiKey, apiVersion } = answer
    const { body } = frameJson(answer.frame)
    const own = answer.bytes.subarray(answer.start)
    const lower = Array.from({ length: apiVersion }, (_, i) => apiVersion - 1 - i)
    for (const version of [...lower, apiVersion + 1, apiVersion + 2]) {
      const message = responseMessage(apiKey, version)
      if (!message) continue
      try {
        const other = encodeMessage(message.model, body)
        if (!same(other, own)) return answer.withBody(other)
      } catch {
        // What this version says can't be said in that one.
      }
    }
    return null
  },
}
