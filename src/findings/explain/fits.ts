/** Which of what a session saw fits a client's error. */

import { apiKeyOf } from '../../codec/messages.ts'
import { withoutIndexes } from '../../codec/paths.ts'
import type { Exchange } from '../../session/exchange.ts'
import type { Finding } from '../finding.ts'
import { plainText } from './index.ts'
import type { Explained } from './sentence.ts'

/**
 * `exact`: the client prints these very words of it. `likely`: what the error says of it (API, version, size, correlation id,
 * values) is so. `possible`: it is the kind of finding, and nothing speaks against it.
 */
export type Fit = 'exact' | 'likely' | 'possible'

const RANK: Readonly<Record<Fit, number>> = { exact: 3, likely: 2, possible: 1 }

/** Higher fits better. */
export const fitRank = (fit: Fit): number => RANK[fit]

/** Size field and correlation id: where clients' own buffers begin. */
const BEFORE = 8

/** How well a finding, in an exchange or alone, fits a text and what it was explained to say; null where it does not. */
export function fitOf(text: string, said: Explained, finding: Finding, exchange: Exchange | null): Fit | null {
  const own = finding.clients?.[said.client]
  if (own !== undefined && spoken(text).includes(own)) return contradicts(said, finding, exchange) ? null : 'exact'
  if (!said.codes.includes(finding.code) || contradicts(said, finding, exchange)) return null
  const { api, claimed, size, field } = said.facts
  const agrees =
    (api !== undefined && exchange !== null && size !== undefined) ||
    (claimed !== undefined && claims(finding, claimed)) ||
    (field !== undefined && withoutIndexes(finding.path).endsWith(String(field)))
  return agrees ? 'likely' : 'possible'
}

/** librdkafka names the function and the line in which it stopped, which differ from release to release. */
const spoken = (text: string): string => plainText(text).replace(/ \((?:rd_)?\w+:\d+\)/g, '')

const claims = (finding: Finding, value: number | string): boolean =>
  [finding, ...finding.causes].some((each) => {
    const evidence = 'evidence' in each ? each.evidence : undefined
    return evidence?.claimed === value || evidence?.actual === value
  })

/** Whether the error says something that is not so of this answer. */
function contradicts({ facts }: Explained, finding: Finding, exchange: Exchange | null): boolean {
  const { api, apiVersion, size, correlationId } = facts
  const version = exchange?.apiVersion ?? finding.apiVersion
  if (api !== undefined) {
    // kafkajs has names of its own, which are not known here.
    const key = apiKeyOf(api.replaceAll('_', ''))
    const other = exchange ? exchange.apiKey : finding.api === undefined ? key : apiKeyOf(finding.api)
    if (key !== null && key !== other) return true
  }
  if (apiVersion !== undefined && version !== undefined && version !== apiVersion) return true
  if (correlationId !== undefined && exchange && exchange.correlationId !== correlationId) return true
  const bytes = exchange?.response?.size
  // What follows the correlation id; kafka-python counts a body alone.
  if (size !== undefined && api !== undefined && bytes !== undefined && bytes - BEFORE !== size) return true
  return false
}
