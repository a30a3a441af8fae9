import { expect, test } from 'vitest'
import { encodeFrame } from '../../src/codec/encode.ts'
import { decodeFrame, frameJson } from '../../src/codec/frame.ts'
import { frameHeader } from '../../src/codec/messages.ts'
import { inspectFrame } from '../../src/findings/inspect.ts'
import { loadTraffic } from '../vectors.ts'

test('every frame of real traffic decodes to its last byte, and its JSON encodes to the same bytes', () => {
  const traffic = loadTraffic()
  for (const { capture, connection, kind, apiKey, version, frame } of traffic) {
    const what = `${capture} connection ${connection} ${kind} ${apiKey} v${version}`
    const bytes = Buffer.from(frame, 'hex')
    const decoded = decodeFrame(bytes, { kind, apiKey, apiVersion: version })
    expect(inspectFrame(decoded), what).toEqual([])
    const { header, body } = frameJson(decoded)
    const encoded = encodeFrame(frameHeader(kind, decoded.headerVersion).model, header, decoded.message!.model, body)
    expect(Buffer.from(encoded).toString('hex'), what).toBe(frame)
  }
  expect(traffic.length).toBe(1203)
})
