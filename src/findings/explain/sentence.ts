/** A sentence that a client prints about bytes, and what it tells. One file a client; `index.ts` lists them. */

/** What a sentence says in numbers and names, as far as it does. */
export interface Facts {
  readonly api?: string
  readonly apiVersion?: number
  /** Bytes read so far, and of how many, counted from behind the correlation id. */
  readonly at?: number
  readonly size?: number
  readonly wanted?: number | string
  readonly left?: number
  readonly field?: string
  /** A length, count, size or CRC as it was in the bytes, and what it should have been. */
  readonly claimed?: number | string
  readonly actual?: number | string
  readonly correlationId?: number
}

export interface Explained {
  /** As under `clients` in a finding. */
  readonly client: string
  /** What the client means: a sentence or two. */
  readonly means: string
  /** Codes of findings that stand for it, the likeliest first; the first has its entry in `docs/FINDINGS.md` shown. */
  readonly codes: readonly string[]
  readonly facts: Facts
}

export interface Sentence {
  /** In any text, a log line among others. */
  readonly pattern: RegExp
  /** For the list of what is known, and for the tests: a line with it. */
  readonly example: string
  readonly codes: readonly string[]
  /** What the groups of the pattern are, in their order. */
  readonly groups: readonly (keyof Facts)[]
  readonly means: string | ((facts: Facts) => string)
}

const NUMBERS: ReadonlySet<keyof Facts> = new Set(['apiVersion', 'at', 'size', 'left', 'correlationId'])

/** What `sentence` makes of a text; null where the text is none of it. */
export function explainBy(client: string, sentence: Sentence, text: string): Explained | null {
  const match = sentence.pattern.exec(text)
  if (!match) return null
  const facts: Record<string, number | string> = {}
  sentence.groups.forEach((name, i) => {
    const value = match[i + 1]
    if (value === undefined) return
    const number = Number(value)
    const exact = /^-?\d{1,15}$/.test(value)
    facts[name] = (NUMBERS.has(name) || exact) && !Number.isNaN(number) ? number : value
  })
  const { means, codes } = sentence
  return { client, codes, facts, means: typeof means === 'string' ? means : means(facts) }
}

/** What the four bytes of an impossible frame size are, where they begin another protocol: text for people. */
export function sizeBytes(size: number | string | undefined): string {
  const value = Number(size)
  if (!Number.isInteger(value) || value < 0x01000000) return ''
  const letters = [24, 16, 8, 0].map((shift) => (value >>> shift) & 0xff)
  if (value >>> 16 === 0x1503) return 'Its bytes begin a TLS alert: that end speaks TLS, this one does not.'
  if (value >>> 16 === 0x1603) return 'Its bytes begin a TLS handshake: that end speaks TLS, this one does not.'
  if (!letters.every((byte) => byte >= 0x20 && byte < 0x7f)) return ''
  const text = String.fromCharCode(...letters)
  const what = /^(HTTP|GET |POST|HEAD|PUT )$/.test(text) ? ': HTTP, so this is no port of a Kafka broker' : ''
  return `Its four bytes are the letters "${text}"${what}.`
}

export const SIZE_CODES = ['frame/size', 'frame/not-kafka'] as const
/** What runs out of bytes. */
export const SHORT_CODES = ['body/underflow', 'body/length', 'body/count', 'header/underflow'] as const
