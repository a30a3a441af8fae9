/** Where fields and all that holds them lie. */
import { parentOf } from '../codec/paths.ts'
import type { Side } from './model.ts'

export interface Extent {
  /** From the frame's first byte. */
  readonly offset: number
  readonly length: number
  /** Empty for what only holds others. */
  readonly type: string
}

export class Extents {
  private readonly known = new Map<string, { from: number; end: number; type: string }>()

  constructor(side: Side | null) {
    for (const [path, offset, length, type] of side?.leaves() ?? []) {
      this.extend(path, offset, offset + length, type)
      for (let at = parentOf(path); at !== ''; at = parentOf(at)) this.extend(at, offset, offset + length, '')
    }
  }

  /** A field with all that is in it; null where its bytes are not known. */
  of(path: string): Extent | null {
    const found = this.known.get(path)
    return found ? { offset: found.from, length: found.end - found.from, type: found.type } : null
  }

  /** As `of`, else the nearest one around it. */
  around(path: string): Extent | null {
    for (let at = path; at !== ''; at = parentOf(at)) {
      const found = this.of(at)
      if (found) return found
    }
    return null
  }

  private extend(path: string, from: number, end: number, type: string): void {
    const known = this.known.get(path)
    if (!known) this.known.set(path, { from, end, type })
    else {
      known.from = Math.min(known.from, from)
      known.end = Math.max(known.end, end)
    }
  }
}
