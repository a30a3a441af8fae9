/** A cluster as its clients see it: which broker leads a partition or coordinates a group, and connections to them. */
import { errorName } from '../../dissectors/errors.ts'
import { Connection, type ConnectionOptions } from './connection.ts'
import { ClientError } from './errors.ts'
import { type Address, addressText } from './socket.ts'

export interface PartitionInfo {
  readonly partition: number
  /** Node id; -1 while there is none. */
  readonly leader: number
  readonly errorCode: number
}

export interface TopicInfo {
  readonly name: string
  /** As Uuid prints it; null where the broker's Metadata has none (before v10). */
  readonly id: string | null
  readonly errorCode: number
  readonly partitions: readonly PartitionInfo[]
}

interface MetadataBody {
  readonly brokers: readonly { readonly nodeId: number; readonly host: string; readonly port: number }[]
  readonly controllerId?: number
  readonly topics: readonly {
    readonly name: string | null
    readonly topicId?: string
    readonly errorCode: number
    readonly partitions: readonly {
      readonly partitionIndex: number
      readonly leaderId: number
      readonly errorCode: number
    }[]
  }[]
}

interface Coordinator extends Address {
  readonly nodeId: number
  readonly errorCode: number
}
interface FindCoordinatorBody extends Coordinator {
  readonly coordinators?: readonly Coordinator[]
}

export class Cluster {
  /** By node id, as the last metadata said. */
  readonly nodes = new Map<number, Address>()
  /** Node id; -1 while nobody knows, or where Metadata does not say (v0). */
  controllerId = -1
  private readonly bootstrap: readonly Address[]
  private readonly options: ConnectionOptions
  private readonly all = new Set<Connection>()
  private control: Promise<Connection> | null = null
  private closing = false

  /** `bootstrap`: brokers to ask first, in this order. Nothing is connected yet. */
  constructor(bootstrap: readonly Address[], options: ConnectionOptions = {}) {
    this.bootstrap = bootstrap
    this.options = options
  }

  /** A new connection to an address, closed with the cluster. Rejects with ClientError. */
  async connect(address: Address, clientId?: string): Promise<Connection> {
    const options = clientId === undefined ? this.options : { ...this.options, clientId }
    const connection = await Connection.open(address, options)
    // What was under way when the cluster was closed must not keep the program from ending.
    if (this.closing) {
      connection.close()
      throw new ClientError('closed', 'this client is closed', { broker: addressText(address) })
    }
    this.all.add(connection)
    void connection.wire.closed.then(() => this.all.delete(connection))
    return connection
  }

  /** A new connection to a node that metadata named. Rejects with ClientError. */
  connectNode(nodeId: number, clientId?: string): Promise<Connection> {
    const address = this.nodes.get(nodeId)
    if (address) return this.connect(address, clientId)
    const broker = this.bootstrap.map(addressText).join(',')
    return Promise.reject(new ClientError('connect', `no metadata names node ${nodeId}`, { broker }))
  }

  /** The connection for questions about the cluster, to whichever bootstrap broker answers first. */
  async any(): Promise<Connection> {
    const known = await this.control?.catch(() => null)
    if (known?.open) return known
    this.control = this.openAny()
    return this.control
  }

  /**
   * The metadata of topics, or of all with null. A topic's own error is in its `errorCode`. `create`: the broker may
   * make topics that it does not have. Rejects with ClientError.
   */
  async metadata(topics: readonly string[] | null, create = false): Promise<TopicInfo[]> {
    const connection = await this.any()
    const version = connection.versionOf('Metadata')
    // In v0 an empty list stands for all, later null does.
    const asked = topics === null && version === 0 ? [] : (topics?.map((name) => ({ name })) ?? null)
    const { body } = await connection.call<MetadataBody>('Metadata', { topics: asked, allowAutoTopicCreation: create })
    for (const { nodeId, host, port } of body.brokers) this.nodes.set(nodeId, { host, port })
    this.controllerId = body.controllerId ?? -1
    return body.topics.map(({ name, topicId, errorCode, partitions }) => ({
      name: name ?? '',
      id: version >= 10 && topicId !== undefined ? topicId : null,
      errorCode,
      partitions: partitions
        .map(({ partitionIndex, leaderId, ...rest }) => ({
          partition: partitionIndex,
          leader: leaderId,
          errorCode: rest.errorCode,
        }))
        .sort((a, b) => a.partition - b.partition),
    }))
  }

  /** The coordinator of a group (or of a transactional id, key type 1). Rejects with ClientError; an error code too. */
  async coordinator(key: string, keyType = 0): Promise<Address & { readonly nodeId: number }> {
    const connection = await this.any()
    const asked = { key, keyType, coordinatorKeys: [key] }
    const { body, version } = await connection.call<FindCoordinatorBody>('FindCoordinator', asked)
    const found = body.coordinators ? body.coordinators[0] : body
    const place = { broker: connection.broker, request: `FindCoordinator v${version}` }
    if (!found) throw new ClientError('decode', 'the answer names no coordinator', place)
    if (found.errorCode !== 0) throw new BrokerError(found.errorCode, place)
    const { nodeId, host, port } = found
    this.nodes.set(nodeId, { host, port })
    return { nodeId, host, port }
  }

  /** Closes every connection, for good; resolves when they are gone. */
  async close(): Promise<void> {
    this.closing = true
    const all = [...this.all]
    for (const connection of all) connection.close()
    await Promise.all(all.map(({ wire }) => wire.closed))
  }

  private async openAny(): Promise<Connection> {
    let first: unknown
    // Where the bootstrap brokers are gone, those that metadata named may still be there.
    for (const address of [...this.bootstrap, ...this.nodes.values()]) {
      try {
        return await this.connect(address)
      } catch (error) {
        first ??= error
      }
    }
    throw first
  }
}

/** A broker answered, with an error code. */
export class BrokerError extends Error {
  readonly code: number
  /** `NOT_COORDINATOR` */
  readonly codeName: string

  constructor(code: number, { broker, request }: { readonly broker: string; readonly request: string }) {
    super(`${broker}: ${request}: ${errorName(code)}`)
    this.name = 'BrokerError'
    this.code = code
    this.codeName = errorName(code)
  }
}
