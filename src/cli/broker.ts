/** `kafkascope broker`: the embedded broker alone, until it is told to end. */
import { Command, InvalidArgumentError } from 'commander'
import { DEFAULT_OPTIONS } from '../broker/options.ts'
import { startBroker } from '../broker/server.ts'
import { Planter } from '../bugs/planter.ts'
import { parseBug } from '../bugs/spec.ts'
import { type HostPort, parseHostPort, printHostPort } from '../proxy/address.ts'
import { API_VERSIONS_HELP, apiLimitsOf } from './api-versions-option.ts'
import { accessOf, type BrokerModes, brokerTls, saslOf, storageOf } from './broker-options.ts'
import { printedBugs, withBugOption } from './bug-option.ts'
import { CliError } from './errors.ts'
import { processIo } from './io.ts'
import { plantedBugs } from './planted-bugs.ts'
import { fileText, problemText } from './problem.ts'
import { refuseWith } from './refuse.ts'
import { interrupted } from './signals.ts'

interface Options extends BrokerModes {
  readonly listen: HostPort
  readonly partitions: number
  readonly brokers: number
  readonly quiet?: boolean
  readonly bug?: readonly string[]
  readonly replay?: string
}

const LOOPBACK: HostPort = { host: '127.0.0.1', port: 9092 }

/** As many listeners as a proxy opens for one cluster without asking. */
const MAX_NODES = 32

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

function nodeCount(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1 || value > MAX_NODES) {
    throw new InvalidArgumentError(`want 1 to ${MAX_NODES}.`)
  }
  return value
}

/** The command, to be added to the program. Its action throws CliError where the address can't be had. */
export function brokerCommand(): Command {
  const command = new Command('broker')
    .description('a Kafka broker, in memory, for trying things out')
    .option('--listen <HOST:PORT>', 'address to listen on (default: 127.0.0.1:9092)', hostPort)
    .option('--brokers <N>', 'nodes, on as many ports from the one listened on', nodeCount, 1)
    .option(
      '--partitions <N>',
      'partitions of a topic made without saying how many',
      count,
      DEFAULT_OPTIONS.numPartitions,
    )
    .option('--tls', 'TLS to clients')
    .option('--tls-cert <FILE>', 'certificate to show clients, PEM (default: one made now)')
    .option('--tls-key <FILE>', 'its key, PEM')
    .option('--tls-ca-out <FILE>', 'where to write the CA of a certificate made now (default: a new temporary file)')
    .option('--tls-client-ca <FILE>', 'clients must show a certificate of this CA, PEM')
    .option('--sasl-users <FILE>', 'clients must log in; lines of USER:PASSWORD')
    .option(
      '--sasl-mechanisms <LIST>',
      'some of PLAIN,SCRAM-SHA-256,SCRAM-SHA-512 (default: these), OAUTHBEARER (unsecured tokens)',
    )
    .option('--sasl-reauth <MS>', 'how long a login lasts (default: for ever)')
    .option('--acls <FILE>', 'who may do what; lines as in: User:alice Allow Read Topic:orders (docs/BROKER.md)')
    .option('--replay <FILE>', 'answer from a recorded session instead: pcap or pcapng')
    .option('--data <DIR>', 'keep topics, records, offsets and settings there over restarts (default: in memory only)')
    .option('--api-versions <RELEASE|FILE>', API_VERSIONS_HELP)
    .option('-q, --quiet', 'say nothing but errors')
    .action(async (options: Options) => {
      if (await printedBugs(options.bug)) return
      if (options.replay !== undefined) {
        process.exitCode = await replay(options.replay, options)
        return
      }
      await run(options)
    })
  return withBugOption(command, 'what this broker does wrong')
}

/** Answers from a recording until it is told to end. Returns the exit status. Throws CliError. */
async function replay(
  file: string,
  { listen = LOOPBACK, quiet = false, bug, brokers, ...modes }: Options,
): Promise<number> {
  const { tls, tlsCert, tlsKey, tlsCaOut, tlsClientCa, saslUsers, saslMechanisms, saslReauth } = modes
  refuseWith('broker: --replay', {
    ...{ '--bug': bug, '--brokers': brokers > 1, '--tls': tls, '--tls-cert': tlsCert, '--tls-key': tlsKey },
    ...{ '--tls-ca-out': tlsCaOut, '--tls-client-ca': tlsClientCa, '--sasl-users': saslUsers },
    ...{ '--sasl-mechanisms': saslMechanisms, '--sasl-reauth': saslReauth },
    ...{ '--api-versions': modes.apiVersions, '--data': modes.data, '--acls': modes.acls },
  })
  const { runRecording } = await import('./replay-broker.ts')
  return runRecording(file, listen, processIo(), quiet, interrupted)
}

/** Serves until it is told to end. Throws CliError. */
async function run(options: Options): Promise<void> {
  const { listen = LOOPBACK, partitions, brokers, quiet, bug } = options
  const planted = plantedBugs('broker', bug, true)
  const bugs = new Planter((bug ?? []).map(parseBug))
  const say = (line: string): void => {
    if (!quiet) process.stderr.write(`${line}\n`)
  }
  const sasl = saslOf('broker', options)
  const access = accessOf('broker', options)
  const apiLimits = options.apiVersions === undefined ? null : apiLimitsOf('broker', options.apiVersions)
  const { tls, caFile, cleanUp } = await brokerTls(options, listen)
  try {
    const storage = storageOf('broker', options, say)
    const handle = await startBroker({
      ...listen,
      nodes: brokers,
      numPartitions: partitions,
      bugs,
      log: say,
      ...(sasl && { sasl }),
      ...(access && { access }),
      ...(apiLimits && { apiLimits }),
      ...(storage && { storage }),
      ...(tls && { tls }),
    }).catch((error: Error) => {
      throw new CliError(`broker: can't listen on ${printHostPort(listen.host, listen.port)}: ${problemText(error)}`)
    })
    const places = handle.endpoints.map(({ port }) => printHostPort(handle.host, port)).join(', ')
    say(`broker: listening on ${places}${tls ? ' with TLS' : ''} (Ctrl-C ends it)`)
    if (caFile) say(`broker: the certificate was made for this run; clients must trust the CA in ${caFile}`)
    if (sasl) say(`broker: clients must log in: ${sasl.mechanisms.join(', ')}`)
    if (access) say(`broker: what clients may do is in ${fileText(options.acls!)}`)
    for (const each of planted) say(`broker: planted: ${each}`)
    await interrupted()
    await handle.close()
  } finally {
    cleanUp()
  }
}
