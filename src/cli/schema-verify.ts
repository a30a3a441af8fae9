/** `kafkascope schema verify`: our codec, or a foreign encoder, against Kafka's generated classes. */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fromHex, toHex } from '../bytes/hex.ts'
import { Random } from '../bytes/random.ts'
import { encodeMessage } from '../codec/encode.ts'
import { decodeBody } from '../codec/frame.ts'
import { type JsonObject, parseJson, printJson } from '../codec/json-text.ts'
import { type CompiledMessage, messageByName, messageHeader, messageHeaders } from '../codec/messages.ts'
import { profileOf, sampleValue } from '../codec/sample.ts'
import {
  bytesDifference,
  classDifferences,
  classJson,
  type Difference,
  isPlain,
  ownDifference,
  type Vector,
} from '../diff/vectors.ts'
import { inspectBody } from '../findings/inspect.ts'
import { findingRows } from '../report/hex-view.ts'
import { knownVersions } from '../schema/concretise.ts'
import { CliError } from './errors.ts'
import { type Io, writeLine } from './io.ts'
import { type ClassPath, classPaths, type JarOptions, KafkaClasses, roomIn, wantJava } from './kafka-classes.ts'
import { linesOf } from './lines.ts'
import { unknownName } from './messages.ts'
import { fileText, problemText } from './problem.ts'

export interface VerifyOptions extends JarOptions {
  readonly release?: readonly string[]
  readonly seed: number
  readonly count: number
  readonly names?: string
  readonly encoder?: string
  readonly json?: boolean
  /** Messages by name; the tests put in one with a planted error. */
  readonly find?: (name: string, version: number) => CompiledMessage | null
}

const RELEASES = ['4.4.0', '3.9.2']
/** Differences shown whole; the rest is counted. */
const SHOWN = 20

interface Subject {
  readonly message: CompiledMessage
  /** By this class path, none of those asked so far knew it. */
  checked: boolean
}

/** Returns the exit status: 0, or 1 where something differs. Throws CliError. */
export async function verify(options: VerifyOptions, io: Io): Promise<number> {
  const subjects = messageVersions(options)
  if (options.encoder !== undefined) return await judgeEncoder(subjects, options, options.encoder, io)
  const paths = classPaths(options.release ?? RELEASES, options)
  if (paths.length === 0) {
    const wanted = (options.release ?? RELEASES).join(' or ')
    throw new CliError(
      `schema verify: no jars of Kafka ${wanted} found; say --libs FOLDER of an installation, --jar or --maven`,
    )
  }
  wantJava('schema verify')
  const started = Date.now()
  const tally = new Tally(options, io)
  for (const path of paths)
    await ask(
      subjects.filter(({ checked }) => !checked),
      path,
      options,
      tally,
    )
  const left = subjects
    .filter(({ checked }) => !checked)
    .map(({ message: { model } }) => `${model.name} v${model.version}`)
  await tally.end(subjects.length - left.length, left, paths.map(({ name }) => name).join(', '), Date.now() - started)
  return tally.differences > 0 ? 1 : 0
}

function messageVersions({ names, find = messageByName }: VerifyOptions): Subject[] {
  const wanted = names === undefined ? messageHeaders().map(({ name }) => name) : namesIn(names)
  return wanted.flatMap((name) =>
    knownVersions(messageHeader(name)!).map((version) => ({ message: find(name, version)!, checked: false })),
  )
}

function namesIn(file: string): string[] {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new CliError(`schema verify: ${fileText(file)}: ${problemText(error)}`)
  }
  const names = text.split('\n').map((line) => line.trim())
  return names.filter(Boolean).map((name, line) => {
    if (!messageHeader(name))
      throw new CliError(`schema verify: ${fileText(file)}, line ${line + 1}: ${unknownName(name)}`)
    return name
  })
}

/** The vectors of a message version: the same for the same seed, whichever other messages are looked at. */
function* vectorsOf(message: CompiledMessage, { seed, count }: VerifyOptions): Generator<Vector> {
  const { name, version } = message.model
  const random = new Random(seed + version * 7919 + [...name].reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) >>> 0, 7))
  for (let index = 0; index < count; index++) {
    const value = sampleValue(message.model, random, profileOf(index))
    yield { message, index, value, hex: toHex(encodeMessage(message.model, value)) }
  }
}

function* vectorsOfAll(subjects: readonly Subject[], options: VerifyOptions): Generator<Vector> {
  for (const { message } of subjects) yield* vectorsOf(message, options)
}

async function ask(subjects: Subject[], path: ClassPath, options: VerifyOptions, tally: Tally): Promise<void> {
  if (subjects.length === 0) return
  const classes = new KafkaClasses(path)
  try {
    const known: Subject[] = []
    await inTurn(
      subjects,
      ({ message: { model } }) => classes.ask(model.name, model.version, '', ''),
      async (subject) => {
        if (!(await classes.answer()).unknown) known.push(subject)
      },
    )
    for (const subject of known) subject.checked = true
    await inTurn(
      vectorsOfAll(known, options),
      (vector) => {
        const { message, hex, value } = vector
        return classes.ask(message.model.name, message.model.version, hex, isPlain(value) ? classJson(vector) : '')
      },
      (vector) => judge(vector, classes, tally),
    )
  } finally {
    classes.close()
  }
}

/**
 * Asks and hears at once: the other side may answer late, or not before it has read everything, and neither side's
 * pipe may be left full.
 */
