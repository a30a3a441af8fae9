/** The first bytes of connections: which are Kafka's. */
import { describe, expect, test } from 'vitest'
import { lookAtAnswers, lookAtRequests } from '../../src/capture/looks.ts'
import { Peek } from '../../src/session/peek.ts'
import { ethernet, FLAGS, ipv4, pcap, readCapture, tcp } from './packets.ts'

const frame = (text: string): Buffer => {
  const size = Buffer.alloc(4)
  size.writeInt32BE(Buffer.from(text, 'latin1').length)
  return Buffer.concat([size, Buffer.from(text, 'latin1')])
}
const GSSAPI = `\x60\x82\x01\x00${'\x06'.repeat(256)}`

describe('a login without a handshake, as with brokers of 0.9', () => {
  test.each<[string, string]>([
    ['PLAIN', '\0alice\0secret-of-alice'],
    ['SCRAM', 'n,,n=alice,r=fyko+d2lbbFgONRv9qkxdawL'],
    ['GSSAPI', GSSAPI],
  ])('%s', (_, token) => {
    const bytes = frame(token)
    expect(lookAtRequests(bytes, new Peek())).toBe('kafka')
    for (let end = 0; end < bytes.length; end++) {
      expect(lookAtRequests(bytes.subarray(0, end), new Peek())).toBe('more')
    }
  })

  test('is shown without --port, its password masked', () => {
    const segment = (
      from: number,
      to: number,
      seq: number,
      ack: number | null,
      flags: number,
      payload?: Uint8Array,
    ) => ({
      time: seq,
      bytes: ethernet(
        ipv4(tcp({ from, to, seq, ack, flags, ...(payload ? { payload } : {}) }), { back: from === 9999 }),
      ),
    })
    const { exchanges, counts } = readCapture(
      pcap([
        segment(4000, 9999, 0, null, FLAGS.SYN),
        segment(9999, 4000, 0, 1, FLAGS.SYN),
        segment(4000, 9999, 1, 1, FLAGS.PSH, frame('\0alice\0secret-of-alice')),
        segment(9999, 4000, 1, 28, FLAGS.PSH, frame('')),
      ]),
    )
    expect(counts.kafka).toBe(1)
    expect(exchanges).toMatchObject([{ framing: 'sasl', connection: { sasl: { mechanism: 'PLAIN', user: 'alice' } } }])
  })
})

test.each<[string, string]>([
  [
    'a length in front of a GSSAPI tag that does not fit',
    frame(`\x60\x82\x02\x00${'\x06'.repeat(256)}`).toString('latin1'),
  ],
  ['HTTP', 'GET / HTTP/1.1\r\n\r\n'],
  ['PostgreSQL', '\0\0\0\x24\0\x03\0\0user\0alice\0database\0shop\0\0'],
  ['MongoDB', '\x3a\0\0\0\x01\0\0\0\0\0\0\0\xd4\x07\0\0'],
])('%s is no Kafka', (_, text) => {
  expect(lookAtRequests(Buffer.from(text, 'latin1'), new Peek())).not.toBe('kafka')
})

test('two answers prove nothing but where they are all', () => {
  const two = Buffer.from('00000006' + '00000001' + '0000' + '00000006' + '00000002' + '0000', 'hex')
  expect(lookAtAnswers(two)).toBe('more')
  expect(lookAtAnswers(two, true)).toBe('kafka')
  expect(lookAtAnswers(two.subarray(0, 18), true)).toBe('more')
})
