import type { Versions } from './model.ts'

/** The end of an open range, as org.apache.kafka.message.Versions has it. */
export const OPEN = 32767

export const NONE: Versions = { low: 0, high: -1 }

/** Reads `none`, `3`, `0-4`, `2+`. Throws on anything else. */
export function parseVersions(text: string): Versions {
  if (text === 'none') return NONE
  const match = /^(\d+)(?:(\+)|-(\d+))?$/.exec(text.trim())
  if (!match) throw new Error(`versions "${text}": want none, N, N-M or N+`)
  const low = Number(match[1])
  return { low, high: match[2] ? OPEN : match[3] === undefined ? low : Number(match[3]) }
}

export function printVersions(versions: Versions): string {
  if (isNone(versions)) return 'none'
  if (versions.high === OPEN) return `${versions.low}+`
  return versions.low === versions.high ? `${versions.low}` : `${versions.low}-${versions.high}`
}

export const isNone = (versions: Versions): boolean => versions.high < versions.low

export const includes = (versions: Versions, version: number): boolean =>
  version >= versions.low && version <= versions.high
