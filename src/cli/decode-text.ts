/** A message that was decoded, as text for people. */
import { decodeBody, decodeFrame } from '../codec/frame.ts'
import { apiName } from '../codec/messages.ts'
import { Run } from '../codec/run.ts'
import type { Past } from '../findings/diagnosis/past.ts'
import type { Guesses } from '../findings/guess.ts'
import { inspectBody, inspectFrame } from '../findings/inspect.ts'
import { plural } from '../report/format.ts'
import { fieldRows, findingRows, nestedRows, notReachedRows } from '../report/hex-view.ts'
import { guessRows } from './decode-guess.ts'
import type { DecodeInput } from './decode-input.ts'

/**
 * The message as text, and what was found in it. `shown`: its bytes with secrets masked; `past`: what the same source held
 * before.
 */
export function textOf(
  input: DecodeInput,
  shown: Uint8Array,
  expand: boolean,
  guesses: Guesses | null,
  past: Past | null = null,
) {
  const read = input.form === 'body' ? readBody(input) : readFrame(input, past)
  const { title, table, flaws, message, bodyLine, findings } = read
  const masked = shown === input.bytes ? '' : ' (secrets masked; --show-secrets shows them)'
  const stop = flaws.find(({ fatal }) => fatal)
  const under = expand ? (line: number) => nestedRows({ bytes: shown, table, bodyLine, message }, line) : undefined
  const head = guesses ? [title + masked, ...guessRows(guesses)] : [title + masked]
  const rows = [...head, '', ...fieldRows(shown, table, { findings, stop, under })]
  if (stop && message) rows.push(...notReachedRows(message, table, bodyLine, stop))
  for (const finding of findings) rows.push('', ...findingRows(finding, shown))
  return { rows, findings }
}

function readBody({ message, bytes, prefix }: Extract<DecodeInput, { form: 'body' }>) {
  const decoded = decodeBody(bytes, message, new Run())
  return {
    title: `${message.model.name} v${message.model.version}, a body of ${plural(bytes.length, 'byte')}${prefix ? ` behind ${plural(prefix, 'byte')} that say so` : ''}`,
    table: decoded.t,
    flaws: decoded.flaws,
    message,
    bodyLine: 0,
    findings: inspectBody(message, bytes, decoded),
  }
}

function readFrame({ as, bytes }: Extract<DecodeInput, { form: 'frame' }>, past: Past | null) {
  const decoded = decodeFrame(bytes, as, new Run())
  const name = `${apiName(as.apiKey) ?? `Unknown(${as.apiKey})`} v${as.apiVersion} ${as.kind}`
  const title = `${name}, a frame of ${plural(bytes.length, 'byte')}${decoded.message ? '' : ': only its header is known'}`
  const findings = inspectFrame(decoded, { past })
  past?.see(decoded)
  return { ...decoded, title, findings }
}
