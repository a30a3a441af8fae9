/** Sessions and pages for the report's tests: real traffic, broken answers, names that would like to be markup. */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { fromHex } from '../../../src/bytes/hex.ts'
import { encodeFrame } from '../../../src/codec/encode.ts'
import { frameHeader, messageByName, requestHeaderVersion } from '../../../src/codec/messages.ts'
import { type Observed, Pipeline } from '../../../src/findings/pipeline.ts'
import type { Chunk } from '../../../src/report/html/chunks.ts'
import { type CollectOptions, ReportCollector, type ReportFacts } from '../../../src/report/html/collect.ts'
import { readDetail } from '../../../src/report/html/details.ts'
import { pageHtml } from '../../../src/report/html/html.ts'
import type { PageDetail, PageIndex } from '../../../src/report/html/model.ts'
import { pageScript } from '../../../src/report/html/page-script.ts'
import { loadTraffic } from '../../vectors.ts'

const START = 1762208626_000000

/** The frames of real traffic, `times` over with new connections. Deterministic. */
export function* traffic(times = 1): Generator<Observed> {
  const frames = loadTraffic()
  const pipeline = new Pipeline()
  let time = START
  let used = 0
  for (let round = 0; round < times; round++) {
    const ids = new Map<string, number>()
    for (const [i, { capture, connection, kind, frame }] of frames.entries()) {
      const name = `${capture}/${connection}`
      let id = ids.get(name)
      if (id === undefined) {
        id = ++used
        ids.set(name, id)
        const ends = { id, client: `10.0.0.${(id % 250) + 1}:${50_000 + (id % 10_000)}`, broker: '10.0.1.1:9092' }
        yield* pipeline.push({ type: 'open', connection: ends, time })
      }
      // Answers take between 0.1 and 30 ms, as a slow and a fast broker would.
      time += kind === 'request' ? 400 : Math.round(100 * 1.06 ** ((i * 7919) % 97))
      const bytes = fromHex(frame)
      yield* pipeline.push({ type: 'data', connection: id, direction: kind, time, bytes, packet: i + 1 })
    }
  }
  yield* pipeline.end(time)
}

/** Exchanges of one connection: frames in hex, requests and answers in turn. */
export function conversation(frames: readonly (readonly ['request' | 'response', string])[]): Observed[] {
  const pipeline = new Pipeline()
  const connection = { id: 1, client: '127.0.0.1:50123', broker: '127.0.0.1:9092' }
  const observed = pipeline.push({ type: 'open', connection, time: START })
  for (const [i, [direction, hex]] of frames.entries()) {
    const time = START + 1000 * (i + 1)
    observed.push(
      ...pipeline.push({ type: 'data', connection: 1, direction, time, bytes: fromHex(hex), packet: i + 4 }),
    )
  }
  return [...observed, ...pipeline.end(START + 1_000_000)]
}

/** A JoinGroup v5 whose answer is cut short: `body/underflow` at byte 12. */
export const UNDERFLOW: readonly (readonly ['request' | 'response', string])[] = [
  [
    'request',
    requestHex('JoinGroupRequest', 5, 'rdkafka', 2, {
      groupId: 'orders',
      sessionTimeoutMs: 45000,
      rebalanceTimeoutMs: 300000,
      memberId: '',
      groupInstanceId: null,
      protocolType: 'consumer',
      protocols: [{ name: 'range', metadata: 'AAAAAAABAAZvcmRlcnMAAAAA' }],
    }),
  ],
  ['response', '00000008 00000002 00000000'],
]

/** A request's frame in hex. */
export function requestHex(name: string, version: number, clientId: string, id: number, body: object): string {
  const model = messageByName(name, version)!.model
  const header = frameHeader('request', requestHeaderVersion(model.apiKey!, version)).model
  const head = { requestApiKey: model.apiKey!, requestApiVersion: version, correlationId: id, clientId }
  return Buffer.from(encodeFrame(header, head, model, body as never)).toString('hex')
}

const FACTS: ReportFacts = {
  title: 'A session',
  sources: ['session.pcapng'],
  made: 1762300000_000000,
  version: '0.0.0',
  filter: null,
}

export interface Made {
  readonly index: PageIndex
  readonly chunks: readonly Chunk[]
  readonly html: string
}

/** The page of a session. */
export function page(
  observed: Iterable<Observed>,
  options: CollectOptions = {},
  facts: Partial<ReportFacts> = {},
): Made {
  const findingDocs = readFileSync('docs/FINDINGS.md', 'utf8')
  const collector = new ReportCollector({ findingDocs, ...options })
  for (const one of observed) collector.add(one)
  const index = collector.index({ ...FACTS, ...facts })
  const chunks = collector.chunks.done
  return { index, chunks, html: [...pageHtml(index, chunks, pageScript())].join('') }
}

const unpack = (base64: string): string[] => gunzipSync(Buffer.from(base64, 'base64')).toString().split('\n')

/** Bytes and fields of the exchange in a row of the list. */
export function detail({ index, chunks }: Made, row: number): PageDetail {
  const { chunk, line } = index.rows[row]!
  return readDetail(unpack(chunks[chunk]!.details), line)!
}

/** Compiles the page's script, where that was not done since it was changed. */
export function buildPage(): void {
  const built = 'dist/page/src/report/html/page/main.js'
  const sources = ['src/report/html/page', 'src/filter', 'src/report/html'].flatMap((folder) =>
    readdirSync(folder).map((name) => `${folder}/${name}`),
  )
  const newest = Math.max(...sources.map((file) => statSync(file).mtimeMs))
  if (existsSync(built) && statSync(built).mtimeMs > newest) return
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.page.json'])
}
