// Decoding beside Kafka's own generated classes, which read the same bodies in the same run.
// node bench/codec.js [seconds]; the Java side needs java and a kafka-clients jar (scripts/setup-interop.sh, or
// KAFKA_CLIENTS_CP=classpath), and is left out, with a line that says so, without them.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { decodeBody } from '../dist/src/codec/frame.js'
import { printJson } from '../dist/src/codec/json-text.js'
import {
  requestHeaderVersion,
  requestMessage,
  responseHeaderVersion,
  responseMessage,
} from '../dist/src/codec/messages.js'
import { Run } from '../dist/src/codec/run.js'
import { valueAt } from '../dist/src/codec/value.js'
import { findClasspath } from './classpath.js'

const here = dirname(fileURLToPath(import.meta.url))
const SECONDS = Number(process.argv[2] ?? 2)

const lines = (file) =>
  gunzipSync(readFileSync(join(here, '../captures', file)))
    .toString()
    .trimEnd()
    .split('\n')

/** Bodies of a file of vectors or frames, those that `want` takes. */
function bodies(file, want) {
  const found = []
  for (const line of lines(file)) {
    const { kind, apiKey, version, hex, frame } = JSON.parse(line)
    const request = kind === 'request'
    if (!want(kind, apiKey)) continue
    const bytes = Buffer.from(hex ?? frame, 'hex')
    const start = hex === undefined ? headerEnd(bytes, request, apiKey, version) : 0
    const message = request ? requestMessage(apiKey, version) : responseMessage(apiKey, version)
    found.push({ request, apiKey, version, message, bytes: new Uint8Array(bytes.subarray(start)) })
  }
  return found
}

function headerEnd(frame, request, apiKey, version) {
  if (!request) return responseHeaderVersion(apiKey, version) === 1 ? 9 : 8
  const clientId = Math.max(0, frame.readInt16BE(12))
  return 14 + clientId + (requestHeaderVersion(apiKey, version) === 2 ? 1 : 0)
}

const run = new Run()
const values = ({ bytes, message }) => {
  decodeBody(bytes, message, run)
  return valueAt(bytes, run.t, 0)
}
const WAYS = {
  'kafkascope, spans': ({ bytes, message }) => decodeBody(bytes, message, run).end,
  'kafkascope, values': values,
  'kafkascope, JSON text': (body) => printJson(values(body)).length,
}

function measure(corpus, way) {
  for (let until = performance.now() + SECONDS * 1000; performance.now() < until; ) for (const body of corpus) way(body)
  let passes = 0
  const start = performance.now()
  while (performance.now() - start < SECONDS * 1000) {
    for (const body of corpus) way(body)
    passes++
  }
  const seconds = (performance.now() - start) / 1000
  const bytes = corpus.reduce((sum, body) => sum + body.bytes.length, 0)
  return { mbs: (passes * bytes) / seconds / 1e6, messages: (passes * corpus.length) / seconds }
}

function measureJava(corpus, classpath, folder) {
  const chunks = corpus.map(({ request, apiKey, version, bytes }) => {
    const head = Buffer.alloc(9)
    head.writeInt16BE(apiKey, 0)
    head.writeInt16BE(version, 2)
    head.writeInt8(request ? 1 : 0, 4)
    head.writeInt32BE(bytes.length, 5)
    return Buffer.concat([head, bytes])
  })
  writeFileSync(join(folder, 'bodies'), Buffer.concat(chunks))
  const out = execFileSync('java', [
    '-cp',
    classpath,
    join(here, 'java/CodecBench.java'),
    join(folder, 'bodies'),
    String(SECONDS),
  ])
  const [count, , mbs, messages] = out.toString().trim().split(' ').map(Number)
  return { mbs, messages, count }
}

const print = (name, { mbs, messages }) =>
  console.log(
    `  ${name.padEnd(30)} ${mbs.toFixed(0).padStart(6)} MB/s ${(messages / 1e6).toFixed(2).padStart(6)} M messages/s`,
  )

const classpath = findClasspath('4.4.0')
const folder = mkdtempSync(join(tmpdir(), 'kafkascope-bench-'))
try {
  const corpora = {
    'real traffic': bodies('traffic.jsonl.gz', () => true),
    'vectors of 4.4.0': bodies('vectors/kafka-4.4.0.jsonl.gz', (kind) => kind === 'request' || kind === 'response'),
  }
  for (const [name, corpus] of Object.entries(corpora)) {
    const bytes = corpus.reduce((sum, body) => sum + body.bytes.length, 0)
    console.log(`${name}: ${corpus.length} messages, ${bytes} bytes`)
    for (const [way, decode] of Object.entries(WAYS)) print(way, measure(corpus, decode))
    if (!classpath)
      console.log('  Kafka classes on a JVM: left out (no java, or no kafka-clients jar: see scripts/setup-interop.sh)')
    else print("Kafka's classes, warm JVM", measureJava(corpus, classpath, folder))
  }
} finally {
  rmSync(folder, { recursive: true })
}
