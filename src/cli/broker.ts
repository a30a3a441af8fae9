/** `kafkascope broker`: the embedded broker alone, until it is told to end. */
import { Command, InvalidArgumentError } from 'commander'
import { DEFAULT_OPTIONS } from '../broker/options.ts'
import { startBroker } from '../broker/server.ts'
import { Planter } from '../bugs/planter.ts'
import { parseBug } from '../bugs/spec.ts'
import { type HostPort, parseHostPort, printHostPort } from '../proxy/address.ts'
import { plantedBugs, printedBugs, withBugOption } from './bug-option.ts'
import { CliError } from './errors.ts'
import { problemText } from './problem.ts'

interface Options {
  readonly listen: HostPort
  readonly partitions: number
  readonly quiet?: boolean
  readonly bug?: readonly string[]
}

/** `HOST:PORT`, `[::1]:9092`, or `:9092` for loopback. Throws commander's InvalidArgumentError. */
function hostPort(text: string): HostPort {
  const address = parseHostPort(text)
  if (!address) throw new InvalidArgumentError('want HOST:PORT, as in 127.0.0.1:9092.')
  return address
}

function count(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1 || value > 1000) throw new InvalidArgumentError('want 1 to 1000.')
  return value
}

/** Resolves at SIGINT or SIGTERM. */
const interrupted = (): Promise<void> =>
  new Promise((resolve) => {
    process.once('SIGINT', () => resolve())
    process.once('SIGTERM', () => resolve())
  })

/** The command, to be added to the program. Its action throws CliError where the address can't be had. */
export function brokerCommand(): Command {
  const command = new Command('broker')
    .description('an in-memory Kafka broker of one node, for trying things out; no transactions, SASL or TLS yet')
    .option('--listen <HOST:PORT>', 'address to listen on (default: 127.0.0.1:9092)', hostPort)
    .option(
      '--partitions <N>',
      'partitions of a topic made without saying how many',
      count,
      DEFAULT_OPTIONS.numPartitions,
    )
    .option('-q, --quiet', 'say nothing but errors')
    .action(async ({ listen = { host: '127.0.0.1', port: 9092 }, partitions, quiet, bug }: Options) => {
      if (await printedBugs(bug)) return
      const planted = plantedBugs('broker', bug, true)
      const bugs = new Planter((bug ?? []).map(parseBug))
      const say = (line: string): void => {
        if (!quiet) process.stderr.write(`${line}\n`)
      }
      const handle = await startBroker({ ...listen, numPartitions: partitions, bugs, log: say }).catch(
        (error: Error) => {
          throw new CliError(
            `broker: can't listen on ${printHostPort(listen.host, listen.port)}: ${problemText(error)}`,
          )
        },
      )
      say(`broker: listening on ${printHostPort(handle.host, handle.port)} (Ctrl-C ends it)`)
      for (const each of planted) say(`broker: planted: ${each}`)
      await interrupted()
      await handle.close()
    })
  return withBugOption(command, 'what this broker does wrong')
}
