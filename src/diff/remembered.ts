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
  const made = Object.create(item, { side: { value: side } }) as Item
  originals.set(made, item)
  return made
}

const originals = new WeakMap<Item, Item>()

/** The item that a remembered one was made of, to be kept; any other item itself. */
export const originalOf = (item: Item): Item => originals.get(item) ?? item
