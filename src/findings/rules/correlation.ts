import { correlationWords } from '../clients/around.ts'
import type { Finding } from '../finding.ts'
import type { AnomalyRule } from '../rule.ts'

const CODE = 'protocol/correlation'
const SEVERITY = 'error'

/** An answer whose correlation id is not that of the oldest request on its connection: brokers answer in order. */
export const correlation: AnomalyRule = {
  kind: 'anomaly',
  code: CODE,
  severity: SEVERITY,
  anomaly: 'correlation',
  check({ anomaly, exchange }) {
    if (anomaly.kind !== 'correlation') throw new Error('not a correlation anomaly')
    const { expected, actual } = anomaly
    const wanted = expected === null ? 'no answer is awaited' : `${expected} is due`
    const [what, why] = exchange
      ? ['comes out of order', 'the broker does not keep the order of a connection']
      : ['answers nothing that is known', 'the correlation id was not copied from the request']
    return {
      ...(exchange ? { api: exchange.api, apiVersion: exchange.apiVersion } : {}),
      ...about(actual, expected, `The answer with correlation id ${actual} ${what}: ${wanted}.`, why),
    }
  },
}

/** An answer given with its request, whose correlation id it has not. */
export const otherCorrelation = (actual: number, expected: number, apiVersion: number): Finding => ({
  code: CODE,
  severity: SEVERITY,
  apiVersion,
  ...about(
    actual,
    expected,
    `The answer has correlation id ${actual}, its request has ${expected}.`,
    'the correlation id was not copied from the request',
  ),
})

function about(actual: number, expected: number | null, message: string, why: string) {
  const place = { path: 'header.correlationId', offset: 4 }
  const evidence: Record<string, number> = expected === null ? { actual } : { claimed: actual, actual: expected }
  return {
    kind: 'response' as const,
    ...place,
    length: 4,
    message,
    ...(expected === null ? {} : { clients: correlationWords(actual, expected) }),
    causes: [{ cause: 'correlation-mismatch', score: 0.9, message: why, ...place, evidence }],
  }
}
