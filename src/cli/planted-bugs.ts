/** The bugs that a command line names, read and described. */
import { describeBug, parseBug } from '../bugs/spec.ts'
import { CliError } from './errors.ts'
import { problemText } from './problem.ts'

/** What is planted, a line for each. Throws CliError on what can't be. `broker`: the coordinator is ours. */
export function plantedBugs(command: string, bugs: readonly string[] | undefined, broker: boolean): string[] {
  return (bugs ?? []).map((text) => {
    try {
      const spec = parseBug(text)
      if ('coordination' in spec && !broker) {
        throw new Error(`${text} is a bug of the coordinator: only the embedded broker has it`)
      }
      return describeBug(spec)
    } catch (error) {
      throw new CliError(`${command}: --bug: ${problemText(error)}`)
    }
  })
}
