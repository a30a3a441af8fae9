import { MAX_CLAIM } from '../../session/framing.ts'
import { sizeWords } from '../clients/around.ts'
import { type AnomalyRule, bytesOf } from '../rule.ts'

/** A size that no frame can have, or a frame that its connection's end cut. */
export const frameSize: AnomalyRule = {
  kind: 'anomaly',
  code: 'frame/size',
  severity: 'error',
  anomaly: 'frame-size',
  check({ anomaly, direction }) {
    if (anomaly.kind !== 'frame-size') throw new Error('not a frame-size anomaly')
    const { claimed, had } = anomaly
    // A size above this is not believed, and loses the framing as a negative one does.
    const clients = direction === 'response' ? sizeWords(claimed) : null
    const cut = claimed > had && claimed <= MAX_CLAIM
    return {
      kind: direction,
      ...(clients ? { clients } : {}),
      path: 'size',
      offset: 0,
      length: 4,
      message: cut
        ? `The connection ended inside a frame: its size field says ${bytesOf(claimed)}, ${had} came.`
        : `A frame size of ${claimed}: no frame has it, so the framing of this direction is lost.`,
      causes: [
        {
          cause: cut ? 'truncated' : 'frame-size',
          score: 0.6,
          message: cut
            ? 'the sender closed before it had written all'
            : 'the size field does not count the bytes that follow',
          path: 'size',
          offset: 0,
          evidence: cut ? { need: claimed, have: had } : { claimed, actual: had },
        },
      ],
    }
  },
}
