import type { AnomalyRule } from '../rule.ts'

/** A connection whose both ends speak TLS: what it carries can't be read without its keys. */
export const encrypted: AnomalyRule = {
  kind: 'anomaly',
  code: 'unknown/encrypted',
  severity: 'note',
  anomaly: 'encrypted',
  check({ anomaly, direction }) {
    if (anomaly.kind !== 'encrypted') throw new Error('not an encrypted anomaly')
    return {
      kind: direction,
      path: 'size',
      offset: 0,
      length: Math.min(4, anomaly.bytes.length),
      message: `The connection is encrypted (${anomaly.detail}) and there are no keys for it: nothing of it is decoded.`,
      causes: [],
    }
  },
}
