import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command, CommanderError } from 'commander'
import { afterAll, describe, expect, it, vi } from 'vitest'
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

  it('listens once for each node', async () => {
    const { port, close } = await startBroker()
    await close()
    const running = run('--listen', `127.0.0.1:${port}`, '--brokers', '2')
    await vi.waitFor(async () => expect(await isOpen(port + 1)).toBe(true))
    process.emit('SIGINT')
    expect(await running).toContain(`listening on 127.0.0.1:${port}, 127.0.0.1:${port + 1}`)
  })

  describe('says in one line what is wrong with a file or a release', () => {
    const folder = mkdtempSync(join(tmpdir(), 'kafkascope-broker-'))
    afterAll(() => rmSync(folder, { recursive: true, force: true }))
    const file = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text)
      return join(folder, name)
    }
    it.each([
      [() => ['--sasl-users', join(folder, 'none')], /--sasl-users: .*none/],
      [() => ['--sasl-users', file('bad', '# comment\nalice:x\ns3cret\n')], /bad:3: want USER:PASSWORD$/],
      [() => ['--sasl-users', file('empty', '# nobody\n')], /names nobody/],
      [() => ['--sasl-users', file('ok', 'a:b'), '--sasl-mechanisms', 'GSSAPI'], /want some of PLAIN/],
      [() => ['--sasl-users', file('ok', 'a:b'), '--sasl-reauth', 'soon'], /want milliseconds/],
      [() => ['--sasl-mechanisms', 'PLAIN'], /--sasl-users/],
      [() => ['--tls-client-ca', 'x'], /--tls/],
      [() => ['--replay', 'x.pcapng', '--data', folder], /--replay: --data does not go with it/],
      [() => ['--replay', 'x.pcapng', '--api-versions', '3.9.2'], /--replay: --api-versions does not go with it/],
      [() => ['--tls', '--tls-cert', 'x'], /^broker: --tls-cert and --tls-key want each other/],
      [() => ['--api-versions', '9.9.9'], /release 9\.9\.9 is not known, but 4\.4\.0/],
      [() => ['--api-versions', file('v', '{"x":1}')], /holds no body of an ApiVersions answer/],
      [() => ['--data', file('plain', '')], /^broker: --data: /],
    ])('%s', async (args, reason) => {
      const error = await run('--listen', '127.0.0.1:0', ...args()).catch((caught: unknown) => caught)
      expect(error).toBeInstanceOf(CliError)
      expect((error as CliError).message).toMatch(reason)
      expect((error as CliError).message).not.toMatch(/\n|s3cret/)
    })
  })

  it.each([
    ['--listen', 'nowhere'],
    ['--listen', 'host:70000'],
    ['--partitions', '0'],
    ['--brokers', '0'],
    ['--brokers', '33'],
    ['--no-such-option', 'x'],
  ])('refuses %s %s', async (...args) => {
    await expect(run(...args)).rejects.toThrow(CommanderError)
  })
})
