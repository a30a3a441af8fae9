/** The command line: which commands there are, how errors become exit statuses. */
import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import { safe } from '../bytes/safe-text.ts'
import { CliError } from './errors.ts'
import { processIo } from './io.ts'

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
    name: 'replay',
    summary: 'the requests of a recording sent again, the answers compared',
    load: async () => (await import('./replay.ts')).replayCommand(),
  },
  {
    name: 'load',
    summary: 'drives a broker: producers, consumers that join a group one after another, latencies, losses',
    load: async () => (await import('./load.ts')).loadCommand(),
  },
  {
    name: 'conform',
    summary: 'asks a broker what a Kafka broker must do, and says where it does not',
    load: async () => (await import('./conform.ts')).conformCommand(),
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
    name: 'diff',
    summary: 'two sessions or messages, field by field and byte by byte',
    load: async () => (await import('./diff.ts')).diffCommand(),
  },
  {
    name: 'explain',
    summary: "what a client's error about bytes means, and which frames it is about",
    load: async () => (await import('./explain.ts')).explainCommand(),
  },
  {
    name: 'schema',
    summary: 'the protocol tables: list, show, import, verify',
    load: async () => (await import('./schema.ts')).schemaCommand(),
  },
]

/** Exit statuses: 0 fine, 1 a finding of severity error was seen (set by the command), 2 bad input or command line. */
export async function main(argv: readonly string[]): Promise<void> {
  try {
    await run(argv[0] === 'help' ? helpOf(argv.slice(1)) : argv)
  } catch (error) {
    process.exitCode = report(error, argv)
  }
}

function helpOf(called: readonly string[]): string[] {
  const [name] = called
  if (name !== undefined && !COMMANDS.some((entry) => entry.name === name)) {
    throw new CliError(`help: unknown command '${safe(name)}'; see kafkascope --help`)
  }
  return [...called, '--help']
}

async function run(argv: readonly string[]): Promise<void> {
  if (argv.length === 0) throw new CliError('a command is wanted; see kafkascope --help')
  const called = COMMANDS.find((entry) => entry.name === argv[0])
  const program = new Command('kafkascope')
    .description('see every Kafka byte, what is wrong with it, and which bug made it so')
    .version(ownVersion(), '-V, --version', 'the version of kafkascope')
    .helpCommand('help [command]', 'what a command does, with its options')
  for (const entry of COMMANDS) {
    program.addCommand(entry === called ? await entry.load() : new Command(entry.name).summary(entry.summary))
  }
  strict(program)
  await program.parseAsync(argv, { from: 'user' })
}

/** As package.json says; it lies two folders up from `src/cli`, three from `dist/src/cli`. */
function ownVersion(): string {
  for (const up of ['../../package.json', '../../../package.json']) {
    try {
      const { name, version } = JSON.parse(readFileSync(new URL(up, import.meta.url), 'utf8'))
      if (name === 'kafkascope') return String(version)
    } catch {
      // Not there: it is the other.
    }
  }
  return 'unknown'
}

function strict(command: Command): void {
  command
    .exitOverride()
    .showSuggestionAfterError(true)
    .configureOutput({ writeErr: () => {}, writeOut: (text) => void processIo().stdout.write(text) })
  for (const inner of command.commands) strict(inner)
}

/** One line on stderr; the exit status. */
function report(error: unknown, argv: readonly string[]): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0
    process.stderr.write(`kafkascope: ${calledName(argv)}${commanderText(error, argv)}\n`)
    return 2
  }
  if (error instanceof CliError) {
    process.stderr.write(`kafkascope: ${error.message}\n`)
    return 2
  }
  throw error
}

const calledName = (argv: readonly string[]): string =>
  COMMANDS.some(({ name }) => name === argv[0]) ? `${argv[0]}: ` : ''

function commanderText({ code, message }: CommanderError, argv: readonly string[]): string {
  // A command of commands that was called without one.
  if (code === 'commander.help') return `a command is wanted; see kafkascope ${safe(argv[0] ?? '')} --help`
  // Suggestions come on a line of their own.
  return safe(message.replace(/^error: /, '').replace(/\n(?=\(Did you mean )/, ' '))
}
