import { CODEC_MASK } from '../../../dissectors/records/format.ts'
import { FETCH } from '../fetched.ts'
import { inBatch } from '../in-batch.ts'
import { PRODUCE } from '../produced.ts'
import type { SessionRule } from '../rule.ts'
import { recordsOf } from './magic-version.ts'

const ZSTD = 4

/** zstd (KIP-110) may travel in Produce from v7 and in Fetch from v10 on. */
const zstdFrom = (apiKey: number): number => (apiKey === PRODUCE ? 7 : 10)

/** zstd in a version that is older than it. */
export const codecVersion: SessionRule = {
  kind: 'session',
  code: 'records/codec-version',
  severity: 'error',
  apis: [PRODUCE, FETCH],
  watch: (models) => ({
    exchange(seen, tell) {
      const { api, apiKey, apiVersion } = seen.exchange
      if (apiVersion >= zstdFrom(apiKey)) return
      for (const { line, batches } of recordsOf(models, seen)) {
        const index = batches.findIndex(({ attributes }) => (attributes & CODEC_MASK) === ZSTD)
        if (index < 0) continue
        const produce = apiKey === PRODUCE
        tell({
          // Brokers send what was produced, and clients of old versions may read it all the same (kafka-python 2 does).
          severity: produce ? 'error' : 'note',
          ...inBatch(seen, produce ? 'request' : 'response', line, batches, index, 'attributes'),
          message: `zstd in ${api} v${apiVersion}: it is known from v${zstdFrom(apiKey)} on; ${
            produce ? 'the broker refuses it (UNSUPPORTED_COMPRESSION_TYPE)' : 'the client may not know it'
          }.`,
        })
      }
    },
  }),
}
