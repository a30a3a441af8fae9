/** StreamsGroupTopologyDescriptionUpdate (KIP-1331): as a broker without a plugin for descriptions answers it. */
import type { Handler } from '../api.ts'
import { problem } from '../resources.ts'

export const streamsGroupTopologyDescriptionUpdate: Handler<unknown> = {
  apiKey: 93,
  versions: [0, 0],
  handle: () => ({
    ...problem('UNSUPPORTED_VERSION', 'The broker has no streams group topology description plugin configured.'),
  }),
}
