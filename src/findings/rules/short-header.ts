import { type AnomalyRule, bytesOf } from '../rule.ts'

/** A request frame that is too short for the eight bytes that every request header begins with. */
export const shortHeader: AnomalyRule = {
  kind: 'anomaly',
  code: 'header/short',
  severity: 'error',
  anomaly: 'short-header',
  check({ anomaly, direction }) {
    if (anomaly.kind !== 'short-header') throw new Error('not a short-header anomaly')
    const had = anomaly.frame.size - 4
    return {
      kind: direction,
      path: 'header',
      offset: 4,
      length: Math.max(0, had),
      message: `A frame of ${bytesOf(had)}: too short for a ${direction} header.`,
      causes: [
        {
          cause: 'truncated',
          score: 0.5,
          message: 'the frame was cut short',
          path: 'header',
          offset: 4,
          evidence: { need: direction === 'request' ? 8 : 4, have: had },
        },
      ],
    }
  },
}
