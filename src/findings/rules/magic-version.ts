import { FETCH } from '../fetched.ts'
import { inBatch } from '../in-batch.ts'
import type { Models } from '../models.ts'
import { PRODUCE } from '../produced.ts'
import type { SessionRule } from '../rule.ts'
import type { Seen } from '../seen.ts'

/** The formats that a version may carry, lowest and highest magic (ProduceRequest.validateRecords; KIP-31, KIP-98). */
const produceMagic = (version: number): readonly [number, number] =>
  version >= 3 ? [2, 2] : version === 2 ? [0, 1] : [0, 0]
const fetchMagic = (version: number): readonly [number, number] => [0, version >= 4 ? 2 : version >= 2 ? 1 : 0]

/** Records in a format that the request's version does not have. */
export const magicVersion: SessionRule = {
  kind: 'session',
  code: 'records/magic-version',
  severity: 'error',
  apis: [PRODUCE, FETCH],
  watch: (models) => ({
    exchange(seen, tell) {
      const { apiKey, apiVersion } = seen.exchange
      const produce = apiKey === PRODUCE
      const [lowest, highest] = produce ? produceMagic(apiVersion) : fetchMagic(apiVersion)
      for (const { line, batches } of recordsOf(models, seen)) {
        const index = batches.findIndex(({ magic }) => magic < lowest || magic > highest)
        if (index < 0) continue
        const { magic } = batches[index]!
        const wanted = lowest === highest ? `magic ${lowest}` : `magic ${lowest} to ${highest}`
        // Brokers refuse old formats in new versions; the other way round they convert, or did so once.
        const refused = !produce || magic < lowest
        tell({
          ...inBatch(seen, produce ? 'request' : 'response', line, batches, index, 'magic'),
          severity: refused ? 'error' : 'warning',
          message: `Records of magic ${magic} in ${produce ? 'Produce' : 'Fetch'} v${apiVersion}, which carries ${wanted}: ${
            produce
              ? refused
                ? 'the broker refuses them'
                : 'a broker of that age can not read them'
              : 'a client of that version can not read them'
          }.`,
        })
      }
    },
  }),
}

/** Records fields of either API with the lines that they are at. */
export const recordsOf = (models: Models, seen: Seen) =>
  seen.exchange.apiKey === PRODUCE
    ? (models.produced.of(seen)?.partitions ?? [])
    : (models.fetched.of(seen)?.partitions ?? []).map(({ recordsLine, batches }) => ({ line: recordsLine, batches }))
