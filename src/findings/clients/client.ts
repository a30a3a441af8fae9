/** What is known of a client: which answers it reads, and in which words it reports what it can't read. */
import type { Model } from '../../schema/model.ts'

/** An answer as a client gets it. */
export interface Answer {
  readonly model: Model
  /** The frame; or, with `alone`, the body and nothing else. */
  readonly bytes: Uint8Array
  /** Where the body begins. */
  readonly start: number
  /** Where what follows the correlation id begins; below 0 where a body was given alone. */
  readonly origin: number
}

export interface ClientModel {
  /** As under `clients` in a finding: librdkafka, java, kafkajs, kafka-python, aiokafka, franz-go. */
  readonly name: string
  /** What it prints, or the part of it that is the same every time; null where it reads the answer, or nothing is sure. */
  says(answer: Answer): string | null
}

/** Versions by API key, from the lowest to the highest that the client can be talked into. */
export type Versions = Readonly<Record<number, readonly [low: number, high: number]>>

export const speaks = (versions: Versions, { apiKey, version }: Model): boolean => {
  const range = apiKey === null ? undefined : versions[apiKey]
  return range !== undefined && version >= range[0] && version <= range[1]
}
