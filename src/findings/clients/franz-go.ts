/** franz-go 1.x: kbin.Reader notes that something was missing and says so at the end, whatever it was and wherever. */
import type { ClientModel } from './client.ts'
import { type Habits, readAs } from './reading.ts'

const METADATA = 3

const HABITS: Habits = {
  negativeLength: 'null',
  // A null where there is none is a length of -1 to it, which is not there either.
  refusesNull: 'text',
  overruns: false,
  countsBytes: true,
  negativeCount: 'empty',
  flexible: true,
  readsTags: true,
  shortText: false,
}

export const franzGo: ClientModel = {
  name: 'franz-go',
  says({ model, bytes, origin, start }) {
    // It asks for Metadata again and again without a word.
    if (model.apiKey === METADATA) return null
    const end = readAs(HABITS, model, bytes, origin, start)
    return end === null || end === 'unknown' ? null : 'response did not contain enough data to be valid'
  },
}
