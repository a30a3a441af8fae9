/** Secrets of a message that was given on the command line, overwritten before it is shown. */
import { Buffer } from 'node:buffer'
import { encodeMessage } from '../codec/encode.ts'
import { decodeBody } from '../codec/frame.ts'
import { frameHeader, requestHeaderVersion, responseHeaderVersion } from '../codec/messages.ts'
import { Run } from '../codec/run.ts'
import { maskFrame, maskRanges, recordRanges } from '../codec/secrets.ts'
import type { DecodeInput } from './decode-input.ts'

/** The input's bytes with passwords, tokens and proofs overwritten by `*`. */
export function maskedBytes(input: DecodeInput): Uint8Array {
  if (input.form === 'frame') return maskFrame(input.bytes, input.as)
  const { message, bytes } = input
  const { kind, apiKey, version, name } = message.model
  if (kind === 'header') return bytes
  if (kind === 'data') {
    const { t: table, flaws } = decodeBody(bytes, message, new Run())
    if (table.size === 0) return bytes
    const ranges = recordRanges({ name, version, typed: false, bytes, table, root: 0, flaws })
    return maskRanges(bytes, ranges)
  }
  // A body's secrets are found as part of the frame that it would be in.
  const key = apiKey!
  const headerVersion = kind === 'request' ? requestHeaderVersion(key, version) : responseHeaderVersion(key, version)
  const header = encodeMessage(frameHeader(kind, headerVersion).model, {})
  const frame = Buffer.concat([SIZE, header, bytes])
  const shown = maskFrame(frame, { kind, apiKey: key, apiVersion: version, headerVersion })
  return shown === frame ? bytes : shown.subarray(SIZE.length + header.length)
}

/** Nobody reads what a size field says here. */
const SIZE = Buffer.alloc(4)
