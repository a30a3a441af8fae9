/** DescribeAcls, CreateAcls and DeleteAcls where there is no authorizer: as Apache Kafka answers without one. */
import type { Handler } from '../api.ts'
import { problem } from '../resources.ts'

const disabled = (text: string) => problem('SECURITY_DISABLED', text)

export const describeAcls: Handler<unknown> = {
  apiKey: 29,
  versions: [0, 3],
  handle: () => ({ ...disabled('No Authorizer is configured on the broker'), resources: [] }),
}

export const createAcls: Handler<{ readonly creations: readonly unknown[] }> = {
  apiKey: 30,
  versions: [0, 3],
  handle: ({ creations }) => ({ results: creations.map(() => ({ ...disabled('No Authorizer is configured.') })) }),
}

export const deleteAcls: Handler<{ readonly filters: readonly unknown[] }> = {
  apiKey: 31,
  versions: [0, 3],
  handle: ({ filters }) => ({ filterResults: filters.map(() => ({ ...disabled('No Authorizer is configured.') })) }),
}
