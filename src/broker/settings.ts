/**
 * What administrators have set while the broker runs: configuration of brokers, groups and client metrics (that of topics
 * is kept with each), client quotas and SCRAM credentials. All of it is kept, not all of it has an effect.
 */
import { GROUP_CONFIGS } from './group-configs.ts'
import { Telemetry } from './telemetry.ts'

export type Values = Map<string, string>

/** Of one user and mechanism, as AlterUserScramCredentials brings it. */
export interface ScramCredential {
  readonly iterations: number
  readonly salt: Uint8Array
  readonly saltedPassword: Uint8Array
}

/** Entities, resources and users that are kept at most, each. */
export const MAX_KEPT = 10_000

export class Settings {
  /** Of all brokers (an empty resource name), and of this one. */
  readonly cluster: Values = new Map()
  readonly broker: Values = new Map()
  readonly groups = new Map<string, Values>()
  readonly metrics = new Map<string, Values>()
  /** Of the one logger that is shown. */
  rootLevel = 'INFO'
  /** Features that were given another level than the newest (KIP-584). */
  readonly features = new Map<string, number>()
  /** Clients that may send metrics. */
  readonly telemetry = new Telemetry()
  /** By entity, as `entityKey` of `quotas.ts` names it. */
  readonly quotas = new Map<string, Map<string, number>>()
  /** By user, then by mechanism: 1 SCRAM-SHA-256, 2 SCRAM-SHA-512. */
  readonly scram = new Map<string, Map<number, ScramCredential>>()
  private readonly heartbeatIntervalMs: number

  /** `heartbeatIntervalMs`: of groups that were given no other. */
  constructor(heartbeatIntervalMs: number) {
    this.heartbeatIntervalMs = heartbeatIntervalMs
  }

  /** What holds for all groups that were not given another value. */
  groupDefault(name: string): string {
    if (name.endsWith('.heartbeat.interval.ms')) return String(this.heartbeatIntervalMs)
    return GROUP_CONFIGS.find((each) => each.name === name)?.default ?? ''
  }

  /** A group's setting. */
  ofGroup(groupId: string, name: string): string {
    return this.groups.get(groupId)?.get(name) ?? this.groupDefault(name)
  }
}
