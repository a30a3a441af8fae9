/** Numbers as people read them. */

/** `12:01:07.418`, local time of a time in microseconds. */
export function clockText(micros: number): string {
  const date = new Date(Math.floor(micros / 1000))
  const part = (value: number, width = 2): string => String(value).padStart(width, '0')
  const time = `${part(date.getHours())}:${part(date.getMinutes())}:${part(date.getSeconds())}`
  return `${time}.${part(date.getMilliseconds(), 3)}`
}

const UNITS = ['kB', 'MB', 'GB', 'TB'] as const

/** `41 B`, `1.2 kB`, `35 MB`: powers of 1000. */
export function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  let value = bytes / 1000
  let unit = 0
  // 999.95 would be printed as 1000.
  for (; value >= 999.5 && unit < UNITS.length - 1; unit++) value /= 1000
  return `${value < 9.95 ? value.toFixed(1) : value.toFixed(0)} ${UNITS[unit]}`
}

/** Milliseconds with two digits after the point; with none from 1000 on. */
export const msText = (ms: number): string => (ms < 1000 ? ms.toFixed(2) : ms.toFixed(0))

/** `1,204`. */
export const countText = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ',')

/** `1 error`, `2 errors`. */
export const plural = (count: number, noun: string): string => `${countText(count)} ${noun}${count === 1 ? '' : 's'}`
