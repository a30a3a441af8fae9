/** The field that a client had come to, where only numbers of a known width stand before it. */
import { fixedWidth } from '../../codec/compile.ts'
import { apiKeyOf, responseHeaderVersion, responseMessage } from '../../codec/messages.ts'
import type { Facts } from './sentence.ts'

/** `errorCode (int16), at byte 12 of the frame`; null where it can't be said without the bytes. */
export function placeOf({ api, apiVersion, at }: Facts): string | null {
  if (api === undefined || apiVersion === undefined || at === undefined) return null
  const key = apiKeyOf(api.replaceAll('_', ''))
  const message = key === null ? null : responseMessage(key, apiVersion)
  if (key === null || !message) return null
  let offset = responseHeaderVersion(key, apiVersion)
  for (const field of message.model.fields) {
    if (field.tag >= 0) continue
    if (offset === at) return `${field.name} (${field.type}), at byte ${at + 8} of the frame`
    const width = fixedWidth(field.type)
    if (width === 0) return null
    offset += width
  }
  return null
}
