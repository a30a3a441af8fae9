/** `--bug NAME`, for commands that can plant bugs in answers. */
import type { Command } from 'commander'
import { describeBug, listBugs, parseBug } from '../bugs/spec.ts'
import { CliError } from './errors.ts'
import { processIo, writeLine } from './io.ts'
import { problemText } from './problem.ts'

const HELP = `
Bugs: NAME[:Api[:version]][:field.path], as in missing-field:Metadata:9-12:brokers.host. The version is one or a range,
the path is * for every field that can have the bug; what is left out is the bug's usual, which --bug list shows.`

/** Adds the option, which may be given several times. */
export function withBugOption(command: Command, where: string): Command {
  const collect = (text: string, before: readonly string[] = []): string[] => [...before, text]
  return command
    .option('--bug <NAME>', `${where}: plant a known bug in answers; repeatable; list says which there are`, collect)
    .addHelpText('after', HELP)
}

/** Where the list is asked for, prints it: then there is nothing else to do. */
export async function printedBugs(bugs: readonly string[] | undefined): Promise<boolean> {
  if (!bugs?.includes('list')) return false
  await writeLine(processIo().stdout, listBugs().join('\n'))
  return true
}

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
