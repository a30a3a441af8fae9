/** House rules. Each ban names what to do instead. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { expect, test } from 'vitest'

const files = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((file) => file.endsWith('.ts') && statSync(file).isFile())
    .sort()

const sources = [...files('src'), ...files('dissectors')]
const text = new Map(sources.map((file) => [file, readFileSync(file, 'utf8')]))

/** Rooms in the order that imports may point: to the same rank's own room, or to a lower rank. */
const RANKS: readonly (readonly string[])[] = [
  ['src/bytes'],
  ['src/schema'],
  ['dissectors'],
  ['src/codec'],
  ['src/session', 'src/bugs'],
  ['src/findings'],
  ['src/diff', 'src/broker', 'src/client', 'src/filter'],
  ['src/conform'],
  ['src/proxy', 'src/capture', 'src/tui', 'src/report'],
  ['src/replay'],
  ['src/cli'],
  ['src/index.ts'],
]

const roomOf = (file: string): string =>
  RANKS.flat().find((room) => file === room || file.startsWith(`${room}/`)) ?? '?'
const rankOf = (file: string): number => RANKS.findIndex((rooms) => rooms.includes(roomOf(file)))

const IMPORT = /(?:from|import)\s*\(?\s*'(\.[^']+)'/g

test('every file is in a known room', () => {
  expect(sources.filter((file) => rankOf(file) < 0)).toEqual([])
})

test('imports point one way: bytes, schema, dissectors, codec, session, findings, broker and client, views, cli', () => {
  const wrong: string[] = []
  for (const [file, code] of text) {
    for (const [, target] of code.matchAll(IMPORT)) {
      const to = relative('.', resolve(dirname(file), target!))
      if (rankOf(to) > rankOf(file) || (rankOf(to) === rankOf(file) && roomOf(to) !== roomOf(file))) {
        wrong.push(`${file} imports ${to}: move what both need down, or pass it in`)
      }
    }
  }
  expect(wrong).toEqual([])
})

test('bytes are read and written in src/bytes only', () => {
  const READS = /\bDataView\b|\.(?:read|write)(?:U?Int|BigU?Int|Float|Double)\w*\(/
  const INDEX = /(?<![.\w])(?:buf|buffer|bytes)\[/
  const wrong: string[] = []
  for (const [file, code] of text) {
    if (file.startsWith('src/bytes/') || file.startsWith('dissectors/messages/')) continue
    code.split('\n').forEach((line, i) => {
      // The codec's compilers hold the text of generated code, which reads bytes for speed.
      const generates = /^src\/codec\/(?:compile|build)\.ts$/.test(file)
      if (READS.test(line) || (INDEX.test(line) && !generates && !/^\s*(?:\*|\/\/)/.test(line))) {
        wrong.push(`${file}:${i + 1}: use a function of src/bytes: ${line.trim()}`)
      }
    })
  }
  expect(wrong).toEqual([])
})

test('the pipeline has no I/O and no clock', () => {
  const IO =
    /'node:(?:fs|net|tls|http|dgram|child_process|worker_threads|readline|os)|\bDate\.now\(|\bperformance\.now\(|\bsetTimeout\(|\bsetInterval\(|\bprocess\.\w/
  const pure = /^(?:dissectors|src\/(?:bytes|schema|codec|session|findings|filter|diff))\//
  const wrong = sources.filter((file) => pure.test(file) && IO.test(text.get(file)!))
  expect(wrong, 'take time and bytes as parameters; I/O belongs to sources and views').toEqual([])
})

test('no file is longer than 500 lines, tables apart', () => {
  const long = [...sources, ...files('test')].filter(
    (file) => !file.startsWith('dissectors/messages/') && readFileSync(file, 'utf8').split('\n').length > 501,
  )
  expect(long, 'split it at what its parts are called').toEqual([])
})

test('no types switched off, no tests switched off', () => {
  const OFF = new RegExp(
    [
      '@ts-' + 'ignore',
      '@ts-' + 'nocheck',
      ': an' + 'y(?=[;,)=|\\]>]|$)',
      'as an' + 'y(?=[;,).\\]])',
      '\\b(?:it|test|describe)\\.(?:skip|only|todo)\\b',
    ].join('|'),
  )
  const wrong = [...sources, ...files('test')].filter((file) => OFF.test(readFileSync(file, 'utf8')))
  expect(wrong, 'give the type its name; a test that cannot run here says so by runIf').toEqual([])
})

test('tests mirror the rooms', () => {
  const OWN = ['interop', 'cli']
  const folders = readdirSync('test', { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !OWN.includes(entry.name))
    .map((entry) => entry.name)
  const homeless = folders.filter((name) => !existsSync(join('src', name)) && name !== 'dissectors')
  expect(homeless, 'a test folder is named after the room it tests').toEqual([])
  const rooms = readdirSync('src', { withFileTypes: true }).filter((entry) => entry.isDirectory())
  const untested = rooms.map((entry) => entry.name).filter((name) => !existsSync(join('test', name)))
  expect(untested, 'every room has tests').toEqual([])
})
