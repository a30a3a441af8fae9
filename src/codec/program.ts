/**
 * Decoders are programs: a message at one version is a list of int32s, one instruction per field, and one loop runs
 * them all. Every frame of whatever kind warms that loop, so a rare message is read as fast as a common one. Generated code
 * is twice as fast for a few dozen messages that are always hot (bench/codec.js, real traffic), and several times slower
 * where hundreds take turns (the vectors), for V8 has to warm each function by itself.
 */
import { i16, i32, u8 } from '../bytes/read.ts'
import { STRIDE } from '../bytes/spans.ts'
import { validUtf8 } from '../bytes/utf8.ts'
import { NodeKind, nodeOf } from '../schema/node.ts'
import type { Run, TagPlan } from './run.ts'

/**
 * The instructions, each with its operands; what is marked with an asterisk is where in the program to go on. The numbers
 * stand in the switch of `execute` as literals: V8 jumps by a table of literals, and compares names one by one.
 */
export const OP = {
  /** node: returns. */
  end: 0,
  /** node, width: a field of fixed width. */
  fixed: 1,
  /** node, width. */
  bool: 2,
  /** node, prefix, nullable, unit, text: a length and as many bytes; a count and as many numbers of `unit` bytes. */
  sized: 3,
  /** node, prefix, nullable, *when empty: a count; what follows reads one element, and ends with `again`. */
  array: 4,
  /** node, *next element: the end of an element and, with the last, of the array. */
  again: 5,
  /** node: the begin of a struct. */
  open: 6,
  /** node, marker: the end of a struct without tag buffer, and of the marker of so many bytes in front of it. */
  close: 7,
  /** node, plan, marker: a tag buffer, and with it the end of its struct. */
  tagsClose: 8,
  /** node, prefix, *when absent: the marker of a nullable struct. */
  optional: 9,
} as const

/** How a length is written, in bytes; a compact one is an unsigned varint, one higher than the length. */
export const COMPACT = 0

export interface Program {
  readonly code: Int32Array
  readonly plans: readonly TagPlan[]
}

/** Longer strings are refused by Kafka's readers, since their lengths once had 16 bits. */
const MAX_STRING = 32767
const STOPPED = -2

/**
 * Runs a program from `pc` over bytes `p` to `e` and returns the offset after what it read, or -1 where it stopped (see
 * `Run`). Containers that are open lie on the stack of `c`: of a struct the place of its line, of an array that and the
 * number of elements that are to come. Every instruction has a node, of the line that it adds or ends: what is full is said
 * by it.
 */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: V8 inlines so much and no more; with the lines written by calls it took 1.4 times as long
export function execute({ code, plans }: Program, pc: number, b: Uint8Array, p: number, e: number, c: Run): number {
  const { t, stack } = c
  let d = t.data
  let last = d.length - STRIDE
  let n = t.used
  let top = c.depth
  for (;;) {
    if (n > last) {
      t.used = n
      if (c.room(STRIDE, code[pc + 1]!, p) === null) return -1
      d = t.data
      last = d.length - STRIDE
    }
    switch (code[pc]) {
      case 0: // end
        t.used = n
        return p
      case 1: {
        const width = code[pc + 2]!
        if (p + width > e) return runOut(c, n, code[pc + 1]!, p, width, e)
        d[n] = code[pc + 1]!
        d[n + 1] = p
        d[n + 2] = width
        d[n + 3] = (n >> 2) + 1
        n += STRIDE
        p += width
        pc += 3
        break
      }
      case 2: // bool
        if (p >= e) return runOut(c, n, code[pc + 1]!, p, 1, e)
        if (u8(b, p) > 1) oddBoolean(c, n, code[pc + 1]!, p)
        n = addLine(d, n, code[pc + 1]!, p++, 1)
        pc += 2
        break
      case 3: {
        t.used = n
        const q = endOfSized(b, p, e, c, code, pc)
        if (q < 0) return -1
        d[n] = code[pc + 1]!
        d[n + 1] = p
        d[n + 2] = q - p
        d[n + 3] = (n >> 2) + 1
        n += STRIDE
        p = q
        pc += 6
        break
      }
      case 4: {
        t.used = n
        const count = countAt(b, p, e, c, code, pc)
        if (count === STOPPED) return -1
        if (count > 0) {
          stack[top++] = n
          stack[top++] = count
        }
        n = addLine(d, n, code[pc + 1]!, p, count > 0 ? -1 : c.p - p)
        p = c.p
        pc = count > 0 ? pc + 5 : code[pc + 4]!
        break
      }
      case 5: // again
        if (--stack[top - 1]! > 0) pc = code[pc + 2]!
        else {
          top -= 2
          closeLine(d, stack[top]!, n, p, 0)
          pc += 3
        }
        break
      case 6: // open
        stack[top++] = n
        d[n] = code[pc + 1]!
        d[n + 1] = p
        d[n + 2] = -1
        d[n + 3] = (n >> 2) + 1
        n += STRIDE
        pc += 2
        break
      case 7: // close
        closeLine(d, stack[--top]!, n, p, code[pc + 2]!)
        pc += 3
        break
      case 8: // tagsClose
        if (p < e && u8(b, p) === 0) {
          d[n] = code[pc + 1]!
          d[n + 1] = p
          d[n + 2] = 1
          d[n + 3] = (n >> 2) + 1
          n += STRIDE
          p++
        } else {
          t.used = n
          p = c.tags(b, p, e, plans[code[pc + 2]!]!, top)
          if (p < 0) return -1
          d = t.data
          last = d.length - STRIDE
          n = t.used
        }
        closeLine(d, stack[--top]!, n, p, code[pc + 3]!)
        pc += 4
        break
      default: {
        // optional
        if (p >= e) return runOut(c, n, code[pc + 1]!, p, 1, e)
        const absent = isAbsent(u8(b, p), code[pc + 2]!)
        if (absent) n = addLine(d, n, code[pc + 1]!, p, 1)
        p++
        pc = absent ? code[pc + 3]! : pc + 4
      }
    }
  }
}

