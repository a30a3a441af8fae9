/** A progress bar on a terminal, for files that take a while: bytes, rate, time left. */
import { sizeText } from '../report/format.ts'
import type { Sink } from './io.ts'

/** Smaller files are read before anybody has seen a bar. */
const LARGE = 20_000_000
const EVERY_MS = 200
const WIDTH = 24

export class Progress {
  private last = 0
  private readonly begun: number
  private shown = false
  private readonly stderr: Sink
  private readonly total: number

  /** `total`: bytes of all files; 0: not known, no bar. `now` in milliseconds. */
  constructor(stderr: Sink, total: number, now: number) {
    this.stderr = stderr
    this.total = total
    this.begun = now
  }

  update(position: number, now: number): void {
    if (this.total < LARGE || now - this.last < EVERY_MS || position === 0) return
    this.last = now
    this.shown = true
    const part = Math.min(1, position / this.total)
    const seconds = Math.max(0.001, (now - this.begun) / 1000)
    const left = Math.ceil((seconds / part) * (1 - part))
    const bar = '#'.repeat(Math.round(part * WIDTH)).padEnd(WIDTH, '.')
    const text = `${sizeText(position)} of ${sizeText(this.total)}  ${sizeText(position / seconds)}/s  ${left} s left`
    // Back to the line's start, and what was there erased.
    this.stderr.write(`\r\x1b[K[${bar}] ${Math.floor(part * 100)} %  ${text}`)
  }

  clear(): void {
    if (this.shown) this.stderr.write('\r\x1b[K')
    this.shown = false
  }
}
