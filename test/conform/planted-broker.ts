/** The embedded broker with bugs that can be changed while it runs: checks of one run meet one bug after another. */
import { type BrokerHandle, startBroker } from '../../src/broker/server.ts'
import type { Planted } from '../../src/bugs/bug.ts'
import { Planter } from '../../src/bugs/planter.ts'
import { parseBug } from '../../src/bugs/spec.ts'
import { type Result, runConform } from '../../src/conform/run.ts'

const NONE = new Planter([])

class Changing extends Planter {
  now = NONE
  /** Answers that went out otherwise than they were made. */
  changed = 0

  constructor() {
    super([])
  }

  override wants(apiKey: number, version: number): boolean {
    return this.now.wants(apiKey, version)
  }

  override plant(bytes: Uint8Array, apiKey: number, version: number): Planted {
    const planted = this.now.plant(bytes, apiKey, version)
    if (planted !== bytes) this.changed++
    return planted
  }
}

export interface PlantedBroker {
  readonly handle: BrokerHandle
  /** Runs the checks whose ids `wants` takes, with this bug (as on the command line) or none. */
  check(bug: string | null, wants: (id: string) => boolean): Promise<{ results: readonly Result[]; changed: number }>
}

export async function plantedBroker(): Promise<PlantedBroker> {
  const bugs = new Changing()
  const handle = await startBroker({ bugs, initialRebalanceDelayMs: 0 })
  return {
    handle,
    async check(bug, wants) {
      bugs.now = bug === null ? NONE : new Planter([parseBug(bug)])
      bugs.changed = 0
      const address = { host: handle.host, port: handle.port }
      const { results } = await runConform({ address, connection: { requestTimeoutMs: 1500 }, seed: 1, wants })
      bugs.now = NONE
      return { results, changed: bugs.changed }
    },
  }
}
