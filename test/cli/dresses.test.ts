/** One message in every dress that tools and languages print; what xxd, hexdump, od, node, python and Wireshark wrote. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesOfText, isHexText } from '../../src/cli/hex-text.ts'

const WANTED = '0000001b000c000000000004000772646b61666b6100016700000080ff010a6d'

const DRESSES: Readonly<Record<string, string>> = {
  xxd: `00000000: 0000 001b 000c 0000 0000 0004 0007 7264  ..............rd
00000010: 6b61 666b 6100 0167 0000 0080 ff01 0a6d  kafka..g.......m`,
  'xxd -p': '0000001b000c000000000004000772646b61666b6100016700000080ff01\n0a6d\n',
  'xxd -i': `unsigned char hb_bin[] = {
  0x00, 0x00, 0x00, 0x1b, 0x00, 0x0c, 0x00, 0x00, 0x00, 0x00, 0x00, 0x04,
  0x00, 0x07, 0x72, 0x64, 0x6b, 0x61, 0x66, 0x6b, 0x61, 0x00, 0x01, 0x67,
  0x00, 0x00, 0x00, 0x80, 0xff, 0x01, 0x0a, 0x6d
};
unsigned int hb_bin_len = 32;`,
  'xxd -g1': `00000000: 00 00 00 1b 00 0c 00 00 00 00 00 04 00 07 72 64  ..............rd
00000010: 6b 61 66 6b 61 00 01 67 00 00 00 80 ff 01 0a 6d  kafka..g.......m`,
  'xxd -u -g4': `00000000: 0000001B 000C0000 00000004 00077264  ..............rd
00000010: 6B61666B 61000167 00000080 FF010A6D  kafka..g.......m`,
  'hexdump -C': `00000000  00 00 00 1b 00 0c 00 00  00 00 00 04 00 07 72 64  |..............rd|
00000010  6b 61 66 6b 61 00 01 67  00 00 00 80 ff 01 0a 6d  |kafka..g.......m|
00000020`,
  hexdump: `0000000 0000 1b00 0c00 0000 0000 0400 0700 6472
0000010 616b 6b66 0061 6701 0000 8000 01ff 6d0a
0000020`,
  od: `0000000 000000 015400 006000 000000 000000 002000 003400 062162
0000020 060553 065546 000141 063401 000000 100000 000777 066412
0000040`,
  'od -x': `0000000 0000 1b00 0c00 0000 0000 0400 0700 6472
0000020 616b 6b66 0061 6701 0000 8000 01ff 6d0a
0000040`,
  'od -tx1': `0000000 00 00 00 1b 00 0c 00 00 00 00 00 04 00 07 72 64
0000020 6b 61 66 6b 61 00 01 67 00 00 00 80 ff 01 0a 6d
0000040`,
  'od -An -tx1': ` 00 00 00 1b 00 0c 00 00 00 00 00 04 00 07 72 64
 6b 61 66 6b 61 00 01 67 00 00 00 80 ff 01 0a 6d`,
  'od -Ax -tx1z': `000000 00 00 00 1b 00 0c 00 00 00 00 00 04 00 07 72 64  >..............rd<
000010 6b 61 66 6b 61 00 01 67 00 00 00 80 ff 01 0a 6d  >kafka..g.......m<
000020`,
  'od -b': `0000000 000 000 000 033 000 014 000 000 000 000 000 004 000 007 162 144
0000020 153 141 146 153 141 000 001 147 000 000 000 200 377 001 012 155
0000040`,
  'od -A d -t x1z': `0000000 00 00 00 1b 00 0c 00 00 00 00 00 04 00 07 72 64  >..............rd<
0000016 6b 61 66 6b 61 00 01 67 00 00 00 80 ff 01 0a 6d  >kafka..g.......m<
0000032`,
  'Wireshark as Hex + ASCII Dump': `0000   00 00 00 1b 00 0c 00 00 00 00 00 04 00 07 72 64   ..............rd
0010   6b 61 66 6b 61 00 01 67 00 00 00 80 ff 01 0a 6d   kafka..g.......m`,
  'Wireshark as Hex Dump': `0000   00 00 00 1b 00 0c 00 00 00 00 00 04 00 07 72 64
0010   6b 61 66 6b 61 00 01 67 00 00 00 80 ff 01 0a 6d`,
  'Wireshark as Hex Stream': WANTED,
  'Wireshark as Escaped String': String.raw`"\x00\x00\x00\x1b\x00\x0c\x00\x00\x00\x00\x00\x04\x00\x07\x72\x64" \
"\x6b\x61\x66\x6b\x61\x00\x01\x67\x00\x00\x00\x80\xff\x01\x0a\x6d"`,
  'Wireshark as C Array': `/* Kafka (32 bytes) */
