import { describe, expect, test } from 'vitest'
import { Planter } from '../../src/bugs/planter.ts'
import { parseBug } from '../../src/bugs/spec.ts'
import { BugStream } from '../../src/proxy/bug-stream.ts'
import { requestFrame, responseFrame } from './frames.ts'

const JOIN = { api: 'JoinGroup', version: 5 }
const HEARTBEAT = { api: 'Heartbeat', version: 3 }

const joined = { generationId: 1, protocolName: 'range', leader: 'a', memberId: 'a', members: [] }
const requests = [requestFrame(HEARTBEAT, 1), requestFrame(JOIN, 2), requestFrame(HEARTBEAT, 3)]
const answers = [responseFrame(HEARTBEAT, 1, {}), responseFrame(JOIN, 2, joined), responseFrame(HEARTBEAT, 3, {})]

function stream(bug: string): BugStream {
  const made = new BugStream(new Planter([parseBug(bug)]))
  made.asked(Buffer.concat(requests))
  return made
}

/** What comes out of a stream for bytes cut into pieces of a size, and what was kept in the end. */
function through(bugs: BugStream, bytes: Buffer, piece: number): Buffer {
  const out: Uint8Array[] = []
  for (let at = 0; at < bytes.length; at += piece) {
    // As the relay has it: the memory is used again after each call.
    const memory = Buffer.from(bytes.subarray(at, at + piece))
    out.push(Buffer.from(bugs.push(memory)))
    memory.fill(0xee)
  }
  return Buffer.concat([...out, bugs.flush()])
}

const planted = Buffer.from('000000080000000200000000', 'hex')

describe('a bug in what passes', () => {
  test.each([1, 2, 3, 5, 8, 13, 1000])('is planted in the answers it is meant for, in pieces of %i bytes', (piece) => {
    const out = through(stream('shared-error-body'), Buffer.concat(answers), piece)
    expect(out).toEqual(Buffer.concat([answers[0]!, planted, answers[2]!]))
  })

  test('answers of other APIs and versions pass as they came, at once', () => {
    const bugs = stream('shared-error-body:SyncGroup')
    for (const answer of answers) expect(Buffer.from(bugs.push(answer))).toEqual(answer)
  })

  test('an answer left out, a connection closed', () => {
    expect(through(stream('no-answer'), Buffer.concat(answers), 7)).toEqual(Buffer.concat([answers[0]!, answers[2]!]))
    const closing = stream('closed-connection')
    expect(Buffer.from(closing.push(Buffer.concat(answers)))).toEqual(answers[0])
    expect(closing.ended).toBe(true)
  })

  test('what is cut off by the end of the connection is not lost', () => {
    const cut = Buffer.concat(answers).subarray(0, answers[0]!.length + 20)
    expect(through(stream('shared-error-body'), cut, 1000)).toEqual(cut)
  })

  test('bytes that are no Kafka pass as they came', () => {
    const http = Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')
    for (const bytes of [http, Buffer.alloc(100), Buffer.alloc(100, 0xff)]) {
      expect(through(stream('shared-error-body'), bytes, 3)).toEqual(bytes)
    }
  })

  test('an answer larger than is held passes as it came', () => {
    const bugs = stream('shared-error-body')
    bugs.push(answers[0]!)
    const head = Buffer.from('7f00000000000002', 'hex')
    expect(Buffer.from(bugs.push(head))).toEqual(head)
    const more = Buffer.alloc(1000, 7)
    expect(Buffer.from(bugs.push(more))).toEqual(more)
  })
})
