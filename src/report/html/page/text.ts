/** Numbers and names as the page shows them. */
import { safe } from '../../../bytes/safe-text.ts'
import type { Finding, Severity } from '../../../findings/finding.ts'
import { msText, sizeText } from '../../format.ts'
import type { PageFrame, PageRow } from '../model.ts'

export const ms = (value: number | null): string => (value === null ? '–' : msText(value))
export const size = (frame: PageFrame | null): string => (frame ? sizeText(frame.size) : '–')
export const timeOf = (row: PageRow): number => row.request?.time ?? row.response?.time ?? 0
export const client = (id: string | null): string => (id === null ? '(no client id)' : id === '' ? '(empty)' : safe(id))

export const MARKS: Readonly<Record<Severity, string>> = { error: '✕', warning: '!', note: 'i' }
const RANK: Readonly<Record<Severity, number>> = { error: 2, warning: 1, note: 0 }

export const isGraver = (a: Severity, b: Severity): boolean => RANK[a] > RANK[b]

/** The gravest finding; null without any. */
export function worst(findings: readonly Finding[]): Finding | null {
  let found: Finding | null = null
  for (const finding of findings) if (!found || isGraver(finding.severity, found.severity)) found = finding
  return found
}

/** Which frame a finding speaks of. */
export function sideOf({ kind }: Finding, row: PageRow): 'request' | 'response' {
  if (kind === 'request' || kind === 'response') return kind
  return row.response ? 'response' : 'request'
}

export function durationText(micros: number): string {
  const seconds = micros / 1e6
  if (seconds < 1) return `${(micros / 1000).toFixed(1)} ms`
  if (seconds < 120) return `${seconds.toFixed(seconds < 10 ? 2 : 1)} s`
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`
  return `${(seconds / 3600).toFixed(1)} h`
}

/** `2025-11-03 22:23:46`, local time. */
export function dateText(micros: number): string {
  const date = new Date(micros / 1000)
  const part = (value: number): string => String(value).padStart(2, '0')
  const day = `${date.getFullYear()}-${part(date.getMonth() + 1)}-${part(date.getDate())}`
  return `${day} ${part(date.getHours())}:${part(date.getMinutes())}:${part(date.getSeconds())}`
}
