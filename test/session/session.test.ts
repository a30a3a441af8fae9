import { expect, test } from 'vitest'
import type { Segment } from '../../src/session/segment.ts'
import { Session } from '../../src/session/session.ts'
import { line, request, response } from './script.ts'

const open = (id: number): Segment => ({ type: 'open', connection: { id, client: 'c:1', broker: 'b:9092' }, time: id })
const data = (connection: number, direction: 'request' | 'response', bytes: Uint8Array): Segment => ({
  type: 'data',
  connection,
  direction,
  time: 5,
  bytes,
})
const list = (id: number) => request('ListGroups', 2, id)
const groups = (id: number) => response('ListGroups', 2, id)

test('connections do not mix, ids of exchanges ascend over all of them', () => {
  const session = new Session()
  const segments = [
    open(1),
    open(2),
    data(1, 'request', list(7)),
    data(2, 'request', list(7)),
    data(2, 'response', groups(7)),
    data(1, 'response', groups(7)),
  ]
  const ids = segments.flatMap((segment) =>
    session.push(segment).map((event) => {
      if (event.type !== 'exchange' && event.type !== 'request') return event.type
      return `${event.type} ${event.exchange.id} on ${event.exchange.connection.id}`
    }),
  )
  expect(ids).toEqual([
    'connection',
    'connection',
    'request 1 on 1',
    'request 2 on 2',
    'exchange 2 on 2',
    'exchange 1 on 1',
  ])
})

test('what belongs to no open connection is ignored', () => {
  const session = new Session()
  expect(session.push(data(1, 'request', list(1)))).toEqual([])
  session.push(open(1))
  session.push({ type: 'close', connection: 1, time: 9 })
  expect(session.push(data(1, 'request', list(1)))).toEqual([])
  expect(session.push({ type: 'close', connection: 1, time: 9 })).toEqual([])
  expect(session.push({ type: 'gap', connection: 1, direction: 'request', time: 9, bytes: 5 })).toEqual([])
})

test('what comes after a side has ended is ignored', () => {
  const session = new Session()
  session.push(open(1))
  session.push({ type: 'close', connection: 1, direction: 'request', time: 9 })
  expect(session.push(data(1, 'request', list(1)))).toEqual([])
})

test('a connection whose id is opened again ends first', () => {
  const session = new Session()
  session.push(open(1))
  session.push(data(1, 'request', list(1)))
  expect(session.push(open(1)).map(line)).toEqual([
    'exchange 1 ListGroups c1 connection closed',
    'closed',
    'connection',
  ])
})

test('the end of the session ends what is open, once', () => {
  const session = new Session()
  for (const id of [1, 2]) {
    session.push(open(id))
    session.push(data(id, 'request', list(id)))
  }
  expect(session.end(9).map(line)).toEqual(['exchange 1 ListGroups c1 pending', 'exchange 2 ListGroups c2 pending'])
  expect(session.end(9)).toEqual([])
})
