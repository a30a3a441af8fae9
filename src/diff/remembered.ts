/** An item whose frames are decoded once for all who ask while it is at hand. */
import type { Item, MessageKind, Side } from './model.ts'

/** The item itself in all else. Let go of it when its differences are told: its sides take memory. */
export function remembered(item: Item): Item {
  const sides = new Map<MessageKind, Side | null>()
  const side = (kind: MessageKind): Side | null => {
    let known = sides.get(kind)
    if (known === undefined) {
      known = item.side(kind)
      sides.set(kind, known)
    }
    return known
  }
  return Object.create(item, { side: { value: side } }) as Item
}
