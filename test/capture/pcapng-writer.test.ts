import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { CaptureReader } from '../../src/capture/capture-reader.ts'
import { PcapngWriter } from '../../src/capture/pcapng-writer.ts'
import { TcpWriter } from '../../src/capture/tcp-writer.ts'
import type { Segment } from '../../src/session/segment.ts'
import { conversation, START } from './segments.ts'

const folder = mkdtempSync(join(tmpdir(), 'kafkascope-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const writer = new PcapngWriter({ application: 'kafkascope 1.2.3' })

const readAll = (bytes: Uint8Array): { time: number; bytes: Buffer }[] => {
  const reader = new CaptureReader()
  reader.window.append(bytes)
  const packets: { time: number; bytes: Buffer }[] = []
  while (reader.read() === 'packet') {
    const { time, bytes: all, start, end, linkType } = reader.packet
    expect(linkType).toBe(101)
    packets.push({ time, bytes: Buffer.from(all.subarray(start, end)) })
  }
  expect(reader.finish()).toBeNull()
  return packets
}

it('packets read back with their times to the microsecond, whatever their length', () => {
  const packets = [0, 1, 2, 3, 4, 100, 65_535].map((size, i) => ({
    time: START + i,
    bytes: Buffer.alloc(size, i + 1),
  }))
  const blocks = packets.map(({ time, bytes }, i) => writer.packet(time, bytes, i % 2 ? ['why', 'ü'.repeat(5000)] : []))
  expect(readAll(Buffer.concat([writer.header, ...blocks]))).toEqual(packets)
})

it('a file that ends after any block is a sound one', () => {
  const blocks = [writer.header, ...[1, 2, 3].map((i) => writer.packet(START, Buffer.alloc(i), ['a comment']))]
  for (let i = 1; i <= blocks.length; i++) expect(readAll(Buffer.concat(blocks.slice(0, i))).length).toBe(i - 1)
})

const hasTshark = spawnSync('tshark', ['-v']).status === 0

/** A recording of these segments, and a tshark that reads it with all checks on. */
const recording = (name: string, segments: readonly Segment[]): ((...more: string[]) => string) => {
  const file = join(folder, name)
  const tcp = new TcpWriter()
  const blocks = [writer.header]
  for (const segment of segments) {
    for (const { time, bytes } of tcp.push(segment)) blocks.push(writer.packet(time, bytes, [`from ${segment.type}`]))
  }
  writeFileSync(file, Buffer.concat(blocks))
  const checks = ['-o', 'tcp.check_checksum:TRUE', '-o', 'ip.check_checksum:TRUE']
  return (...more) => {
    const { stdout, status } = spawnSync('tshark', ['-r', file, ...checks, ...more], { encoding: 'utf8' })
    expect(status).toBe(0)
    return stdout.trim()
  }
}

/** Expert severity from a warning up. */
const COMPLAINT = '_ws.expert.severity >= 0x600000 || tcp.checksum.status == 0 || ip.checksum.status == 0'

it.runIf(hasTshark)('tshark reads a recording without a complaint; comments, times and addresses are there', () => {
  const tshark = recording('whole.pcapng', conversation(false))
  const fields = ['frame.time_epoch', 'ip.src', 'ipv6.src', 'tcp.srcport', 'tcp.len', 'frame.comment']
  const rows = tshark('-T', 'fields', ...fields.flatMap((field) => ['-e', field]))
    .split('\n')
    .map((row) => row.split('\t'))
  expect(rows[0]).toEqual(['1700000000.000000000', '10.1.2.3', '', '50001', '0', 'from open'])
  expect(rows.some((row) => row[2] === 'fe80::1')).toBe(true)
  expect(rows.some((row) => row[2] === '::ffff:10.0.0.1')).toBe(true)
  expect(tshark('-Y', COMPLAINT)).toBe('')
})

it.runIf(hasTshark)('where bytes are missing that is all that tshark remarks on', () => {
  const tshark = recording('gaps.pcapng', conversation())
  expect(tshark('-Y', 'tcp.checksum.status == 0 || ip.checksum.status == 0')).toBe('')
  const remarks = tshark('-Y', COMPLAINT, '-T', 'fields', '-e', '_ws.expert.message').split('\n')
  expect(remarks.length).toBeGreaterThan(0)
  for (const remark of remarks) expect(remark).toMatch(/not captured|ACKed segment that wasn't captured/)
})
