/**
 * Two sequences of keys matched so that most of both stays in order: Myers' O(ND) difference, with a cap on N times D.
 * What is too different for it is cut at keys that both have once (patience), and what has none is paired greedily.
 */

/** `[i, j]`: the i-th of one is the j-th of the other; both ascend. */
export type Match = readonly [a: number, b: number]

/** Edits that Myers' search may find before it is given up: memory is its square, time it times the length. */
const MAX_EDITS = 600

/** Matches equal keys in order. Time and memory are bounded whatever the keys are. */
export function align(a: readonly (string | number)[], b: readonly (string | number)[]): Match[] {
  const matches: Match[] = []
  const work: Range[] = [{ a: 0, aEnd: a.length, b: 0, bEnd: b.length }]
  for (let range = work.pop(); range; range = work.pop()) {
    const rest = trimmed(range, a, b, matches)
    if (rest.a === rest.aEnd || rest.b === rest.bEnd) continue
    if (myers(rest, a, b, matches)) continue
    const anchors = patience(rest, a, b)
    if (anchors.length === 0) greedy(rest, a, b, matches)
    else for (const piece of between(rest, anchors, matches)) work.push(piece)
  }
  return matches.sort((x, y) => x[0] - y[0])
}

interface Range {
  readonly a: number
  readonly aEnd: number
  readonly b: number
  readonly bEnd: number
}

type Keys = readonly (string | number)[]

function trimmed({ a, aEnd, b, bEnd }: Range, keysA: Keys, keysB: Keys, matches: Match[]): Range {
  let [i, j, iEnd, jEnd] = [a, b, aEnd, bEnd]
  while (i < iEnd && j < jEnd && keysA[i] === keysB[j]) matches.push([i++, j++])
  while (i < iEnd && j < jEnd && keysA[iEnd - 1] === keysB[jEnd - 1]) matches.push([--iEnd, --jEnd])
  return { a: i, aEnd: iEnd, b: j, bEnd: jEnd }
}

/** Myers' greedy search. False, and no match added, where it takes more edits than are allowed. */
function myers(range: Range, keysA: Keys, keysB: Keys, matches: Match[]): boolean {
  const n = range.aEnd - range.a
  const m = range.bEnd - range.b
  const most = Math.min(n + m, MAX_EDITS)
  const furthest = new Int32Array(2 * most + 3)
  const middle = most + 1
  const trace: Int32Array[] = []
  for (let edits = 0; edits <= most; edits++) {
    trace.push(furthest.slice(middle - edits - 1, middle + edits + 2))
    for (let k = -edits; k <= edits; k += 2) {
      const down = k === -edits || (k !== edits && furthest[middle + k - 1]! < furthest[middle + k + 1]!)
      let x = down ? furthest[middle + k + 1]! : furthest[middle + k - 1]! + 1
      while (x < n && x - k < m && keysA[range.a + x] === keysB[range.b + x - k]) x++
      furthest[middle + k] = x
      if (x >= n && x - k >= m) {
        walkBack(range, trace, edits, n, m, matches)
        return true
      }
    }
  }
  return false
}

/** From the end of both back to their start: what was passed along a diagonal is matched. */
function walkBack(range: Range, trace: readonly Int32Array[], edits: number, n: number, m: number, out: Match[]): void {
  let x = n
  let y = m
  for (let d = edits; d >= 0; d--) {
    const row = trace[d]!
    const at = (k: number): number => row[k + d + 1]!
    const k = x - y
    const down = k === -d || (k !== d && at(k - 1) < at(k + 1))
    const fromK = down ? k + 1 : k - 1
    const fromX = d === 0 ? 0 : at(fromK)
    const fromY = d === 0 ? 0 : fromX - fromK
    while (x > fromX && y > fromY) out.push([range.a + --x, range.b + --y])
    x = fromX
    y = fromY
  }
}

/** Keys that both sides of the range have exactly once, in an order that both share. */
function patience({ a, aEnd, b, bEnd }: Range, keysA: Keys, keysB: Keys): Match[] {
  const once = (keys: Keys, from: number, end: number): Map<string | number, number> => {
    const places = new Map<string | number, number>()
    for (let i = from; i < end; i++) places.set(keys[i]!, places.has(keys[i]!) ? -1 : i)
    return places
  }
  const inB = once(keysB, b, bEnd)
  const common: Match[] = []
  for (const [key, i] of once(keysA, a, aEnd)) {
    const j = inB.get(key)
    if (i >= 0 && j !== undefined && j >= 0) common.push([i, j])
  }
  return ascending(common.sort((x, y) => x[0] - y[0]))
}

/** The longest run of matches whose second numbers ascend. */
function ascending(matches: readonly Match[]): Match[] {
  const tops: number[] = []
  const before = new Int32Array(matches.length).fill(-1)
  matches.forEach(([, j], index) => {
    let low = 0
    let high = tops.length
    while (low < high) {
      const half = (low + high) >> 1
      if (matches[tops[half]!]![1] < j) low = half + 1
      else high = half
    }
    if (low > 0) before[index] = tops[low - 1]!
    tops[low] = index
  })
  const found: Match[] = []
  for (let at = tops.at(-1) ?? -1; at >= 0; at = before[at]!) found.push(matches[at]!)
  return found.reverse()
}

function between(range: Range, anchors: readonly Match[], matches: Match[]): Range[] {
  const pieces: Range[] = []
  let { a, b } = range
  for (const [i, j] of anchors) {
    pieces.push({ a, aEnd: i, b, bEnd: j })
    matches.push([i, j])
    a = i + 1
    b = j + 1
  }
  pieces.push({ a, aEnd: range.aEnd, b, bEnd: range.bEnd })
  return pieces
}

/** Each takes the next of its key that is left, if that is not far ahead of where the others are. */
function greedy({ a, aEnd, b, bEnd }: Range, keysA: Keys, keysB: Keys, matches: Match[]): void {
  const places = new Map<string | number, number[]>()
  for (let j = bEnd - 1; j >= b; j--) {
    const known = places.get(keysB[j]!)
    if (known) known.push(j)
    else places.set(keysB[j]!, [j])
  }
  const far = Math.max(64, Math.abs(aEnd - a - (bEnd - b)))
  let next = b
  for (let i = a; i < aEnd; i++) {
    const left = places.get(keysA[i]!)
    while (left && left.length > 0 && left.at(-1)! < next) left.pop()
    const j = left?.at(-1)
    if (j === undefined || j - next > far) continue
    matches.push([i, j])
    next = j + 1
  }
}
