import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { main } from '../../src/cli/main.ts'

async function call(...argv: string[]) {
  const written = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    vi.spyOn(process[name], 'write').mockImplementation((text) => {
      written[name] += String(text)
      return true
    })
  }
  process.exitCode = undefined
  await main(argv)
  const status = process.exitCode ?? 0
  process.exitCode = undefined
  vi.restoreAllMocks()
  return { status, ...written }
}

afterEach(() => void vi.restoreAllMocks())

describe('kafkascope', () => {
  it.each<[string, string[]]>([
    ['a command is wanted; see kafkascope --help', []],
    ['schema: a command is wanted; see kafkascope schema --help', ['schema']],
    ["unknown command 'frob'", ['frob']],
    ["unknown command 'deco' (Did you mean decode?)", ['deco']],
    ["help: unknown command 'frob'; see kafkascope --help", ['help', 'frob']],
    ["decode: unknown option '--frob'", ['decode', '--frob']],
    ["decode: unknown option '--\\x1b[31m\\n'", ['decode', '--\x1b[31m\n']],
    [
      "decode: option '--kind <kind>' argument 'x' is invalid. Allowed choices are request, response.",
      ['decode', '--kind', 'x'],
    ],
    [
      'schema show: no API or message is called "JoinGruop"; did you mean JoinGroup? See kafkascope schema list',
      ['schema', 'show', 'JoinGruop'],
    ],
  ])('a bad command line is one line on stderr and status 2: %s', async (line, argv) => {
    expect(await call(...argv)).toEqual({ status: 2, stdout: '', stderr: `kafkascope: ${line}\n` })
  })

  it('says its version', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
    for (const option of ['--version', '-V']) {
      expect(await call(option)).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' })
    }
  })

  it('help of a command is what --help prints', async () => {
    const help = await call('help', 'decode')
    expect(help).toEqual(await call('decode', '--help'))
    expect(help.stdout).toContain('--api-version')
    expect((await call('help')).stdout).toContain('schema')
  })
})
