/** The real traffic of `captures/`, as what the pipeline makes of it. */
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { fromHex } from '../../src/bytes/hex.ts'
import { type Observed, Pipeline } from '../../src/findings/pipeline.ts'
import type { Direction } from '../../src/session/segment.ts'
import { START } from './frames.ts'

/** The same time of day in the days when it was recorded: records say when they were made. */
const RECORDED = START + 385 * 86_400_000_000

interface Line {
  readonly capture: string
  readonly connection: number
  readonly kind: Direction
  readonly frame: string
}

/** Every frame in the order of the file, a millisecond apart. */
export function traffic(): Observed[] {
  const text = gunzipSync(readFileSync(new URL('../../captures/traffic.jsonl.gz', import.meta.url))).toString()
  const pipeline = new Pipeline()
  const ids = new Map<string, number>()
  const observed: Observed[] = []
  let time = RECORDED
  for (const line of text.trim().split('\n')) {
    const { capture, connection, kind, frame } = JSON.parse(line) as Line
    // The file lacks the frames that hold secrets, and a request without a login before it is an error.
    if (capture.startsWith('sasl-')) continue
    const name = `${capture}/${connection}`
    let id = ids.get(name)
    if (id === undefined) {
      id = ids.size + 1
      ids.set(name, id)
      const ends = { id, client: `10.0.0.${ids.size % 250}:50${100 + ids.size}`, broker: '10.0.1.1:9092' }
      observed.push(...pipeline.push({ type: 'open', connection: ends, time }))
    }
    time += 1000
    observed.push(...pipeline.push({ type: 'data', connection: id, direction: kind, time, bytes: fromHex(frame) }))
  }
  return [...observed, ...pipeline.end(time)]
}
