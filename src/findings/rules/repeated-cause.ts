import type { Exchange } from '../../session/exchange.ts'
import { Bounded } from '../bounded.ts'
import type { Cause, Finding } from '../finding.ts'
import type { SessionRule } from '../rule.ts'
import type { Told } from '../watch.ts'

/** So many frames that one cause explains are worth a word; the number at the session's end is another. */
const MANY = 3
const MAX_CAUSES = 1_000
const MAX_EXCHANGES = 20

interface Repeated {
  readonly finding: Finding
  readonly cause: Cause
  readonly exchanges: number[]
  frames: number
  last: number
}

/**
 * One bug, many frames: the same likeliest cause at the same place of the same API and version. Told when it explains
 * the third, and with the whole number when the session ends; counts (`explains`) are of frames, told of already.
 */
export const repeatedCause: SessionRule = {
  kind: 'session',
  code: 'protocol/repeated-cause',
  severity: 'note',
  apis: [],
  watch() {
    const repeated = new Bounded<string, Repeated>(MAX_CAUSES)
    return {
      found({ id }: Exchange, findings, tell) {
        for (const finding of findings) {
          const cause = finding.causes[0]
          if (!cause || finding.severity === 'note') continue
          const { api, apiVersion, kind } = finding
          const key = `${cause.cause} ${api} ${apiVersion} ${kind} ${anywhere(cause.path)}`
          const one = repeated.at(key, () => ({ finding, cause, exchanges: [], frames: 0, last: 0 }))
          // A cause explains a frame once, at however many places.
          if (one.last === id) continue
          one.last = id
          one.frames++
          if (one.exchanges.length < MAX_EXCHANGES) one.exchanges.push(id)
          if (one.frames === MANY) tell(told(one, 'so far'))
        }
      },
      end(_time, tell) {
        for (const one of repeated.values()) if (one.frames > MANY) tell(told(one, 'of this session'))
      },
    }
  },
}

function told({ finding, cause, exchanges, frames }: Repeated, when: string): Told {
  const { api, apiVersion, kind, path, offset, length } = finding
  const where = api === undefined ? 'frames' : `${api} v${apiVersion} ${kind === 'request' ? 'requests' : 'answers'}`
  return {
    ...(api === undefined ? {} : { api }),
    ...(apiVersion === undefined ? {} : { apiVersion }),
    ...(kind === undefined ? {} : { kind }),
    path,
    offset,
    length,
    exchange: null,
    exchanges: [...exchanges],
    explains: frames,
    causes: [cause],
    message: `One cause explains ${frames} ${where} ${when}: ${cause.message}.`,
  }
}

/** A path without its indexes: an encoder's bug is at all of them. */
const anywhere = (path: string): string => path.replace(/\[(?:batch )?\d+\]/g, '[]')
