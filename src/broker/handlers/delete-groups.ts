/** DeleteGroups: groups that nobody is in, with their offsets. */
import type { Handler } from '../api.ts'

interface Request {
  readonly groupsNames: readonly string[]
}

export const deleteGroups: Handler<Request> = {
  apiKey: 42,
  versions: [0, 3],
  handle: (request, { broker }) => ({
    // In the answer group ids are keys.
    results: [...new Set(request.groupsNames)].map((groupId) => ({
      groupId,
      errorCode: broker.coordinator.delete(groupId),
    })),
  }),
}
