import { connect } from 'node:net'
import { Command, CommanderError } from 'commander'
import { describe, expect, it, vi } from 'vitest'
import { startBroker } from '../../src/broker/server.ts'
import { brokerCommand } from '../../src/cli/broker.ts'
import { CliError } from '../../src/cli/errors.ts'

/** Runs the command as the program does; what it says on stderr is kept from the test's own output. */
async function run(...args: string[]): Promise<string> {
  let said = ''
  const write = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said += String(text)
    return true
  })
  const quiet = { writeErr: () => {}, writeOut: () => {} }
  const command = brokerCommand().exitOverride().configureOutput(quiet)
  const program = new Command().exitOverride().configureOutput(quiet).addCommand(command)
  try {
    await program.parseAsync(['broker', ...args], { from: 'user' })
    return said
  } finally {
    write.mockRestore()
  }
}

const isOpen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })

describe('kafkascope broker', () => {
  it('listens until it is interrupted, then leaves no port open', async () => {
    const { port, close } = await startBroker()
    await close()
    const running = run('--listen', `127.0.0.1:${port}`)
    await vi.waitFor(async () => expect(await isOpen(port)).toBe(true))
    process.emit('SIGINT')
    expect(await running).toContain(`listening on 127.0.0.1:${port}`)
    expect(await isOpen(port)).toBe(false)
  })

  it('says in one line that an address is taken', async () => {
    const { port, close } = await startBroker()
    const error = await run('--listen', `127.0.0.1:${port}`).catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(CliError)
    expect((error as CliError).message).toMatch(/^broker: can't listen on 127\.0\.0\.1:\d+: .*EADDRINUSE[^\n]*$/)
    await close()
  })

  it.each([
    ['--listen', 'nowhere'],
    ['--listen', 'host:70000'],
    ['--partitions', '0'],
    ['--no-such-option', 'x'],
  ])('refuses %s %s', async (...args) => {
    await expect(run(...args)).rejects.toThrow(CommanderError)
  })
})
