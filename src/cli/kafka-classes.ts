/**
 * Apache Kafka's generated message classes as a process that answers lines: `java/SchemaVerify.java`, compiled by java
 * itself when it starts.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import type { Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { type JsonObject, parseJson } from '../codec/json-text.ts'
import type { ClassAnswer } from '../diff/vectors.ts'
import { CliError } from './errors.ts'
import { type Line, linesOf } from './lines.ts'
import { fileText } from './problem.ts'

/** Refuses with one line where there is no java that compiles. */
export function wantJava(command: string): void {
  const found = spawnSync('java', ['--list-modules'], { encoding: 'utf8' })
  if (found.error || found.status !== 0)
    throw new CliError(`${command}: no java on the path; a JDK of 17 or newer is wanted`)
  if (!found.stdout.includes('jdk.compiler'))
    throw new CliError(`${command}: the java on the path is no JDK: it can't compile`)
}

export interface JarOptions {
  readonly jar?: readonly string[]
  readonly libs?: readonly string[]
  readonly maven?: string
}

/** A release's class path, and what it is called in the output. */
export interface ClassPath {
  readonly name: string
  readonly jars: readonly string[]
}

/** Where the jars are. Throws CliError where one that was named is not there. */
export function classPaths(releases: readonly string[], { jar = [], libs = [], maven }: JarOptions): ClassPath[] {
  const command = 'schema verify'
  for (const path of [...jar, ...libs])
    if (!existsSync(path)) throw new CliError(`${command}: ${fileText(path)}: there is no such file or folder`)
  const named: ClassPath[] = libs.map((folder) => ({ name: releaseIn(folder), jars: jarsOf(folder) }))
  if (jar.length > 0) named.unshift({ name: 'the jars given', jars: jar })
  if (named.length > 0) return named
  const root = maven ?? join(homedir(), '.m2', 'repository')
  return releases.flatMap((release) => {
    const jars = mavenJars(root, release)
    return jars.length > 0 ? [{ name: release, jars }] : []
  })
}

const jarsOf = (folder: string): string[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.jar'))
    .map((file) => join(folder, file))

function releaseIn(folder: string): string {
  const clients = jarsOf(folder).find((file) => /kafka-clients-\d/.test(file))
  if (!clients) throw new CliError(`schema verify: ${fileText(folder)}: there is no kafka-clients-VERSION.jar in it`)
  return /kafka-clients-(.+)\.jar$/.exec(clients)![1]!
}

/** The jars that hold message classes, and Jackson, which their converters need, of any version. */
function mavenJars(root: string, release: string): string[] {
  const kafka = join(root, 'org', 'apache', 'kafka')
  const own = folders(kafka).flatMap((artifact) => jarIn(join(kafka, artifact, release)))
  if (!own.some((file) => /kafka-clients-/.test(file))) return []
  const jackson = join(root, 'com', 'fasterxml', 'jackson', 'core')
  const newest = folders(jackson).flatMap((artifact) =>
    jarIn(join(jackson, artifact, folders(join(jackson, artifact)).sort().at(-1) ?? '')),
  )
  const slf4j = join(root, 'org', 'slf4j', 'slf4j-api')
  return [...own, ...newest, ...jarIn(join(slf4j, folders(slf4j).sort().at(-1) ?? ''))]
}

const folders = (path: string): string[] =>
  existsSync(path) ? readdirSync(path).filter((name) => statSync(join(path, name)).isDirectory()) : []

const jarIn = (folder: string): string[] =>
  existsSync(folder) ? jarsOf(folder).filter((file) => !/-(sources|javadoc|test|tests)\.jar$/.test(file)) : []

/** Resolves when a stream takes more, or never will. */
export const roomIn = (stream: Writable): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      stream.off('drain', done)
      stream.off('close', done)
      resolve()
    }
    stream.on('drain', done)
    stream.on('close', done)
    if (stream.destroyed) done()
  })

/** Answers in the order of the questions; as many as fit may be under way. */
export class KafkaClasses {
  private readonly process: ChildProcess
  private readonly answers: AsyncIterator<Line>
  private said = ''

  constructor({ jars }: ClassPath) {
    const up = import.meta.url.includes('/dist/src/') ? '../../../java' : '../../java'
    const source = fileURLToPath(new URL(`${up}/SchemaVerify.java`, import.meta.url))
    this.process = spawn('java', ['-cp', jars.join(delimiter), source], { stdio: ['pipe', 'pipe', 'pipe'] })
    this.process.stderr!.on('data', (text: Buffer) => {
      if (this.said.length < 2000) this.said += text.toString('utf8')
    })
    this.process.on('error', () => {})
    this.process.stdin!.on('error', () => {})
    this.answers = linesOf(this.process.stdout!)[Symbol.asyncIterator]()
  }

  /** Asks about bytes and JSON (either may be empty). Resolves when there is room for the next question. */
  async ask(name: string, version: number, hex: string, json: string): Promise<void> {
    const input = this.process.stdin!
    if (!input.write(`${name}\t${version}\t${hex}\t${json}\n`)) await roomIn(input)
  }

  /** The next answer. Throws CliError where the process ended instead, with the last it said. */
  async answer(): Promise<ClassAnswer> {
    const { value, done } = await this.answers.next()
    if (done || typeof value !== 'string') {
      const lines = this.said.trim().split('\n')
      throw new CliError(`schema verify: java ended early: ${fileText(lines.at(-1) || 'it said nothing')}`)
    }
    return parseJson(value) as JsonObject as ClassAnswer
  }

  close(): void {
    this.process.stdin!.end()
    this.process.kill()
  }
}
