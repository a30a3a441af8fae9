/** Connections of all kinds, typed by hand. */
import type { Segment } from '../../src/session/segment.ts'

export const START = 1_700_000_000_000_000

const ADDRESSES: readonly (readonly [string, string])[] = [
  ['10.1.2.3:50001', '10.1.2.4:9092'],
  ['[fe80::1]:50002', '[2001:db8::ff:0:2]:9092'],
  ['10.0.0.1:50003', '[::1]:9092'],
  ['127.0.0.1:50004', 'localhost:9092'],
  ['127.0.0.1:50005', 'kafka-1.example:9092'],
  // The ports of the first once more.
  ['10.1.2.3:50001', '10.1.2.4:9092'],
]

/**
 * Six connections after each other: short and long data both ways, a gap of known size, a direction that ends before
 * the other, one that is reset.
 */
export function conversation(gaps = true): Segment[] {
  const segments: Segment[] = []
  let time = START
  ADDRESSES.forEach(([client, broker], i) => {
    const connection = i + 1
    const next = (): number => time++
    segments.push({ type: 'open', connection: { id: connection, client, broker }, time: next() })
    const data = (direction: 'request' | 'response', size: number): void => {
      segments.push({ type: 'data', connection, direction, time: next(), bytes: Buffer.alloc(size, connection) })
    }
    data('request', 11)
    data('response', 200_001)
    data('request', 70_000)
    if (gaps) segments.push({ type: 'gap', connection, direction: 'response', time: next(), bytes: 1234 })
    data('response', 5)
    if (i % 2) segments.push({ type: 'close', connection, direction: 'request', time: next() })
    if (i % 2) data('response', 7)
    segments.push({ type: 'close', connection, time: next() })
  })
  return segments
}
