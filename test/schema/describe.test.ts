import { expect, test } from 'vitest'
import { showText } from '../../src/cli/schema.ts'
import { messageByName } from '../../src/codec/messages.ts'
import { sameWire } from '../../src/schema/describe.ts'

test('a message is drawn in wire order and compared with the version before', () => {
  expect(showText('JoinGroup', '5').slice(-10)).toEqual(
    [
      'JoinGroupResponse v5 (key 11, response header v0), compared with v4',
      '  throttleTimeMs     int32                                    ignorable',
      '  errorCode          int16',
      '  generationId       int32                                    default -1',
      '  protocolName       string                     int16 length',
      '  leader             string                     int16 length',
      '  memberId           string                     int16 length',
      '  members            []JoinGroupResponseMember  int32 count',
      '    memberId         string                     int16 length',
      '+   groupInstanceId  string?                    int16 length  default null, ignorable',
      '    metadata         bytes                      int32 length',
    ].slice(-10),
  )
})

test('tag buffers stand where their bytes are, tagged fields in them', () => {
  const text = showText('FetchRequest', '12').join('\n')
  expect(text).toContain('_tags')
  expect(text.indexOf('rackId')).toBeLessThan(text.indexOf('tag 0: clusterId'))
})

test('what is gone and what changed is marked', () => {
  const lines = showText('FindCoordinatorRequest', '3..4')
  expect(lines.some((line) => line.startsWith('- key '))).toBe(true)
  expect(lines.some((line) => line.startsWith('+ coordinatorKeys'))).toBe(true)
  const flexible = showText('FindCoordinatorRequest', '2..3')
  expect(flexible.find((line) => line.startsWith('~ key'))).toContain('(was int16 length)')
})

test('names and versions that are unknown are refused with what there is', () => {
  expect(() => showText('Nope')).toThrow('no API or message is called "Nope"')
  expect(() => showText('JoinGroup', '77')).toThrow('JoinGroupRequest has no version 77; known are 0, 1, 2')
  expect(() => showText('JoinGroup', 'x')).toThrow('want 5, or 5..6 to compare two')
})

test('versions that differ in nothing but their number have the same wire', () => {
  const model = (version: number) => messageByName('HeartbeatResponse', version)!.model
  expect(sameWire(model(1), model(2))).toBe(true)
  expect(sameWire(model(0), model(1))).toBe(false)
})
