/** Whole captures, and conversations typed by hand, through the pipeline: what is found in them. */
import { readFileSync } from 'node:fs'
import { TlsDecryptor } from '../../src/capture/tls/decryptor.ts'
import { KeyLog } from '../../src/capture/tls/key-log.ts'
import type { Finding } from '../../src/findings/finding.ts'
import { type Observed, Pipeline } from '../../src/findings/pipeline.ts'
import { capture } from '../capture/captures.ts'
import { readCapture } from '../capture/packets.ts'

const KEYS = readFileSync('captures/tls13-44.keylog', 'latin1')

/** Everything that the pipeline says of a capture. */
export function observeCapture(name: string): Observed[] {
  const { segments } = readCapture(capture(name), { tls: new TlsDecryptor(new KeyLog(KEYS)) })
  const pipeline = new Pipeline()
  return [...segments.flatMap((segment) => pipeline.push(segment)), ...pipeline.end(0)]
}

export const findingsIn = (observed: readonly Observed[]): Finding[] =>
  observed.flatMap((event) =>
    event.type === 'exchange' ? event.findings : event.type === 'finding' ? [event.finding] : [],
  )
