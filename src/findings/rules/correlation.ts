import type { AnomalyRule } from '../rule.ts'

/** An answer whose correlation id is not that of the oldest request on its connection: brokers answer in order. */
export const correlation: AnomalyRule = {
  kind: 'anomaly',
  code: 'protocol/correlation',
  severity: 'error',
  anomaly: 'correlation',
  check({ anomaly, exchange }) {
    if (anomaly.kind !== 'correlation') throw new Error('not a correlation anomaly')
    const { expected, actual } = anomaly
    const wanted = expected === null ? 'no answer is awaited' : `${expected} is due`
    const what = exchange ? 'comes out of order' : 'answers nothing that is known'
    return {
      ...(exchange ? { api: exchange.api, apiVersion: exchange.apiVersion } : {}),
      kind: 'response',
      path: 'header.correlationId',
      offset: 4,
      length: 4,
      message: `The answer with correlation id ${actual} ${what}: ${wanted}.`,
      causes: [
        {
          cause: 'correlation-mismatch',
          score: 0.9,
          message: exchange
            ? 'the broker does not keep the order of a connection'
            : 'the correlation id was not copied from the request',
          path: 'header.correlationId',
          offset: 4,
          evidence: expected === null ? { actual } : { claimed: actual, actual: expected },
        },
      ],
    }
  },
}
