/**
 * Copying. The text goes to the terminal's clipboard (OSC 52), which not every terminal allows and none confirms; so it
 * is written to a file too, whose name is shown.
 */
import { Buffer } from 'node:buffer'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { toHex } from '../bytes/hex.ts'
import { printJson } from '../codec/json-text.ts'
import type { Data } from './data.ts'
import type { Effect } from './state.ts'

type Copy = Extract<Effect, { type: 'copy' }>

/** Terminals take about 74 kB of base64; some give up at less without a word. */
const CLIPBOARD_BYTES = 50_000

let directory: string | null = null

/** Copies an exchange as JSON or a frame as hex, secrets masked as on the screen. Returns what to tell the person. */
export function copyOut(data: Data, copy: Copy, write: (text: string) => void): { text: string; wrong: boolean } {
  const entry = data.store.get(copy.seq)
  const exchange = entry && data.store.exchange(entry)
  if (!entry || !exchange) return { text: 'nothing to copy', wrong: true }
  try {
    const text =
      copy.as === 'json' ? printJson(data.tools.exchangeJson(exchange, entry.findings, true)) : hexText(data, copy)
    if (text === null) return { text: `there is no ${copy.side}`, wrong: true }
    const fits = text.length <= CLIPBOARD_BYTES
    if (fits) write(`\x1b]52;c;${Buffer.from(text).toString('base64')}\x07`)
    const name = copy.as === 'json' ? `exchange-${exchange.id}.json` : `exchange-${exchange.id}-${copy.side}.hex`
    directory ??= mkdtempSync(join(tmpdir(), 'kafkascope-copy-'))
    const path = join(directory, name)
    writeFileSync(path, `${text}\n`, { mode: 0o600 })
    return {
      text: `${fits ? 'copied, and written to' : 'too long for the clipboard; written to'} ${path}`,
      wrong: false,
    }
  } catch (thrown) {
    return { text: `not copied: ${thrown instanceof Error ? thrown.message : String(thrown)}`, wrong: true }
  }
}

function hexText(data: Data, { seq, side }: Copy): string | null {
  const entry = data.store.get(seq)
  const detail = entry && data.detail(entry, side)
  return detail ? toHex(detail.frame.bytes) : null
}
