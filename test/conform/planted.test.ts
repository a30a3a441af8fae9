/**
 * Each bug that can be planted is caught by a check that names it: planted in every API that the embedded broker has and
 * the bug can be in, at its newest such version, that version's check fails.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { HANDLERS } from '../../src/broker/handlers/index.ts'
import { startBroker } from '../../src/broker/server.ts'
import type { Bug } from '../../src/bugs/bug.ts'
import { COORDINATION_BUGS } from '../../src/bugs/coordination.ts'
import { BUGS } from '../../src/bugs/kinds/index.ts'
import { Planter } from '../../src/bugs/planter.ts'
import { parseBug } from '../../src/bugs/spec.ts'
import { apiName, responseMessage } from '../../src/codec/messages.ts'
import { runConform } from '../../src/conform/run.ts'
import { type PlantedBroker, plantedBroker } from './planted-broker.ts'

let broker: PlantedBroker
beforeAll(async () => {
  broker = await plantedBroker()
})
afterAll(() => broker.handle.close())

/** What has no cause is named by the check's own words. */
const WORDS: Readonly<Record<string, RegExp>> = {
  'http-answer': /not speak Kafka here, but HTTP/,
  'no-answer': /no answer within/,
  'closed-connection': /closed the connection/,
}

/** Where a bug makes what another one makes as well, so that it is told by a field that tells it. */
const TELLING: Readonly<Record<string, string>> = { 'doubled-field': 'doubled-field:JoinGroup:leader' }

/** An integer in the other byte order reads well: its value alone is odd, and zero has none. */
const ODD_VALUES = 'little-endian'

/** Where the bytes of the broken answer are those of a sound one, which says something else. */
const READS_WELL: Readonly<Record<string, readonly string[]>> = {
  'swapped-fields': ['api/DescribeCluster/v2', 'api/ShareFetch/v2'],
  // A list that is empty, and null where it may be.
  'compact-off-by-one': ['api/DescribeClientQuotas/v1'],
}

const APIS = HANDLERS.map(({ apiKey, versions }) => ({ apiKey, api: apiName(apiKey)!, versions }))

/** The newest version that the bug can be in; null where there is none. */
function versionFor(bug: Bug, { apiKey, versions }: (typeof APIS)[number]): number | null {
  for (let version = versions[1]; version >= versions[0]; version--) {
    const message = responseMessage(apiKey, version)
    if (message && !bug.refuses?.(message.model)) return version
  }
  return null
}

describe.each(BUGS)(
  '$name',
  (bug) => {
    test(`planted in ${bug.usual.api}, the check of a version names it`, async () => {
      const own = new RegExp(`^(api|groups)/(${bug.usual.api}/|.*waits)`)
      const { results } = await broker.check(TELLING[bug.name] ?? bug.name, (id) => own.test(id))
      const failed = results.filter(({ outcome, check }) => outcome === 'fail' && check.theme === 'api')
      const naming = failed.filter(({ causes, message }) =>
        bug.cause === null ? WORDS[bug.name]!.test(message) : causes.includes(bug.cause),
      )
      expect(naming.length).toBeGreaterThan(0)
    })

    test('planted in every API, its check fails', async () => {
      const escaped: string[] = []
      let planted = 0
      for (const each of APIS) {
        const version = versionFor(bug, each)
        if (version === null) continue
        const id = `api/${each.api}/v${version}`
        const { results, changed } = await broker.check(`${bug.name}:${each.api}:${version}`, (own) => own === id)
        const [result] = results
        if (changed === 0 || !result) continue
        planted++
        if (result.outcome !== 'fail') escaped.push(id)
      }
      expect(planted).toBeGreaterThan(0)
      if (bug.name === ODD_VALUES) return
      expect(escaped).toEqual(READS_WELL[bug.name] ?? [])
    })
  },
  240_000,
)

describe.each(COORDINATION_BUGS)('$name', ({ name }) => {
  test('a check of who waits for whom fails', async () => {
    const handle = await startBroker({ bugs: new Planter([parseBug(name)]), initialRebalanceDelayMs: 0 })
    const address = { host: handle.host, port: handle.port }
    const { results } = await runConform({ address, connection: {}, seed: 1, wants: (id) => id.startsWith('groups/') })
    await handle.close()
    const failed = results.filter(({ outcome }) => outcome === 'fail').map(({ check }) => check.id)
    expect(failed).toContain(name === 'early-join' ? 'groups/join-waits' : 'groups/sync-waits')
  }, 60_000)
})