async function inTurn<T>(
  all: Iterable<T>,
  ask: (one: T) => Promise<void>,
  hear: (one: T) => Promise<void>,
): Promise<void> {
  const asked: T[] = []
  let more = true
  let wake = () => {}
  const asking = (async () => {
    try {
      for (const one of all) {
        asked.push(one)
        wake()
        await ask(one)
        if (!more) return
      }
    } finally {
      more = false
      wake()
    }
  })()
  const hearing = (async () => {
    try {
      for (let next = 0; ; ) {
        if (next < asked.length) {
          await hear(asked[next++]!)
          if (next === 1024) asked.splice(0, next)
          if (next === 1024) next = 0
        } else if (more)
          await new Promise<void>((resolve) => {
            wake = resolve
          })
        else return
      }
    } finally {
      more = false
    }
  })()
  await Promise.all([hearing, asking])
}

async function judge(vector: Vector, classes: KafkaClasses, tally: Tally): Promise<void> {
  const own = ownDifference(vector)
  const differences = classDifferences(vector, await classes.answer())
  await tally.add(own ? [own, ...differences] : differences)
}

class Tally {
  vectors = 0
  differences = 0
  private readonly options: VerifyOptions
  private readonly io: Io

  constructor(options: VerifyOptions, io: Io) {
    this.options = options
    this.io = io
  }

  async add(differences: readonly Difference[], more: readonly string[] = []): Promise<void> {
    this.vectors++
    for (const difference of differences) {
      this.differences++
      if (this.options.json) await writeLine(this.io.stdout, printJson({ type: 'difference', ...difference }))
      else if (this.differences <= SHOWN)
        for (const row of [...rows(difference), ...more]) await writeLine(this.io.stdout, row)
    }
  }

  async end(checked: number, unchecked: readonly string[], against: string, took: number): Promise<void> {
    const { vectors, differences } = this
    const { seed } = this.options
    if (this.options.json) {
      const summary = { type: 'summary', against, messageVersions: checked, vectors, differences, unchecked, seed }
      await writeLine(this.io.stdout, printJson(summary))
      return
    }
    if (differences > SHOWN) await writeLine(this.io.stdout, `... and ${differences - SHOWN} more; --json shows all`)
    const text = `${checked} message versions, ${vectors} vectors, ${differences} differences from ${against} (seed ${seed}, ${(took / 1000).toFixed(1)} s)`
    await writeLine(this.io.stdout, text)
    if (unchecked.length > 0) {
      const some = unchecked.slice(0, 5).join(', ')
      await writeLine(
        this.io.stdout,
        `not in these jars: ${unchecked.length}: ${some}${unchecked.length > 5 ? ', ...' : ''}`,
      )
    }
  }
}

const WIDTH = 32

function rows({ name, version, vector, what, path, offset, ours, theirs }: Difference): string[] {
  const place = offset === null ? path : `${path || 'after the end'} at ${offset}`
  const head = `x ${name} v${version}, vector ${vector}: ${what} otherwise${place ? `: ${place}` : ''}`
  if (offset === null) return [head, `    ours    ${cut(ours)}`, `    theirs  ${cut(theirs)}`]
  const from = Math.max(0, offset - 8)
  const mark = ' '.repeat(12 + (offset - from) * 3)
  return [head, `    ours    ${spaced(ours, from)}`, `    theirs  ${spaced(theirs, from)}`, `${mark}^^`]
}

const cut = (text: string): string => (text.length > 300 ? `${text.slice(0, 300)}...` : text)

const spaced = (hex: string, from: number): string =>
  (hex.slice(from * 2, (from + WIDTH) * 2).match(/../g) ?? []).join(' ') || '(no byte here)'

/** What a foreign encoder made of our JSON, held against our bytes, which `schema verify` itself proves. */
async function judgeEncoder(subjects: Subject[], options: VerifyOptions, command: string, io: Io): Promise<number> {
  const tally = new Tally(options, io)
  const started = Date.now()
  const child = spawn(command, { shell: true, stdio: ['pipe', 'pipe', 'inherit'] })
  child.stdin.on('error', () => {})
  child.on('error', () => {})
  const answers = linesOf(child.stdout)[Symbol.asyncIterator]()
  const judgeNext = async (vector: Vector): Promise<void> => {
    const { value: line, done } = await answers.next()
    const { name, version } = vector.message.model
    if (done)
      throw new CliError(
        `schema verify: the encoder ended before it answered ${name} v${version}, vector ${vector.index}`,
      )
    const hex = hexIn(line)
    if (hex === null) {
      const theirs = typeof line === 'string' ? cut(line) : 'a line too long'
      await tally.add([
        {
          name,
          version,
          vector: vector.index,
          what: 'encoder writes',
          path: '',
          offset: null,
          ours: vector.hex,
          theirs,
        },
      ])
      return
    }
    if (hex === vector.hex) return await tally.add([])
    const bytes = fromHex(hex)
    const findings = inspectBody(vector.message, bytes, decodeBody(bytes, vector.message))
    const more = findings
      .slice(0, 2)
      .flatMap((finding) => findingRows(finding, bytes))
      .map((row) => `    ${row}`)
    await tally.add([bytesDifference(vector, 'encoder writes', hex)], more)
  }
  try {
    await inTurn(
      vectorsOfAll(subjects, options),
      async ({ message: { model }, value }) => {
        const line = printJson({ name: model.name, version: model.version, json: value })
        if (!child.stdin.write(`${line}\n`)) await roomIn(child.stdin)
      },
      judgeNext,
    )
  } finally {
    child.kill()
  }
  await tally.end(subjects.length, [], "the encoder's bytes", Date.now() - started)
  return tally.differences > 0 ? 1 : 0
}

/** Of `{"hex":"..."}` or plain hex; null where it is neither. */
function hexIn(line: unknown): string | null {
  if (typeof line !== 'string') return null
  try {
    const text = line.startsWith('{') ? (parseJson(line) as JsonObject).hex : line
    return typeof text === 'string' ? toHex(fromHex(text)) : null
  } catch {
    return null
  }
}
