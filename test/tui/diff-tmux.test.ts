/** `diff --tui` in a real terminal: tmux, driven by keys. */
import { execFileSync, spawnSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BUILT, build } from './built.ts'

const hasTmux = spawnSync('tmux', ['-V']).status === 0
const socket = `kafkascope-diff-${process.pid}`
const tmux = (...args: string[]): string => execFileSync('tmux', ['-L', socket, ...args], { encoding: 'utf8' })

function open(name: string, args: readonly string[]): void {
  const words = args.map((arg) => `'\\''${arg}'\\''`).join(',')
  const run = `'import("./${BUILT}/src/cli/main.js").then((m) => m.main([${words}]))'`
  const command = `${process.execPath} -e ${run}; echo status $?; stty -a; cat`
  tmux('new-session', '-d', '-s', name, '-x', '80', '-y', '24', command)
}

async function shows(name: string, text: string | RegExp): Promise<string> {
  let screen = ''
  for (let i = 0; i < 200; i++) {
    screen = tmux('capture-pane', '-p', '-t', name)
    if (typeof text === 'string' ? screen.includes(text) : text.test(screen)) return screen
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`never showed ${text}:\n${screen}`)
}

describe.runIf(hasTmux)('diff --tui in tmux (not run where tmux is missing)', () => {
  beforeAll(build)
  afterAll(() => {
    spawnSync('tmux', ['-L', socket, 'kill-server'])
  })

  test('two captures: through the pairs and fields, a resize, and out with status 1 and the terminal as it was', async () => {
    open('lost', ['diff', 'captures/rdkafka44-seed.pcapng', 'captures/u-lost.pcapng', '--tui'])
    await shows('lost', /^>> Unknown v0 +#47/m)
    const steps: [key: string, shown: string | RegExp][] = [
      ['n', /^>> Unknown v0 +#87/m],
      ['n', 'this is the last difference'],
      ['?', 'next difference, difference before'],
      ['q', 'diff'],
      ['a', 'all shown'],
      ['Home', /^> {2}ApiVersions v\d +#1 +#1 +none/m],
      ['Tab', '[request]'],
      ['Enter', /^>header/m],
      ['Down', /^> requestApiKey/m],
    ]
    for (const [key, shown] of steps) {
      tmux('send-keys', '-t', 'lost', key)
      await shows('lost', shown)
    }
    tmux('resize-window', '-t', 'lost', '-x', '140', '-y', '40')
    await shows('lost', /q quit/)
    tmux('send-keys', '-t', 'lost', 'q')
    const after = await shows('lost', 'icanon')
    expect(after).toContain('status 1')
    expect(after).toMatch(/(?<!-)icanon/)
    expect(after).toMatch(/(?<!-)echo\b/)
    expect(tmux('display-message', '-p', '-t', 'lost', '#{alternate_on} #{cursor_flag} #{mouse_any_flag}').trim()).toBe(
      '0 1 0',
    )
  })

  test('two messages', async () => {
    const what = ['--api', 'Heartbeat', '--api-version', '0', '--kind', 'response']
    open('message', ['diff', '--tui', '--message', ...what, '0000', '001b'])
    const screen = await shows('message', /errorCode +0 NONE +! errorCode +27 REBALANCE_IN_PROGRESS/)
    expect(screen).toMatch(/\[00 00\].*\[00 1b\]/)
    tmux('send-keys', '-t', 'message', 'q')
    await shows('message', 'status 1')
  })

  test('a session with itself: status 0', async () => {
    open('same', ['diff', 'captures/u-lost.pcapng', 'captures/u-lost.pcapng', '--tui'])
    await shows('same', '0 differ of')
    tmux('send-keys', '-t', 'same', 'q')
    await shows('same', 'status 0')
  })
})
