/**
 * The bytes of text of which each character is one. A loop: `Uint8Array.from` with a function takes ten times as long,
 * and there is no Buffer where the page of a report runs.
 */
export function latin1Bytes(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i)
  return bytes
}
