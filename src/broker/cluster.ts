/**
 * The nodes of an embedded cluster: listeners of one process over one state. Who leads a partition and who coordinates
 * a group follows from names alone, so all nodes agree, also after a restart.
 */
import { offsetsPartition } from './offsets.ts'

/** Where clients are told to connect to. */
export interface Endpoint {
  readonly host: string
  readonly port: number
}

/** As brokers are named in answers: `nodeId` here, `brokerId` in DescribeCluster. */
export type Node = {
  /** 1, 2, 3... */
  readonly nodeId: number
  readonly host: string
  readonly port: number
}

export class Cluster {
  readonly nodes: readonly Node[]

  /** One node for each endpoint; at least one. */
  constructor(endpoints: readonly Endpoint[]) {
    this.nodes = endpoints.map(({ host, port }, i) => ({ nodeId: i + 1, host, port }))
  }

  /** KRaft tells any broker where a controller is asked for; here it is always the first. */
  get controller(): Node {
    return this.nodes[0]!
  }

  node(nodeId: number): Node | undefined {
    return this.nodes[nodeId - 1]
  }

  /** Ids of a partition's replicas, its leader first: neighbouring partitions are led by different nodes. */
  replicas(topic: string, partition: number, count: number): number[] {
    const { length } = this.nodes
    const first = offsetsPartition(topic) + partition
    return Array.from({ length: Math.min(count, length) }, (_, i) => ((first + i) % length) + 1)
  }

  /** Of a group or a transactional id: the leader of its partition of the topic that would keep it. */
  coordinator(key: string): Node {
    return this.nodes[offsetsPartition(key) % this.nodes.length]!
  }

  /** Why these nodes can't be a partition's replicas; null where they can. */
  assignmentProblem(brokerIds: readonly number[]): string | null {
    if (brokerIds.length === 0) return 'The manual partition assignment includes an empty replica list.'
    if (new Set(brokerIds).size !== brokerIds.length) return 'The replica assignment names a broker twice.'
    const unknown = brokerIds.find((id) => !this.node(id))
    return unknown === undefined ? null : `The replica assignment names broker ${unknown}, which is not there.`
  }
}
