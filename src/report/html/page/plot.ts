/** A scatter plot in SVG with lines for percentiles; the axis of latencies is logarithmic. */
import { clockText } from '../../format.ts'
import { svg } from './dom.ts'
import type { Domain } from './latency-view.ts'

export interface Point {
  readonly x: number
  readonly y: number
  readonly bad: boolean
  readonly title: string
  readonly open: () => void
}

const LEFT = 52
const RIGHT = 12
const TOP = 8
const BOTTOM = 22
/** Dots nearer than this are one: a plot has no more dots than it has room for. */
const GRAIN = 3
const BUCKETS = 40
/** Empty buckets over which a line still goes. */
const MAX_GAP = 5

export function plot(
  points: readonly Point[],
  domain: Domain,
  width: number,
  height: number,
  label: string,
): SVGElement {
  const { from, to, low, high } = domain
  const decades = Math.log10(high / low)
  const x = (time: number): number => LEFT + ((time - from) / (to - from)) * (width - LEFT - RIGHT)
  const y = (ms: number): number =>
    height - BOTTOM - (Math.log10(Math.max(ms, low) / low) / decades) * (height - TOP - BOTTOM)
  const picture = svg('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': label, class: 'chart' })
  for (let ms = low; ms <= high * 1.001; ms *= 10) {
    const at = y(ms)
    picture.append(svg('line', { x1: LEFT, x2: width - RIGHT, y1: at, y2: at, class: 'gridline' }))
    picture.append(svg('text', { x: LEFT - 6, y: at + 4, 'text-anchor': 'end' }, msLabel(ms)))
  }
  const ticks = width > 800 ? 6 : 2
  for (let i = 0; i <= ticks; i++) {
    const time = from + ((to - from) * i) / ticks
    const anchor = i === 0 ? 'start' : i === ticks ? 'end' : 'middle'
    picture.append(svg('text', { x: x(time), y: height - 6, 'text-anchor': anchor }, clockText(time)))
  }
  const dots = svg('g', { class: 'dots' })
  for (const point of thinned(points, x, y)) {
    const dot = svg('circle', {
      cx: x(point.x),
      cy: y(point.y),
      r: point.bad ? 3 : 2,
      class: point.bad ? 'dot bad' : 'dot',
    })
    dot.append(svg('title', {}, point.title))
    dot.addEventListener('click', point.open)
    dots.append(dot)
  }
  picture.append(dots)
  if (points.length >= 20) {
    const buckets = inBuckets(points, from, to)
    picture.append(curve(buckets, 0.5, x, y), curve(buckets, 0.99, x, y))
  }
  return picture
}

const msLabel = (ms: number): string => (ms >= 1000 ? `${Math.round(ms / 1000)} s` : `${Number(ms.toPrecision(1))} ms`)

/** One point for each place; those with errors first, so that none of them is hidden. */
function thinned(points: readonly Point[], x: (time: number) => number, y: (ms: number) => number): Point[] {
  const places = new Map<string, Point>()
  for (const point of points) {
    const place = `${Math.round(x(point.x) / GRAIN)} ${Math.round(y(point.y) / GRAIN)}`
    const known = places.get(place)
    if (!known || (point.bad && !known.bad)) places.set(place, point)
  }
  return [...places.values()].sort((a, b) => Number(a.bad) - Number(b.bad))
}

interface Bucket {
  readonly time: number
  readonly sorted: readonly number[]
}

function inBuckets(points: readonly Point[], from: number, to: number): Bucket[] {
  const values: number[][] = Array.from({ length: BUCKETS }, () => [])
  const width = (to - from) / BUCKETS
  for (const { x, y } of points) values[Math.min(BUCKETS - 1, Math.floor((x - from) / width))]!.push(y)
  const buckets = values.map((of, i) => ({ time: from + (i + 0.5) * width, sorted: of.sort((a, b) => a - b) }))
  return buckets.filter(({ sorted }) => sorted.length > 0)
}

function curve(
  buckets: readonly Bucket[],
  part: number,
  x: (time: number) => number,
  y: (ms: number) => number,
): SVGElement {
  const step = buckets.length < 2 ? 0 : Math.min(...buckets.slice(1).map(({ time }, i) => time - buckets[i]!.time))
  const path = buckets.map(({ time, sorted }, i) => {
    const value = sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)]!
    // No line is drawn over a time in which there was nothing.
    const gap = i === 0 || time - buckets[i - 1]!.time > MAX_GAP * step
    return `${gap ? 'M' : 'L'}${x(time).toFixed(1)} ${y(value).toFixed(1)}`
  })
  return svg('path', { d: path.join(''), class: part > 0.9 ? 'line p99' : 'line p50' })
}
