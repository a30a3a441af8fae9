/** Every command that docs/DECODE.md shows prints what the page shows; shares of certainty may move. */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { decodeCommand, run } from '../../src/cli/decode.ts'
import { memoryIo } from './memory-io.ts'

const page = readFileSync('docs/DECODE.md', 'utf8')
const shown = [...page.matchAll(/^```text\n\$ (.*)\n([\s\S]*?)^```$/gm)].map((match) => ({
  command: match[1]!,
  output: match[2]!,
}))

async function outputOf(line: string): Promise<string> {
  const [, stdin = '', call] = /^(?:echo '([^']*)' \| )?(kafkascope decode .*)$/.exec(line)!
  const words = [...call!.matchAll(/'([^']*)'|\S+/g)].map((match) => match[1] ?? match[0]).slice(2)
  const io = memoryIo(`${stdin}\n`)
  let failed = ''
  const command = decodeCommand().action(async (hex: string[], options: object) => {
    await run(hex.join(' '), options, io).catch((error: Error) => {
      failed = `kafkascope: ${error.message}\n`
    })
  })
  await command.exitOverride().parseAsync(words, { from: 'user' })
  return io.stdout.text + io.stderr.text + failed
}

const withoutShares = (text: string): string => text.replace(/\b[01]\.\d{2,3}\b/g, 'N')

it('shows commands', () => expect(shown.length).toBeGreaterThan(5))

it.each(shown)('$command', async ({ command, output }) => {
  const whole = withoutShares(await outputOf(command))
  const [start, cut] = withoutShares(output).split(/^\.\.\.\n$/m)
  if (cut === undefined) expect(whole).toBe(start)
  else expect(whole.slice(0, start!.length)).toBe(start)
})
