import fc from 'fast-check'
import { expect, it } from 'vitest'
import { KeyLog } from '../../../src/capture/tls/key-log.ts'

const random = (digit: string): string => digit.repeat(64)
const secret = (digit: string, bytes: 32 | 48 = 32): string => digit.repeat(2 * bytes)

it('reads the secrets of both versions, by the client’s random', () => {
  const log = new KeyLog(
    [
      '# a comment',
      '',
      `CLIENT_RANDOM ${random('a')} ${secret('1', 48)}`,
      `CLIENT_HANDSHAKE_TRAFFIC_SECRET ${random('b')} ${secret('2')}`,
      `SERVER_HANDSHAKE_TRAFFIC_SECRET ${random('b')} ${secret('3')}\r`,
      `CLIENT_TRAFFIC_SECRET_0 ${random('B')} ${secret('4')}`,
      `SERVER_TRAFFIC_SECRET_0 ${random('b')} ${secret('5')}`,
      `EXPORTER_SECRET ${random('b')} ${secret('6')}`,
      `RSA Session-ID:${random('c')} Master-Key:${secret('7', 48)}`,
    ].join('\n'),
  )
  const hex = (bytes: Uint8Array | null | undefined): string => Buffer.from(bytes ?? []).toString('hex')
  expect(hex(log.master(random('a'), ''))).toBe(secret('1', 48))
  expect(hex(log.master(random('f'), random('c')))).toBe(secret('7', 48))
  const traffic = log.traffic(random('b'))
  expect([traffic?.clientHandshake, traffic?.serverHandshake, traffic?.client, traffic?.server].map(hex)).toEqual(
    ['2', '3', '4', '5'].map((digit) => secret(digit)),
  )
  expect(log.traffic(random('a'))).toBeNull()
  expect([log.size, log.badLines, log.droppedLines]).toEqual([3, 0, 0])
})

it('a log in pieces is the log', () => {
  const text = `CLIENT_RANDOM ${random('a')} ${secret('1', 48)}\nCLIENT_RANDOM ${random('b')} ${secret('2', 48)}\n`
  for (let size = 1; size < text.length; size++) {
    const log = new KeyLog()
    for (let at = 0; at < text.length; at += size) log.append(text.slice(at, at + size))
    expect(log.size).toBe(2)
  }
})

it.each([
  ['a line too long', `CLIENT_RANDOM ${random('a')} ${secret('1', 48)}${' '.repeat(5000)}`],
  ['a secret of odd length', `CLIENT_RANDOM ${random('a')} ${secret('1', 48)}0`],
  ['a master secret too short', `CLIENT_RANDOM ${random('a')} ${secret('1')}`],
  ['a label of no log', `constructor ${random('a')} ${secret('1')}`],
  ['a label of no log in capitals', `SOME_SECRET ${random('a')} ${secret('1')}`],
  ['a certificate', '-----BEGIN CERTIFICATE-----'],
])('%s is counted and not taken', (_name, line) => {
  const log = new KeyLog(`${line}\n`)
  expect([log.size, log.badLines]).toEqual([0, 1])
})

it('keeps the secrets of so many connections, and counts the rest', () => {
  const log = new KeyLog('', 2)
  for (const digit of 'abcab') log.add(`CLIENT_RANDOM ${random(digit)} ${secret('1', 48)}`)
  expect([log.size, log.droppedLines]).toEqual([2, 1])
})

it('takes any text', () => {
  fc.assert(fc.property(fc.string({ maxLength: 3000 }), (text) => new KeyLog(text).size === 0))
})
