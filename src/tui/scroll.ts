/** How far a list is scrolled. */

/** The first row to show so that a row is in sight, and no room is wasted. */
export function scroll(top: number, index: number, rows: number, count: number): number {
  if (rows <= 0) return top
  let next = top
  if (index >= 0 && index < next) next = index
  if (index >= next + rows) next = index - rows + 1
  return Math.max(0, Math.min(next, count - rows))
}
