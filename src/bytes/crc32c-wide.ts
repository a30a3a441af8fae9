/**
 * The long part of a CRC-32C without tables: 64 bytes a step, in a WebAssembly module of some 300 bytes that is put
 * together here. WebAssembly has 128-bit registers and no check at each access; JavaScript has neither.
 *
 * A message keeps its CRC when a multiple of the polynomial is added to it. One such multiple has eight terms only, all
 * of them powers of x^128:
 *
 *     x^(128*79) + x^(128*78) + x^(128*67) + x^(128*61) + x^(128*21) + x^(128*8) + x^(128*4) + 1     (ends swapped)
 *
 * So a block of 16 bytes can be struck out if it is added (XOR) to the blocks that stand 4, 8, 21, 61, 67, 78 and 79
 * further on. Block after block, that leaves the last 79 blocks, which have the message's CRC. The idea is that of the
 * Chorba algorithm (Russell, 2024); this multiple was searched for, among those whose nearest tap is 4 blocks away, so
 * that four blocks don't wait for each other.
 */
import { Buffer } from 'node:buffer'

/** How many blocks further on a block is added; the nearest last, as it is the last to be known. */
const TAPS = [79, 78, 67, 61, 21, 8, 4]
const BLOCK = 16
/** Blocks a step. */
const STEP = 4
/** As far as a block can be added to, rounded up to steps. */
const REACH = 80 * BLOCK
/** Bytes brought over at a time: with what they reach they fit in a processor's first cache. */
const CHUNK = 16 * 1024

/** In the module's memory: the blocks struck out before the chunk, the chunk, and what is left at the end. */
const CHUNK_AT = REACH
const REST_AT = CHUNK_AT + CHUNK

/** Below this many bytes tables are as fast. */
export const MIN_WIDE = 3 * 1024

interface Wide {
  readonly memory: Uint8Array
  /** Adds to the blocks from `at` up to `end` what the struck-out ones add to them, of which the first is at `before`. */
  readonly fold: (at: number, before: number, end: number) => void
}

/** Node has it; the type libraries of this project do not. */
interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (
    module: object,
  ) => { readonly exports: { readonly fold: Wide['fold']; readonly memory: { readonly buffer: ArrayBuffer } } }
}

let wide: Wide | null | undefined

/**
 * Some 1.3 KB, from the start of a 4-byte word on, that have the same CRC register as the given bytes: beginning with
 * all ones there, with zero here. Null where there is no WebAssembly with 128-bit registers. For at least `MIN_WIDE`
 * bytes. The result is overwritten by the next call.
 */
export function shortened(b: Uint8Array, start: number, end: number): Uint8Array | null {
  if (wide === undefined) wide = instantiate()
  if (wide === null) return null
  const { memory, fold } = wide
  const restFrom = end - REACH - ((end - start) % (STEP * BLOCK))
  memory.fill(0, 0, CHUNK_AT)
  for (let p = start; p < restFrom; p += CHUNK) {
    const size = Math.min(CHUNK, restFrom - p)
    memory.set(b.subarray(p, p + size), CHUNK_AT)
    // All ones in the register are the same as the first 32 bits turned.
    if (p === start) for (let i = 0; i < 4; i++) memory[CHUNK_AT + i]! ^= 0xff
    fold(CHUNK_AT, 0, CHUNK_AT + size)
    memory.copyWithin(0, size, size + REACH)
  }
  // Nothing is struck out from here on.
  memory.fill(0, CHUNK_AT, CHUNK_AT + REACH)
  memory.set(b.subarray(restFrom, end), REST_AT)
  fold(REST_AT, 0, REST_AT + REACH)
  return memory.subarray(REST_AT, REST_AT + end - restFrom)
}

function instantiate(): Wide | null {
  const { WebAssembly: api } = globalThis as { readonly WebAssembly?: WebAssemblyApi }
  try {
    const { fold, memory } = new api!.Instance(new api!.Module(moduleBytes())).exports
    return { fold, memory: new Uint8Array(memory.buffer) }
  } catch {
    return null
  }
}

/**
 *     (module
 *       (memory (export "memory") 1)
 *       (func (export "fold") (param $at i32) (param $before i32) (param $end i32)
 *         (loop
 *           ;; STEP times, i from 0:
 *             (v128.store offset=16i (local.get $at)
 *               (v128.xor ... (v128.load offset=16i (local.get $at))
 *                 (v128.load offset=(REACH - 16 tap + 16i) (local.get $before)) ...))    ;; for each tap
 *           (local.set $at (i32.add (local.get $at) (i32.const 64)))
 *           (local.set $before (i32.add (local.get $before) (i32.const 64)))
 *           (br_if 0 (i32.lt_u (local.get $at) (local.get $end))))))
 */
function moduleBytes(): Uint8Array {
  const [at, before, end] = [0, 1, 2]
  const get = (local: number): number[] => [0x20, local]
  const load = (local: number, offset: number): number[] => [...get(local), 0xfd, 0x00, ALIGN_1, ...leb(offset)]
  const advance = (local: number): number[] => [...get(local), 0x41, ...leb(STEP * BLOCK, true), 0x6a, 0x21, local]
  const block = (i: number): number[] => [
    ...get(at),
    ...load(at, i * BLOCK),
    ...TAPS.flatMap((tap) => [...load(before, REACH + (i - tap) * BLOCK), 0xfd, ...leb(0x51)]),
    ...[0xfd, 0x0b, ALIGN_1, ...leb(i * BLOCK)],
  ]
  const steps = Array.from({ length: STEP }, (_, i) => block(i)).flat()
  const again = [...get(at), ...get(end), 0x49, 0x0d, 0]
  const body = [0, 0x03, 0x40, ...steps, ...advance(at), ...advance(before), ...again, 0x0b, 0x0b]
  const [i32, func] = [0x7f, 0x60]
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, func, 3, i32, i32, i32, 0]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0, 1]),
    ...section(7, [2, ...name('memory'), 2, 0, ...name('fold'), 0, 0]),
    ...section(10, [1, ...leb(body.length), ...body]),
  ])
}

/** Memory is accessed at any address. */
const ALIGN_1 = 0

const section = (id: number, contents: readonly number[]): number[] => [id, ...leb(contents.length), ...contents]
const name = (text: string): number[] => [text.length, ...Buffer.from(text)]

/** LEB128; a signed one must not end in a bit that reads as its sign. */
function leb(value: number, signed = false): number[] {
  const last = signed ? 0x40 : 0x80
  return value < last ? [value] : [(value & 0x7f) | 0x80, ...leb(value >>> 7, signed)]
}
