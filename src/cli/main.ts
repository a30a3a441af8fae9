/** The command line: which commands there are, how errors become exit statuses. */
import { Command, CommanderError } from 'commander'
import { CliError } from './errors.ts'

interface CommandEntry {
  readonly name: string
  readonly summary: string
  readonly load: () => Promise<Command>
}

/** A command's module is loaded only when it is called: start-up counts. */
const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'proxy',
    summary: 'man in the middle: relay, decode and show the traffic between clients and brokers',
    load: async () => (await import('./proxy.ts')).proxyCommand(),
  },
  {
    name: 'read',
    summary: 'the same views of captures: pcap, pcapng, gzip, a stream',
    load: async () => (await import('./read.ts')).readCommand(),
  },
  {
    name: 'broker',
    summary: 'the embedded broker alone',
    load: async () => (await import('./broker.ts')).brokerCommand(),
  },
  {
    name: 'decode',
    summary: 'bytes to fields: one message, or many as JSON lines',
    load: async () => (await import('./decode.ts')).decodeCommand(),
  },
  {
    name: 'encode',
    summary: 'JSON to bytes',
    load: async () => (await import('./encode.ts')).encodeCommand(),
  },
  {
    name: 'report',
    summary: 'captures as one self-contained HTML page',
    load: async () => (await import('./report.ts')).reportCommand(),
  },
  {
    name: 'schema',
    summary: 'the protocol tables: list, show, import',
    load: async () => (await import('./schema.ts')).schemaCommand(),
  },
]

/** Exit statuses: 0 fine, 1 a finding of severity error was seen (set by the command), 2 bad input or command line. */
export async function main(argv: readonly string[]): Promise<void> {
  const called = COMMANDS.find((entry) => entry.name === argv[0])
  const program = new Command('kafkascope')
    .description('see every Kafka byte, what is wrong with it, and which bug made it so')
    .helpCommand(false)
  for (const entry of COMMANDS) {
    program.addCommand(entry === called ? await entry.load() : new Command(entry.name).summary(entry.summary))
  }
  strict(program)
  try {
    await program.parseAsync(argv, { from: 'user' })
  } catch (error) {
    process.exitCode = report(error)
  }
}

function strict(command: Command): void {
  command
    .exitOverride()
    .showSuggestionAfterError(false)
    .configureOutput({ outputError: () => {} })
  for (const inner of command.commands) strict(inner)
}

function report(error: unknown): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0
    // Without a command the help is the answer, on stderr.
    if (error.code !== 'commander.help') process.stderr.write(`kafkascope: ${error.message.replace(/^error: /, '')}\n`)
    return 2
  }
  if (error instanceof CliError) {
    process.stderr.write(`kafkascope: ${error.message}\n`)
    return 2
  }
  throw error
}
