/** The page's data: an index that is read at once, and pieces with contents that are opened when they are needed. */
import { latin1Bytes } from '../../../bytes/latin1-bytes.ts'
import { type JsonObject, parseJson } from '../../../codec/json-text.ts'
import { readDetail } from '../details.ts'
import type { PageDetail, PageIndex, PageRow } from '../model.ts'

/** Opened pieces that are kept: enough for the JSON of 20,000 exchanges, so that the next filter is quick. */
const KEPT = 300

async function unpack(id: string): Promise<string> {
  const packed = document.getElementById(id)?.textContent ?? ''
  const bytes = latin1Bytes(atob(packed.trim()))
  const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))
  return new Response(plain).text()
}

export const loadIndex = async (): Promise<PageIndex> => JSON.parse(await unpack('index')) as PageIndex

const opened = new Map<string, Promise<readonly string[]>>()

function lines(kind: 'json' | 'details', chunk: number): Promise<readonly string[]> {
  const id = `${kind}-${chunk}`
  const known = opened.get(id)
  const found = known ?? unpack(id).then((text) => text.split('\n'))
  opened.delete(id)
  opened.set(id, found)
  for (const oldest of opened.keys()) {
    if (opened.size <= KEPT) break
    opened.delete(oldest)
  }
  return found
}

/** The lines of JSON of a piece: one per exchange. */
export const jsonLines = (chunk: number): Promise<readonly string[]> => lines('json', chunk)

/** Begins to open pieces that will be asked for next. */
export function prefetch(from: number, end: number): void {
  for (let chunk = from; chunk < end; chunk++) void jsonLines(chunk)
}

/** An exchange's JSON as `--json` prints it; of one whose contents were left out, what the list knows. */
export async function jsonOf(row: PageRow, index: PageIndex): Promise<JsonObject> {
  if (row.chunk < 0) return slimJson(row, index)
  return parseJson((await jsonLines(row.chunk))[row.line] ?? 'null') as JsonObject
}

/** Bytes and fields of an exchange's frames; null where they were left out. */
export async function detailOf(row: PageRow): Promise<PageDetail | null> {
  if (row.chunk < 0) return null
  return readDetail(await lines('details', row.chunk), row.line)
}

let ends: Map<number, { client: string; broker: string }> | undefined

/** An exchange as JSON without headers and bodies: all that most filters look at. */
export function slimJson(row: PageRow, index: PageIndex): JsonObject {
  ends ??= new Map(index.connections.map(({ id, client, broker }) => [id, { client, broker }]))
  const { client = '', broker = '' } = ends.get(row.connection) ?? {}
  const frame = (of: PageRow['request']): JsonObject | null =>
    of && { time: of.time / 1e6, ...(of.packet === null ? {} : { packet: of.packet }), size: of.size }
  return {
    type: 'exchange',
    id: row.id,
    connection: row.connection,
    client,
    broker,
    clientId: row.clientId,
    apiKey: row.apiKey,
    api: row.api,
    apiVersion: row.version,
    correlationId: row.correlation ?? 0,
    request: frame(row.request),
    response: frame(row.response),
    ...(row.noResponse === null ? {} : { noResponse: row.noResponse }),
    latencyMs: row.latencyMs,
    findings: row.findings.map((finding) => ({ ...finding }) as unknown as JsonObject),
  }
}
