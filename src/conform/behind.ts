/** Where an answer ends: a request behind the one that is asked tells, where the answer's size field is wrong. */
import { Buffer } from 'node:buffer'
import { i32 } from '../bytes/read.ts'
import type { Answer, Connection } from '../client/connection.ts'
import { ClientError } from '../client/errors.ts'
import { peekCorrelationId } from '../codec/frame.ts'
import type { Bench } from './bench.ts'
import { Failed } from './check.ts'
import { probe, sizeField } from './frames.ts'
import { pause } from './lab.ts'

/** An answer that takes longer may wait for bytes that never come. */
const SLOW_MS = 1000
const POLL_MS = 10
/** The correlation id of the request behind: in no other place of an answer are these bytes likely. */
const MARK = 0x5b_c3_9e_a7
/** After these there is nothing to be read any more. */
const OVER = new Set(['closed', 'correlation', 'connect'])

/**
 * Asks; where the answer's bytes are wrong, or it does not come soon, asks for ApiVersions behind it. Rejects with Failed
 * where that one's answer does not begin where the first one's size field says, else as `asks` does.
 */
export async function followed(bench: Bench, connection: Connection, asks: () => Promise<Answer>): Promise<Answer> {
  bench.forgetReceived()
  let written = false
  const behind = (): void => {
    if (!written) connection.wire.write(probe(MARK))
    written = true
  }
  const slow = setTimeout(behind, SLOW_MS)
  const next = async (): Promise<void> => {
    behind()
    // What is left of the answer may itself look like frames: only the mark says that the next answer is there.
    for (const end = performance.now() + SLOW_MS; performance.now() < end; await pause(POLL_MS)) {
      if (mustFit(bench.received()) || !connection.open) return
    }
  }
  try {
    const answer = await asks()
    if (answer.flaws.length > 0) await next()
    return answer
  } catch (error) {
    if (!(error instanceof ClientError)) throw error
    const { frame, request, broker } = error.place
    if (error.kind === 'correlation' && frame && peekCorrelationId(frame, 'response') === MARK)
      throw new Failed(`${broker}: ${request}: no answer within ${SLOW_MS} ms, but one to the next request`)
    if (!OVER.has(error.kind)) await next()
    throw error
  } finally {
    clearTimeout(slow)
  }
}

/**
 * Whether the answer behind is there. Throws Failed where it begins elsewhere than at the end that the first frame
 * claims.
 */
function mustFit(bytes: Uint8Array): boolean {
  const at = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf(sizeField(MARK))
  const [own, next] = [4, at - 4]
  if (at < own + 4) return false
  const claimed = i32(bytes, 0)
  if (claimed === next - own) return true
  const message = `frame-size: the answer's size field says ${claimed} bytes, and ${next - own} come before the next answer`
  throw new Failed(message, 'frame-size')
}
