/** Options that go with others, or without: an option that is silently ignored is worse than one that is refused. */
import { CliError } from './errors.ts'

/** Options by name, as commander gives them: undefined or false where they were not given. */
type Given = Readonly<Record<string, unknown>>

const firstOf = (given: Given): string | undefined =>
  Object.entries(given).find(([, value]) => value !== undefined && value !== false)?.[0]

/** Throws CliError where one of `given` stands beside `option`: `decode: --jsonl: --api does not go with it`. */
export function refuseWith(option: string, given: Given): void {
  const name = firstOf(given)
  if (name !== undefined) throw new CliError(`${option}: ${name} does not go with it`)
}

/** Throws CliError where one of `given` stands without `wanted`: `proxy: --fields wants --json`. */
export function refuseWithout(command: string, wanted: string, given: Given): void {
  const name = firstOf(given)
  if (name !== undefined) throw new CliError(`${command}: ${name} wants ${wanted}`)
}
