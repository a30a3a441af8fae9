/** Requests and answers of whatever API, where only some of their fields are looked at. */
import type { Answer, Outcome } from './api.ts'

export type Value = { readonly [field: string]: unknown }

/** '' for what is no text. */
export const text = (value: unknown): string => (typeof value === 'string' ? value : '')
/** None for what is no array. */
export const items = (value: unknown): readonly Value[] => (Array.isArray(value) ? (value as readonly Value[]) : [])
export const texts = (value: unknown): string[] => items(value).map(text)
export const numbers = (value: unknown): number[] => items(value).map(Number)

/** A topic as it was asked for, by name or id, every partition with the error, and with `more`. */
export const failedTopic = (
  error: number,
  { name, topicId, partitions, partitionIndexes }: Value,
  more: Answer = {},
): Answer => ({
  ...(name !== undefined && { name: text(name) }),
  ...(topicId !== undefined && { topicId: text(topicId) }),
  partitions: items(partitions ?? partitionIndexes).map((each) => ({
    partitionIndex: Number(each.partitionIndex ?? each),
    errorCode: error,
    ...more,
  })),
})

/** Topics of AddPartitionsToTxn; `problem` gives an error code of each partition. */
export const failedTxnTopics = (topics: unknown, problem: (name: string, partition: number) => number): Answer[] =>
  items(topics).map(({ name, partitions }) => ({
    name: text(name),
    resultsByPartition: numbers(partitions).map((partitionIndex) => ({
      partitionIndex,
      partitionErrorCode: problem(text(name), partitionIndex),
    })),
  }))

/** Changes an answer, where one is given. */
export function changed(
  outcome: Outcome | Promise<Outcome>,
  change: (answer: Answer) => Outcome,
): Outcome | Promise<Outcome> {
  if (outcome instanceof Promise) return outcome.then((each) => changed(each, change))
  return outcome === null || outcome === 'close' ? outcome : change(outcome)
}
