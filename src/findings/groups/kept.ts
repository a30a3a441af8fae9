import type { Generation } from './group.ts'

/** Bytes of frames whose lists of members and assignments are kept. */
const MAX_KEPT = 8 * 1024 * 1024

/** The generations whose lists are kept, with the bytes of the frames that these came in; the oldest goes first. */
export class Kept {
  private readonly sizes = new Map<Generation, number>()
  private bytes = 0

  /** Makes room for lists from a frame of so many bytes; false where they take more than there is for all. */
  keep(generation: Generation, bytes: number): boolean {
    this.sizes.set(generation, (this.sizes.get(generation) ?? 0) + bytes)
    this.bytes += bytes
    while (this.bytes > MAX_KEPT) {
      const oldest = this.sizes.keys().next().value!
      this.drop(oldest)
      oldest.list = null
      oldest.sent = null
      if (oldest === generation) return false
    }
    return true
  }

  /** Nobody asks for the generation any more. */
  drop(generation: Generation | null): void {
    if (!generation) return
    this.bytes -= this.sizes.get(generation) ?? 0
    this.sizes.delete(generation)
  }
}
