import { expect, it } from 'vitest'
import { CliError } from '../../src/cli/errors.ts'
import { plantedBugs } from '../../src/cli/planted-bugs.ts'

it('says what is planted', () => {
  expect(plantedBugs('broker', ['shared-error-body', 'early-join'], true)).toEqual([
    expect.stringMatching(/^shared-error-body in JoinGroup v5 answers: four zero bytes/),
    expect.stringMatching(/^early-join: a JoinGroup is answered at once/),
  ])
  expect(plantedBugs('proxy', undefined, false)).toEqual([])
})

it('refuses, on one line, what can not be planted', () => {
  const refused = (text: string, broker: boolean) => () => plantedBugs('proxy', [text], broker)
  expect(refused('nonsense', true)).toThrow(CliError)
  expect(refused('nonsense', true)).toThrow(
    'proxy: --bug: no bug is called "nonsense"; --bug list says which there are',
  )
  expect(refused('a\u001b[31m\nb', true)).toThrow(/^[ -~]*$/)
  expect(refused('early-join', false)).toThrow(/only the embedded broker has it/)
})
