import { type Encodable, encodeMessage } from '../../../src/codec/encode.ts'
import { messageByName } from '../../../src/codec/messages.ts'

/** A message that stands in a bytes field, its version in front. */
export function writeNested(
  name: string,
  version: number,
  fields: { readonly [field: string]: Encodable },
): Uint8Array {
  const body = encodeMessage(messageByName(name, version)!.model, fields)
  const bytes = new Uint8Array(2 + body.length)
  bytes.set([version >> 8, version & 255])
  bytes.set(body, 2)
  return bytes
}