/** Writes a line at int32 `n` and returns the place of the next. A container has length -1 until it is closed. */
function addLine(d: Int32Array, n: number, node: number, offset: number, length: number): number {
  d[n] = node
  d[n + 1] = offset
  d[n + 2] = length
  d[n + 3] = (n >> 2) + 1
  return n + STRIDE
}

/** Ends the container whose line is at `at` before offset `p` and line `n`; a marker in front becomes part of it. */
function closeLine(d: Int32Array, at: number, n: number, p: number, marker: number): void {
  const start = d[at + 1]! - marker
  d[at + 1] = start
  d[at + 2] = p - start
  d[at + 3] = n >> 2
}

/** The bytes end within what wants `wanted` of them. */
function runOut(c: Run, n: number, node: number, p: number, wanted: number, e: number): -1 {
  c.t.used = n
  return c.underflow(node, p, wanted, e)
}

function oddBoolean(c: Run, n: number, node: number, p: number): void {
  c.t.used = n
  c.flaw('boolean', p, 1, node)
}

/** A nullable struct is there unless its marker is negative (an int8) or zero (a varint, in a tag). */
const isAbsent = (marker: number, prefix: number): boolean => (prefix === COMPACT ? marker === 0 : marker > 127)

/** The offset after contents that begin with their length; -1 where they don't fit. */
function endOfSized(b: Uint8Array, p: number, e: number, c: Run, code: Int32Array, pc: number): number {
  const length = lengthAt(b, p, e, c, code, pc)
  if (length < 0) return length === STOPPED ? -1 : c.p
  const q = c.p
  const unit = code[pc + 4]!
  if (length * unit > e - q) return tooLong(p, q, e, c, code, pc, length)
  if (code[pc + 5] === 1) {
    if (length > MAX_STRING) c.flaw('string-size', p, q - p, code[pc + 1]!, length, MAX_STRING)
    if (!validUtf8(b, q, q + length)) c.flaw('utf8', q, length, code[pc + 1]!)
  }
  return q + length * unit
}

function tooLong(p: number, q: number, e: number, c: Run, code: Int32Array, pc: number, length: number): -1 {
  const node = code[pc + 1]!
  const unit = code[pc + 4]!
  if (length > e - q)
    return c.stop(nodeOf(node).kind === NodeKind.fixedArray ? 'count' : 'length', node, p, q - p, length, e - q)
  // The count is possible, had the elements a byte each: the bytes end within an element.
  const rest = (e - q) % unit
  return c.stop('underflow', node, e - rest, rest, unit, rest)
}

/** As `lengthAt`; a count that is higher than the bytes that are left stops, too. */
function countAt(b: Uint8Array, p: number, e: number, c: Run, code: Int32Array, pc: number): number {
  const count = lengthAt(b, p, e, c, code, pc)
  if (count <= e - c.p) return count
  c.stop('count', code[pc + 1]!, p, c.p - p, count, e - c.p)
  return STOPPED
}

/**
 * Reads the length or count of the instruction at `pc`: -1 for null, `STOPPED` where there is none. `c.p` is the offset
 * after it.
 */
function lengthAt(b: Uint8Array, p: number, e: number, c: Run, code: Int32Array, pc: number): number {
  const width = code[pc + 2]!
  let length = 0
  if (width === COMPACT) {
    if (p < e && u8(b, p) < 0x80) {
      length = u8(b, p) - 1
      c.p = p + 1
    } else {
      const raw = c.uv(b, p, e, code[pc + 1]!)
      if (raw < 0) return STOPPED
      length = raw - 1
    }
  } else {
    if (p + width > e) {
      c.underflow(code[pc + 1]!, p, width, e)
      return STOPPED
    }
    length = width === 2 ? i16(b, p) : i32(b, p)
    c.p = p + width
  }
  if (length >= 0) return length
  if (length < -1) c.flaw('negative', p, width, code[pc + 1]!, length, -1)
  else if (code[pc + 3] === 0) c.flaw('null', p, c.p - p, code[pc + 1]!)
  return -1
}
