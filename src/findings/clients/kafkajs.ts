/**
 * kafkajs 2.2: its Decoder reads numbers with Node's Buffer, which says where it wanted to read; strings and bytes beyond the
 * end are cut off silently, so that the complaint is about a number behind them. The buffer begins after the correlation id.
 */
import type { Answer, ClientModel, Versions } from './client.ts'
import { speaks } from './client.ts'
import { type GivesUp, type Habits, readAs } from './reading.ts'

/** None is flexible. Produce and Fetch have readers of their own. */
const VERSIONS: Versions = {
  2: [0, 3],
  3: [0, 6],
  8: [0, 5],
  9: [0, 4],
  10: [0, 2],
  11: [0, 5],
  12: [0, 3],
  13: [0, 3],
  14: [0, 3],
}

const HABITS: Habits = {
  negativeLength: 'back',
  refusesNull: 'nothing',
  overruns: true,
  countsBytes: false,
  negativeCount: 'refused',
  flexible: false,
  readsTags: false,
  shortText: false,
}

function sentence({ what, at, wanted }: GivesUp, { bytes, origin }: Answer): string | null {
  if (what === 'count') return 'Invalid array length'
  if (what !== 'number') return null
  // An int64 is put together from single bytes, which are undefined past the end.
  if (wanted === 8) return 'The number NaN cannot be converted to a BigInt because it is not an integer'
  const last = bytes.length - origin - wanted
  if (last < 0) return 'Attempt to access memory outside buffer bounds'
  return `The value of "offset" is out of range. It must be >= 0 and <= ${last}. Received ${at}`
}

export const kafkajs: ClientModel = {
  name: 'kafkajs',
  says(answer) {
    if (!speaks(VERSIONS, answer.model)) return null
    const end = readAs(HABITS, answer.model, answer.bytes, answer.origin, answer.start)
    return end === null || end === 'unknown' ? null : sentence(end, answer)
  },
}
