import { type AnomalyRule, bytesOf } from '../rule.ts'

/** A frame larger than is kept in memory: it was passed on, its header is shown, its body not decoded. */
export const tooLarge: AnomalyRule = {
  kind: 'anomaly',
  code: 'frame/too-large',
  severity: 'note',
  anomaly: 'too-large',
  check({ anomaly, direction }) {
    if (anomaly.kind !== 'too-large') throw new Error('not a too-large anomaly')
    return {
      kind: direction,
      path: 'size',
      offset: 0,
      length: 4,
      message: `A frame of ${bytesOf(anomaly.size)}: more than is kept for decoding.`,
      causes: [],
    }
  },
}
