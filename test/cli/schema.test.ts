/** `schema list` and `schema show` for programs, and what `schema import` says of files that it can't use. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { CliError } from '../../src/cli/errors.ts'
import { schemaCommand, showJson } from '../../src/cli/schema.ts'
import { importJars } from '../../src/cli/schema-import.ts'

it('shows a message with its fields as JSON', () => {
  const [line, ...others] = showJson('HeartbeatResponse', '4')
  expect(others).toEqual([])
  expect(JSON.parse(line!)).toEqual({
    name: 'HeartbeatResponse',
    kind: 'response',
    apiKey: 12,
    version: 4,
    flexible: true,
    headerVersion: 1,
    fields: [
      { name: 'throttleTimeMs', type: 'int32', nullable: false, flexible: true },
      { name: 'errorCode', type: 'int16', nullable: false, flexible: true },
    ],
  })
})

it('shows both messages of an API, both versions of a range, and what is in structs', () => {
  expect(showJson('JoinGroup', '5').map((line) => JSON.parse(line).name)).toEqual([
    'JoinGroupRequest',
    'JoinGroupResponse',
  ])
  const versions = showJson('JoinGroupResponse', '4..5').map((line) => JSON.parse(line))
  expect(versions.map(({ version }) => version)).toEqual([4, 5])
  const members = versions[1].fields.at(-1)
  expect(members).toMatchObject({ name: 'members', type: '[]JoinGroupResponseMember' })
  expect(members.fields.map(({ name }: { name: string }) => name)).toEqual(['memberId', 'groupInstanceId', 'metadata'])
})

it('says what it does not know', () => {
  expect(() => showJson('JoinGruop')).toThrow(
    /^schema show: no API or message is called "JoinGruop"; did you mean JoinGroup\?/,
  )
  expect(() => showJson('Heartbeat', '9')).toThrow('HeartbeatRequest has no version 9')
})

it('has --json where it prints', () => {
  const commands = schemaCommand().commands.filter(({ options }) => options.some(({ long }) => long === '--json'))
  expect(commands.map((command) => command.name())).toEqual(expect.arrayContaining(['list', 'show']))
})

it('says in plain words what is wrong with a jar or a folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kafkascope-'))
  try {
    const text = join(folder, 'a.jar')
    writeFileSync(text, 'no jar')
    expect(() => importJars(['/nowhere/x.jar'], folder)).toThrow(
      new CliError("schema import: can't read /nowhere/x.jar: there is no such file or folder (ENOENT)"),
    )
    expect(() => importJars([folder], folder)).toThrow(/it is a folder \(EISDIR\)$/)
    expect(() => importJars([text], folder)).toThrow(/^schema import: can't read .*: invalid zip data$/)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
