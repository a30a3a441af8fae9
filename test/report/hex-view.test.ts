import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeBody } from '../../src/codec/frame.ts'
import { messageByName } from '../../src/codec/messages.ts'
import { caretRows, fieldRows, findingRows, hexDump, notReachedRows } from '../../src/report/hex-view.ts'
import { finding } from './exchanges.ts'

const bytes = (hex: string): Uint8Array => Buffer.from(hex.replace(/\s/g, ''), 'hex')

const counted = Uint8Array.from({ length: 70 }, (_, i) => i)

describe('bytes with carets beneath', () => {
  it('mark a place, the row in front of it shown too', () => {
    expect(caretRows(counted, 22, 4)).toEqual([
      '0000  00 01 02 03 04 05 06 07  08 09 0a 0b 0c 0d 0e 0f  ................',
      '0010  10 11 12 13 14 15 16 17  18 19 1a 1b 1c 1d 1e 1f  ................',
      '                        ^^^^^  ^^^^^',
    ])
  })

  it('mark a place over several rows, the first three of it', () => {
    expect(caretRows(counted, 15, 50)).toEqual([
      '0000  00 01 02 03 04 05 06 07  08 09 0a 0b 0c 0d 0e 0f  ................',
      '                                                    ^^',
      '0010  10 11 12 13 14 15 16 17  18 19 1a 1b 1c 1d 1e 1f  ................',
      '      ^^^^^^^^^^^^^^^^^^^^^^^  ^^^^^^^^^^^^^^^^^^^^^^^',
      '0020  20 21 22 23 24 25 26 27  28 29 2a 2b 2c 2d 2e 2f   !"#$%&\'()*+,-./',
      '      ^^^^^^^^^^^^^^^^^^^^^^^  ^^^^^^^^^^^^^^^^^^^^^^^',
      '      ... 17 bytes more',
    ])
  })

  it.each([
    ['after the last byte', 3, ['0000  00 01 02                                          ...', '               ^^']],
    ['between bytes', 1, ['0000  00 01 02                                          ...', '         ^^']],
  ])('one caret stands where missing bytes belong: %s', (_where, offset, rows) => {
    expect(caretRows(counted.subarray(0, 3), offset, 0)).toEqual(rows)
  })

  it('stand in a row of their own where the message ends with a row', () => {
    expect(caretRows(counted.subarray(0, 16), 16, 0)).toEqual([
      '0000  00 01 02 03 04 05 06 07  08 09 0a 0b 0c 0d 0e 0f  ................',
      '0010',
      '      ^^',
    ])
  })

  it('never fail, whatever a finding says', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.integer(), fc.integer(), (b, offset, length) => {
        expect(caretRows(b, offset, length).length).toBeLessThan(10)
      }),
    )
  })
})

it('a dump begins at a whole row', () => {
  expect(hexDump(bytes('00 41 7f 1b e9 7e'))).toEqual([
    '0000  00 41 7f 1b e9 7e                                 .A...~',
  ])
  expect(hexDump(counted, 20, 33).map((row) => row.slice(0, 4))).toEqual(['0010', '0020'])
})

describe('fields', () => {
  const show = (name: string, version: number, hex: string) => {
    const message = messageByName(name, version)!
    const b = bytes(hex)
    const run = decodeBody(b, message)
    const stop = run.flaws.find(({ fatal }) => fatal)
    return { rows: fieldRows(b, run.t, { stop }), more: stop ? notReachedRows(message, run.t, 0, stop) : [] }
  }

  it('of arrays, null, tags and bytes', () => {
    expect(show('ProduceRequest', 9, '00 ffff 000003e8 02 02 74 02 00000000 04 aabbcc 01 07 01 ff 00 00').rows).toEqual(
      [
        '      0  00                         transactionalId                 compact_nullable_string   null',
        '      1  ff ff                      acks                            int16                     -1',
        '      3  00 00 03 e8                timeoutMs                       int32                     1000',
        '      7                             topicData                       compact_array             1 element',
        '      8                               [0]                           struct',
        '      8  02 74                          name                        compact_string            "t"',
        '     10                                 partitionData               compact_array             1 element',
        '     11                                   [0]                       struct',
        '     11  00 00 00 00                        index                   int32                     0',
        '     15  04 aa bb cc                        records                 compact_nullable_records  3 bytes',
        '     19  01 07 01 ff                        _tags                   tag_buffer',
        '     20  07 01 ff                             [0]                   unknown_tag               unknown tag',
        '     23  00                             _tags                       tag_buffer',
        '     24  00                         _tags                           tag_buffer',
      ],
    )
  })

  it('up to the one at which the decoder stopped', () => {
    expect(show('HeartbeatRequest', 0, '0001 67 000000')).toEqual({
      rows: [
        '      0  00 01 67                   groupId                         string                    "g"',
        'x     3  00 00 00                   generationId                    int32                     wants 4 bytes, 3 left',
      ],
      more: ['         not reached: memberId'],
    })
    expect(show('HeartbeatRequest', 0, '7fff 67').rows).toEqual([
      'x     0  7f ff                      groupId                         string                    claims 32767, 1 left',
    ])
  })

  it('of a large message are limited', () => {
    const b = Buffer.concat([bytes('0000 00000000 00000000 0000'), Buffer.alloc(100)])
    const run = decodeBody(b, messageByName('ApiVersionsResponse', 0)!)
    expect(fieldRows(b, run.t, { maxFields: 1 })[1]).toMatch(/^ {2}\.\.\. 1 of \d+ lines are shown$/)
  })
})

it('a finding is its code, its sentence, the bytes, causes and what clients say', () => {
  const given = finding({
    message: 'The answer ends\u001b early.',
    causes: [{ cause: 'truncated', score: 0.5, message: 'cut short', path: 'errorCode', offset: 8 }],
    clients: { librdkafka: 'Protocol read buffer underflow' },
  })
  expect(findingRows(given, bytes('00000006 00000004 00'))).toEqual([
    'x body/underflow  errorCode at 8',
    '  The answer ends\\x1b early.',
    '    0000  00 00 00 06 00 00 00 04  00                       .........',
    '                                   ^^',
    '  0.50  truncated: cut short',
    '  librdkafka will say: Protocol read buffer underflow',
  ])
})
