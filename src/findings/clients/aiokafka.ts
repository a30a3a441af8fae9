/** aiokafka 0.12 and later: `protocol/types.py` reads from a BytesIO, which gives fewer bytes at its end. */
import type { ClientModel, Versions } from './client.ts'
import { speaks } from './client.ts'
import { type GivesUp, type Habits, readAs } from './reading.ts'

const VERSIONS: Versions = {
  2: [0, 3],
  3: [0, 5],
  8: [0, 3],
  9: [0, 3],
  10: [0, 1],
  11: [0, 5],
  12: [0, 1],
  13: [0, 1],
  14: [0, 3],
}

const HABITS: Habits = {
  negativeLength: 'null',
  refusesNull: 'nothing',
  overruns: false,
  countsBytes: false,
  negativeCount: 'empty',
  flexible: false,
  readsTags: false,
  shortText: false,
}

function sentence({ what, wanted }: GivesUp): string | null {
  if (what === 'number') return `unpack requires a buffer of ${wanted} bytes`
  return what === 'text' ? 'Buffer underrun decoding string' : null
}

export const aiokafka: ClientModel = {
  name: 'aiokafka',
  says(answer) {
    if (!speaks(VERSIONS, answer.model)) return null
    const end = readAs(HABITS, answer.model, answer.bytes, answer.origin, answer.start)
    return end === null || end === 'unknown' ? null : sentence(end)
  },
}
