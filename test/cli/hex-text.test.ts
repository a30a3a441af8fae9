import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesOfText, isHexText } from '../../src/cli/hex-text.ts'

const hex = (text: string): string => Buffer.from(bytesOfText(text)).toString('hex')

describe('bytes as people paste them', () => {
  it.each([
    '000300ff',
    '00 03 00 FF',
    '0x000300ff',
    '0x00 0x03 0x00 0xff',
    '0x00, 0x03, 0x00, 0xff,',
    '00:03:00:ff',
    '\\x00\\x03\\x00\\xff',
    '00,03,00,ff',
    '00000000: 0003 00ff                                ....',
    '00000000  00 03 00 ff                                       |....|\n00000004\n',
  ])('%s', (text) => {
    expect(hex(text)).toBe('000300ff')
    expect(isHexText(text)).toBe(true)
  })

  it.each<[string, string]>([
    ['00:3', 'hex: "3" between separators is half a byte too much'],
    ['000x12', 'hex: "x" at digit 3 is no hex digit'],
    ['00000000: 0003  ..\n00000010: 00ff  ..', 'dump: line 2 is at 00000010, but 2 bytes came before it'],
    ['00000000: 0003  ..\nnonsense', 'dump: line 2 is no row of a dump'],
    ['00000000  00 00  |..|\n*\n00000020', 'dump: line 2 stands for lines that were left out (hexdump -v shows all)'],
  ])('refuses %j', (text, message) => {
    expect(() => bytesOfText(text)).toThrow(message)
  })

  it.each<[string, string]>([
    ['[0, 0, 300]', 'bytes: character 8: "300" is no byte: want -128 to 255'],
    ['vec![\n  0x00,\n  0x1g,\n]', 'bytes: line 3, column 3: "0x1g" is no byte'],
    ['[0, 0, 0, 8, ...]', 'bytes: character 14: the list leaves bytes out'],
    ['b"\\x00\\q"', 'bytes: character 7: "\\\\q" is no escape'],
    ['<Buffer 00 00 ... 12 more bytes>', 'bytes: the Buffer leaves out 12 more bytes (print it with toString("hex"))'],
    ['data:application/octet-stream;base64,AAAAA', 'bytes: this is no base64'],
    ['deadbeeg', 'hex: "g" at digit 7 is no hex digit'],
  ])('says where %j goes wrong', (text, message) => {
    expect(() => bytesOfText(text)).toThrow(message)
  })

  it('leaves files alone that are no such text', () => {
    for (const text of ['GET / HTTP/1.1\r\n', '', '\0\0\0\0', 'face it']) expect(isHexText(text)).toBe(false)
  })

  it('reads every dump back, whatever its characters column looks like', () => {
    const dump = (bytes: Uint8Array, form: 'xxd' | 'hexdump'): string => {
      const rows: string[] = []
      for (let at = 0; at < bytes.length; at += 16) {
        const row = [...bytes.subarray(at, at + 16)]
        const pairs = row.map((byte) => byte.toString(16).padStart(2, '0'))
        const text = row.map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.')).join('')
        const offset = at.toString(16).padStart(8, '0')
        if (form === 'xxd')
          rows.push(
            `${offset}: ${pairs
              .join('')
              .replace(/(.{4})(?=.)/g, '$1 ')
              .padEnd(39)}  ${text}`,
          )
        else
          rows.push(
            `${offset}  ${pairs.slice(0, 8).join(' ').padEnd(23)}  ${pairs.slice(8).join(' ').padEnd(23)}  |${text}|`,
          )
      }
      return rows.join('\n')
    }
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 80 }), fc.constantFrom('xxd', 'hexdump'), (bytes, form) => {
        expect(hex(dump(bytes, form as 'xxd'))).toBe(Buffer.from(bytes).toString('hex'))
      }),
    )
  })

  it('never takes long, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (text) => {
        try {
          bytesOfText(text)
        } catch (error) {
          expect(error).toBeInstanceOf(Error)
        }
      }),
    )
    const long = `00000000: ${'ab '.repeat(100_000)}`
    const began = performance.now()
    expect(() => bytesOfText(`${long}!`)).toThrow()
    expect(performance.now() - began).toBeLessThan(1000)
  })
})
