/** What the help texts show must work as it stands there. */
import type { Command } from 'commander'
import { expect, it } from 'vitest'
import { run as decode, decodeCommand } from '../../src/cli/decode.ts'
import { run as encode, encodeCommand } from '../../src/cli/encode.ts'
import { memoryIo } from './memory-io.ts'

/** The help's lines that call the program, with what they have on stdin. */
function examples(command: Command): { line: string; words: string[]; stdin: string }[] {
  let help = ''
  const writeOut = (text: string): void => {
    help += text
  }
  command.configureOutput({ writeOut }).outputHelp()
  return [...help.matchAll(/^ {2}(?:echo '([^']*)' \| )?(kafkascope (\w+) .*)$/gm)].map(([, stdin = '', line]) => ({
    line: line!,
    words: [...line!.matchAll(/'([^']*)'|\S+/g)].map((match) => match[1] ?? match[0]).slice(2),
    stdin,
  }))
}

/** Runs a command with its own options on streams in memory; the status, and all it wrote. */
async function statusOf(command: Command, words: string[], stdin: string): Promise<unknown> {
  const io = memoryIo(stdin)
  let status = -1
  const make = command.name() === 'decode'
  command.action(async (given: string[] & string, options: object) => {
    status = make ? await decode(given.join(' '), options, io) : await encode(given, options, io)
  })
  await command.exitOverride().parseAsync(words, { from: 'user' })
  return { status, stderr: io.stderr.text, wrote: io.stdout.text.length > 0 }
}

const calls = [decodeCommand, encodeCommand].flatMap((make) =>
  examples(make()).map(({ line, words, stdin }) => ({ make, line, words, stdin })),
)

it('finds the examples', () => expect(calls.length).toBeGreaterThan(6))

// A file of one's own is the reader's to have.
it.each(calls.filter(({ line }) => !line.includes('--file')))('$line', async ({ make, words, stdin }) => {
  expect(await statusOf(make(), words, stdin)).toEqual({ status: 0, stderr: '', wrote: true })
})
