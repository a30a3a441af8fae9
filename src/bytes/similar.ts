/** The name that somebody may have meant. */

/** How many letters may be missing, wrong, doubled or swapped. */
const MAX_DISTANCE = 3

/** The known name nearest to a given one, cases aside; null where none is near. */
export function similarTo(given: string, known: Iterable<string>): string | null {
  const wanted = given.toLowerCase()
  if (wanted.length > 64) return null
  let best: string | null = null
  let least = Math.min(MAX_DISTANCE, Math.max(1, Math.floor(wanted.length / 4))) + 1
  for (const name of known) {
    if (Math.abs(name.length - wanted.length) >= least) continue
    const far = distance(wanted, name.toLowerCase())
    if (far >= least) continue
    best = name
    least = far
  }
  return best
}

/** Letters to add, drop, change or swap with their neighbour to make one word of the other. */
function distance(a: string, b: string): number {
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, before[j - 2]! + 1)
      row.push(cost)
    }
    before = last
    last = row
  }
  return last[b.length]!
}
