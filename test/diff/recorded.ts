/** Captures and typed conversations as the items of a comparison. */
import { readFileSync } from 'node:fs'
import { TlsDecryptor } from '../../src/capture/tls/decryptor.ts'
import { KeyLog } from '../../src/capture/tls/key-log.ts'
import type { Difference, Item, Summary, Told } from '../../src/diff/model.ts'
import { Rules } from '../../src/diff/rules.ts'
import { SessionDiff } from '../../src/diff/sessions.ts'
import type { Rule } from '../../src/diff/volatile.ts'
import { WireItem } from '../../src/diff/wire-side.ts'
import type { Finding } from '../../src/findings/finding.ts'
import { Pipeline } from '../../src/findings/pipeline.ts'
import type { Segment } from '../../src/session/segment.ts'
import { capture } from '../capture/captures.ts'
import { readCapture } from '../capture/packets.ts'

const KEYS = readFileSync('captures/tls13-44.keylog', 'latin1')

export interface Recorded {
  readonly items: readonly Item[]
  readonly standing: readonly Finding[]
}

export const segmentsOf = (name: string): Segment[] =>
  readCapture(capture(name), { tls: new TlsDecryptor(new KeyLog(KEYS)) }).segments

/** What a pipeline makes of segments. */
export function recorded(segments: readonly Segment[]): Recorded {
  const pipeline = new Pipeline()
  const { state } = pipeline.session
  const context = { topicName: (id: string) => state.topicNames.get(id) ?? null }
  const observed = [...segments.flatMap((segment) => pipeline.push(segment)), ...pipeline.end(0)]
  const items = observed.flatMap((event) =>
    event.type === 'exchange'
      ? [new WireItem(event.exchange, event.findings, { context, showSecrets: false, expand: true })]
      : [],
  )
  const standing = observed.flatMap((event) => (event.type === 'finding' ? [event.finding] : []))
  return { items: items.sort((x, y) => x.id - y.id), standing }
}

export interface Outcome {
  readonly told: readonly Told[]
  readonly differences: readonly Difference[]
  readonly summary: Summary
}

export function diffed(a: Recorded, b: Recorded, rules: readonly Rule[] = []): Outcome {
  const diff = new SessionDiff(a.items, b.items, {
    rules: new Rules(rules),
    standing: { a: a.standing, b: b.standing },
  })
  const told = [...diff.run()]
  return { told, differences: told.flatMap(({ differences }) => differences), summary: diff.summary() }
}

/** `what api path`, a line each. */
export const lines = ({ differences }: Outcome): string[] =>
  differences.map(({ what, api, kind, path, message }) => [what, api, kind, path, message].join(' | '))
