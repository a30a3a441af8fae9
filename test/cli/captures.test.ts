/** What `read` and `report` have in common. */
import { expect, test } from 'vitest'
import { contextOf, damageText, unseenText } from '../../src/cli/captures.ts'
import { Session } from '../../src/session/session.ts'
import { capture } from '../capture/captures.ts'
import { readCapture } from '../capture/packets.ts'

test('topics are known by their ids as the session learns them', () => {
  const session = new Session()
  const { topicName } = contextOf(session)
  const { segments } = readCapture(capture('rdkafka44-seed.pcapng'))
  for (const segment of segments) session.push(segment)
  const [[id, name] = ['', '']] = session.state.topicNames
  expect(name).not.toBe('')
  expect(topicName?.(id)).toBe(name)
  expect(topicName?.('AAAAAAAAAAAAAAAAAAAAAQ')).toBeNull()
})

test('names of files and of servers are shown without effect', () => {
  const damage = { file: 'a\x1b[31m.pcap', offset: 7, unpacked: true, message: 'x' }
  expect(damageText(damage)).toBe('a\\x1b[31m.pcap: byte 7 of what it unpacks to: x')
  const counts = { packets: 1, otherPackets: 0, kafka: 0, tlsWithoutKeys: 1, notKafka: 2, forgotten: 3 }
  const tls = { connection: 1, client: '10.0.0.1:4000', broker: '10.0.0.2:9093', serverName: 'kafka-1', protocols: [] }
  const seen = { ...tls, version: 'TLS 1.2', cipher: 'TLS_X', decrypted: false, problem: 'no keys for it' }
  expect(unseenText(counts, [seen, { ...seen, problem: null }])).toEqual([
    '2 connections without Kafka not shown',
    '3 connections forgotten while open: there are too many',
    '1 TLS connection not decrypted; --keylog gives keys',
    '  10.0.0.1:4000 -> 10.0.0.2:9093: TLS 1.2, TLS_X, for kafka-1: no keys for it',
  ])
})
