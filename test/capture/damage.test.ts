/** Damaged captures: no crash, no hang, and an end or an offset. */
import { expect, test } from 'vitest'
import { Assembler } from '../../src/capture/assembler.ts'
import { CaptureReader } from '../../src/capture/capture-reader.ts'
import { damage, Random } from '../random.ts'
import { capture } from './captures.ts'
import { readCapture } from './packets.ts'

const SMALL = ['kcat202-v0.9.0-gzip-39.pcapng', 'sasl-plain44.pcapng', 'kraft44-boot.pcapng', 'tls13-44.pcapng']

test('100,000 random damages of real captures have an answer, with an offset within the file', () => {
  const random = new Random(5)
  // Their first packets: the reader's and the assembler's business is the same in all of them.
  const files = [...SMALL.map((name) => capture(name).slice(0, 3000)), capture('u-vlan-ipv6.pcap').slice(0, 3000)]
  for (let i = 0; i < 100_000; i++) {
    const bytes = damage(random.pick(files), random)
    const reader = new CaptureReader()
    const assembler = new Assembler({}, () => {})
    reader.window.append(bytes)
    while (reader.read() === 'packet') assembler.packet(reader.packet)
    const found = reader.finish()
    assembler.end()
    if (found && !(found.offset >= 0 && found.offset <= bytes.length)) expect(found).toBe(`offset of seed ${i}`)
  }
}, 120_000)

test('2,000 of whole captures go through the whole pipeline', () => {
  const random = new Random(6)
  const files = SMALL.map(capture)
  for (let i = 0; i < 2000; i++) {
    const bytes = damage(random.pick(files), random)
    expect(readCapture(bytes).counts.packets).toBeLessThan(1000)
  }
}, 120_000)