static const unsigned char pkt1[32] = {
0x00, 0x00, 0x00, 0x1b, 0x00, 0x0c, 0x00, 0x00, /* ........ */
0x00, 0x00, 0x00, 0x04, 0x00, 0x07, 0x72, 0x64, /* ......rd */
0x6b, 0x61, 0x66, 0x6b, 0x61, 0x00, 0x01, 0x67, /* kafka..g */
0x00, 0x00, 0x00, 0x80, 0xff, 0x01, 0x0a, 0x6d  /* .......m */
};`,
  'Wireshark as MIME Data': 'data:application/octet-stream;base64,AAAAGwAMAAAAAAAEAAdyZGthZmthAAFnAAAAgP8BCm0=',
  "netty's box": `         +-------------------------------------------------+
         |  0  1  2  3  4  5  6  7  8  9  a  b  c  d  e  f |
+--------+-------------------------------------------------+----------------+
|00000000| 00 00 00 1b 00 0c 00 00 00 00 00 04 00 07 72 64 |..............rd|
|00000010| 6b 61 66 6b 61 00 01 67 00 00 00 80 ff 01 0a 6d |kafka..g.......m|
+--------+-------------------------------------------------+----------------+`,
  librdkafka: `reply hexdump (32 bytes):
00000000: 00 00 00 1b 00 0c 00 00 00 00 00 04 00 07 72 64  ..............rd
00000010: 6b 61 66 6b 61 00 01 67 00 00 00 80 ff 01 0a 6d  kafka..g.......m`,
  'this program': `    0000  00 00 00 1b 00 0c 00 00  00 00 00 04 00 07 72 64  ..............rd
    0010  6b 61 66 6b 61 00 01 67  00 00 00 80 ff 01 0a 6d  kafka..g.......m`,
  'python bytes': String.raw`b'\x00\x00\x00\x1b\x00\x0c\x00\x00\x00\x00\x00\x04\x00\x07rdkafka\x00\x01g\x00\x00\x00\x80\xff\x01\nm'`,
  'python bytearray': String.raw`bytearray(b'\x00\x00\x00\x1b\x00\x0c\x00\x00\x00\x00\x00\x04\x00\x07rdkafka\x00\x01g\x00\x00\x00\x80\xff\x01\nm')`,
  'python escapes without quotes': String.raw`\x00\x00\x00\x1b\x00\x0c\x00\x00\x00\x00\x00\x04\x00\x07rdkafka\x00\x01g\x00\x00\x00\x80\xff\x01\nm`,
  'python list':
    'bytes([0, 0, 0, 27, 0, 12, 0, 0, 0, 0, 0, 4, 0, 7, 114, 100, 107, 97, 102, 107, 97, 0, 1, 103, 0, 0, 0, 128, 255, 1, 10, 109])',
  'python fromhex': `bytes.fromhex("${WANTED}")`,
  'rust Bytes': String.raw`b"\0\0\0\x1b\0\x0c\0\0\0\0\0\x04\0\x07rdkafka\0\x01g\0\0\0\x80\xff\x01\nm"`,
  'rust vec!': `let frame = vec![
    0x00, 0x00, 0x00, 0x1b, 0x00, 0x0c, 0x00, 0x00, // size, key, version
    0, 0, 0, 4, 0, 7, b'r', b'd', b'k', b'a', b'f', b'k', b'a', 0, 1, b'g',
    0u8, 0, 0, 0x80_u8, 0xFF, 1, b'\\n', b'm',
];`,
  'rust slice':
    'const F: [u8; 32] = [0u8, 0, 0, 27, 0, 12, 0, 0, 0, 0, 0, 4, 0, 7, 114, 100, 107, 97, 102, 107, 97, 0, 1, 103, 0, 0, 0, 128, 255, 1, 10, 109];',
  'rust {:x?}':
    '[0, 0, 0, 1b, 0, c, 0, 0, 0, 0, 0, 4, 0, 7, 72, 64, 6b, 61, 66, 6b, 61, 0, 1, 67, 0, 0, 0, 80, ff, 1, a, 6d]',
  'rust {:02X?}':
    '[00, 00, 00, 1B, 00, 0C, 00, 00, 00, 00, 00, 04, 00, 07, 72, 64, 6B, 61, 66, 6B, 61, 00, 01, 67, 00, 00, 00, 80, FF, 01, 0A, 6D]',
  'rust hex!': `hex!("${WANTED}")`,
  'go %v': '[0 0 0 27 0 12 0 0 0 0 0 4 0 7 114 100 107 97 102 107 97 0 1 103 0 0 0 128 255 1 10 109]',
  'go %#v':
    '[]byte{0x0, 0x0, 0x0, 0x1b, 0x0, 0xc, 0x0, 0x0, 0x0, 0x0, 0x0, 0x4, 0x0, 0x7, 0x72, 0x64, 0x6b, 0x61, 0x66, 0x6b, 0x61, 0x0, 0x1, 0x67, 0x0, 0x0, 0x0, 0x80, 0xff, 0x1, 0xa, 0x6d}',
  'go %q':
    `${String.raw`"\x00\x00\x00\x1b\x00\f\x00\x00\x00\x00\x00\x04\x00\ardkafka"`}` +
    String.raw` + "\x00\x01g\x00\x00\x00\x80\xff\x01\nm"`,
  'go []byte("...")': String.raw`[]byte("\x00\x00\x00\x1b\x00\f\x00\x00\x00\x00\x00\x04\x00\ardkafka\x00\x01g\x00\x00\x00\x80\xff\x01\nm")`,
  'java Arrays.toString':
    '[0, 0, 0, 27, 0, 12, 0, 0, 0, 0, 0, 4, 0, 7, 114, 100, 107, 97, 102, 107, 97, 0, 1, 103, 0, 0, 0, -128, -1, 1, 10, 109]',
  'java new byte[]': `new byte[] {0, 0, 0, 0x1b, 0, 0x0c, 0, 0, 0, 0, 0, 4, 0, 7, 'r', 'd', 'k', 'a', 'f', 'k', 'a',
    0, 1, 'g', 0, 0, 0, (byte) 0x80, -1, 1, '\\n', 'm'}`,
  'node Buffer':
    '<Buffer 00 00 00 1b 00 0c 00 00 00 00 00 04 00 07 72 64 6b 61 66 6b 61 00 01 67 00 00 00 80 ff 01 0a 6d>',
  'node Uint8Array': `Uint8Array(32) [
    0,   0,  0, 27,   0,  12,   0,   0,  0,
    0,   0,  4,  0,   7, 114, 100, 107, 97,
  102, 107, 97,  0,   1, 103,   0,   0,  0,
  128, 255,  1, 10, 109
]`,
  'node JSON':
    '{"type":"Buffer","data":[0,0,0,27,0,12,0,0,0,0,0,4,0,7,114,100,107,97,102,107,97,0,1,103,0,0,0,128,255,1,10,109]}',
  'node Buffer.from': 'Buffer.from("AAAAGwAMAAAAAAAEAAdyZGthZmthAAFnAAAAgP8BCm0=", "base64")',
  'c octal escapes': String.raw`"\000\000\000\033\000\014\000\000\000\000\000\004\000\007rdkafka\000\001g\000\000\000\200\377\001\012m"`,
  base64: 'AAAAGwAMAAAAAAAEAAdyZGthZmthAAFnAAAAgP8BCm0=',
  'base64url without padding': 'AAAAGwAMAAAAAAAEAAdyZGthZmthAAFnAAAAgP8BCm0',
  'base64 in lines': 'AAAAGwAMAAAAAAAEAAdyZGth\nZmthAAFnAAAAgP8BCm0=\n',
  '0x list': WANTED.replace(/../g, '0x$& '),
  'decimals with commas':
    '0, 0, 0, 27, 0, 12, 0, 0, 0, 0, 0, 4, 0, 7, 114, 100, 107, 97, 102, 107, 97, 0, 1, 103, 0, 0, 0, 128, 255, 1, 10, 109',
}

describe('a message in every dress', () => {
  it.each(Object.entries(DRESSES))('%s', (_name, text) => {
    expect(Buffer.from(bytesOfText(text)).toString('hex')).toBe(WANTED)
    expect(isHexText(text)).toBe(true)
    // As from a file of Windows, and with white space around.
    expect(Buffer.from(bytesOfText(`\n${text.replace(/\n/g, '\r\n')}\r\n`)).toString('hex')).toBe(WANTED)
  })

  const python = (bytes: Uint8Array): string =>
    `b'${Array.from(bytes, (b) => (b > 31 && b < 127 && b !== 39 && b !== 92 ? String.fromCharCode(b) : `\\x${b.toString(16).padStart(2, '0')}`)).join('')}'`
  const rust = (bytes: Uint8Array): string =>
    `b"${Array.from(bytes, (b) => (b === 0 ? '\\0' : b === 34 || b === 92 ? `\\${String.fromCharCode(b)}` : b > 31 && b < 127 ? String.fromCharCode(b) : `\\x${b.toString(16).padStart(2, '0')}`)).join('')}"`
  const writers: Readonly<Record<string, (bytes: Uint8Array) => string>> = {
    python,
    rust,
    'rust list': (bytes) => `[${[...bytes].join(', ')}]`,
    java: (bytes) => `[${[...new Int8Array(bytes)].join(', ')}]`,
    'go {:#v}': (bytes) => `[]byte{${Array.from(bytes, (b) => `0x${b.toString(16)}`).join(', ')}}`,
    node: (bytes) => `<Buffer${Array.from(bytes, (b) => ` ${b.toString(16).padStart(2, '0')}`).join('')}>`,
  }
  it.each(Object.entries(writers))('reads back what %s writes of any bytes', (_name, write) => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 60 }), (bytes) => {
        expect(Buffer.from(bytesOfText(write(bytes))).toString('hex')).toBe(Buffer.from(bytes).toString('hex'))
      }),
    )
  })
})
