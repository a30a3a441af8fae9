/**
 * How the details of exchanges are stored in a piece: frames of one kind have the same names, types and places, so
 * columns are numbers of a list of texts, which is the piece's first line. That is half the text of all.
 */
import type { PackedFields } from './fields.ts'
import type { PageDetail, PageFrameDetail } from './model.ts'

interface StoredFrame {
  readonly hex: string
  readonly more: boolean
  /** Where in the list of texts each column is. */
  readonly fields: readonly number[]
}

/** The lines of a piece, to be. */
export class DetailLines {
  private readonly places = new Map<string, number>()
  private readonly stored: string[] = []

  /** Adds an exchange's line; how many characters it and its new texts have. */
  add({ request, response }: PageDetail): number {
    let added = 0
    const place = (column: string): number => {
      const known = this.places.get(column)
      if (known !== undefined) return known
      added += column.length
      this.places.set(column, this.places.size)
      return this.places.size - 1
    }
    const frame = (detail: PageFrameDetail | null): StoredFrame | null =>
      detail && { hex: detail.hex, more: detail.more, fields: detail.fields.map(place) }
    const line = JSON.stringify([frame(request), frame(response)])
    this.stored.push(line)
    return added + line.length
  }

  /** All lines, the list of texts first. */
  lines(): string[] {
    return [JSON.stringify([...this.places.keys()]), ...this.stored]
  }
}

/** The detail of the exchange at a line of a piece, counted from 0; null where there is none. */
export function readDetail(lines: readonly string[], line: number): PageDetail | null {
  const text = lines[line + 1]
  if (text === undefined) return null
  const texts = JSON.parse(lines[0]!) as string[]
  const [request, response] = JSON.parse(text) as [StoredFrame | null, StoredFrame | null]
  const frame = (stored: StoredFrame | null): PageFrameDetail | null =>
    stored && { ...stored, fields: stored.fields.map((place) => texts[place] ?? '') as unknown as PackedFields }
  return { request: frame(request), response: frame(response) }
}
