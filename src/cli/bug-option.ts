/**
 * `--bug NAME`, for commands that can plant bugs in answers. All kinds of bugs are loaded only where one is wanted: every
 * start of the proxy has the option.
 */
import type { Command } from 'commander'
import { processIo, writeLine } from './io.ts'

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
  const { listBugs } = await import('../bugs/spec.ts')
  await writeLine(processIo().stdout, listBugs().join('\n'))
  return true
}
