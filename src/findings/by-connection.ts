import type { Connection } from '../session/connection.ts'

/**
 * What a rule knows of each open connection. To be deleted when the connection is closed: a WeakMap would need no such
 * care, and costs the garbage collector more than the rules cost.
 */
export class ByConnection<T> {
  private readonly all = new Map<number, T>()

  get({ id }: Connection): T | undefined {
    return this.all.get(id)
  }

  set({ id }: Connection, value: T): void {
    this.all.set(id, value)
  }

  delete({ id }: Connection): void {
    this.all.delete(id)
  }
}
