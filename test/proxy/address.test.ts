import { describe, expect, it } from 'vitest'
import { isHost, isLoopback, parseHostPort, plainAddress, printHostPort } from '../../src/proxy/address.ts'

describe('addresses', () => {
  it.each([
    ['127.0.0.1:9092', '127.0.0.1', 9092],
    ['kafka-1.example:1', 'kafka-1.example', 1],
    ['[::1]:9092', '::1', 9092],
    [':0', '127.0.0.1', 0],
    ['9092', '127.0.0.1', 9092],
    [' a:65535 ', 'a', 65535],
  ])('%s', (text, host, port) => {
    expect(parseHostPort(text)).toEqual({ host, port })
  })

  it.each(['', 'kafka', 'kafka:', 'kafka:x', 'kafka:65536', '::1:9092', '[kafka]:1', '[::1]', 'a b:1', 'a:1:2'])(
    '%j is none',
    (text) => {
      expect(parseHostPort(text)).toBeNull()
    },
  )

  it('are printed as they are read', () => {
    for (const text of ['127.0.0.1:9092', '[::1]:9092', 'kafka:1']) {
      const { host, port } = parseHostPort(text)!
      expect(printHostPort(host, port)).toBe(text)
    }
  })

  it('a host is what can be looked up and printed', () => {
    for (const host of ['kafka', 'Kafka-1.example_org', '10.0.0.1', 'fe80::1%eth0']) expect(isHost(host)).toBe(true)
    for (const host of ['', 'a b', 'a\n', '\u001b[0m', 'a\u202eb', 'käfer', 'x'.repeat(254)])
      expect(isHost(host)).toBe(false)
  })

  it('loopback is what only this machine reaches', () => {
    for (const host of ['localhost', '127.0.0.1', '127.9.9.9', '::1']) expect(isLoopback(host)).toBe(true)
    for (const host of ['0.0.0.0', '10.0.0.1', 'localhost.example', '127.0.0.1.example'])
      expect(isLoopback(host)).toBe(false)
  })

  it('an IPv4 peer of a dual-stack listener is an IPv4 address', () => {
    expect(plainAddress('::ffff:10.0.0.1')).toBe('10.0.0.1')
    expect(plainAddress('::1')).toBe('::1')
  })
})
