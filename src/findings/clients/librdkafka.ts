/**
 * librdkafka 2.x: `rd_kafka_buf_read_*` of rdkafka_buf.h reads field by field and jumps out at the first that is not
 * whole. The buffer begins after the correlation id. Function and line, which it adds in brackets, differ from release to
 * release and are left out, as is the guess that follows.
 */
import { apiName } from '../../codec/messages.ts'
import type { Field, Model } from '../../schema/model.ts'
import type { Answer, ClientModel, Versions } from './client.ts'
import { speaks } from './client.ts'
import { type GivesUp, type Habits, readAs, type Seen } from './reading.ts'

/**
 * Answers that it reads in the schema's order and whose errors it prints by itself; JoinGroup's members only as the
 * group's leader. ApiVersions is not among them: its parser logs at debug level.
 */
const VERSIONS: Versions = {
  0: [0, 10],
  1: [0, 16],
  2: [0, 7],
  3: [0, 13],
  8: [0, 9],
  9: [0, 9],
  10: [0, 2],
  11: [0, 5],
  12: [0, 3],
  13: [0, 1],
  14: [0, 3],
  19: [0, 4],
  20: [0, 1],
  22: [0, 4],
  24: [0, 0],
  25: [0, 0],
  26: [0, 1],
  28: [0, 3],
}

const METADATA = 3
const JOIN_GROUP = 11

/** RD_KAFKAP_BROKERS_MAX, _TOPICS_MAX and _PARTITIONS_MAX of rdkafka_proto.h. */
const LIMITS: Readonly<Record<string, number>> = { brokers: 10_000, topics: 1_000_000, partitions: 100_000 }

const HABITS: Habits = {
  negativeLength: 'size_t',
  refusesNull: 'nothing',
  overruns: false,
  countsBytes: false,
  negativeCount: 'empty',
  flexible: true,
  readsTags: false,
  shortText: false,
  largestCount: ({ apiKey }: Model, { name }: Field) => (apiKey === METADATA ? (LIMITS[name] ?? null) : null),
  // Members are the leader's business; more than 100000 of them are a silent error.
  leavesOff: ({ apiKey }: Model, { name }: Field, count: number, seen: Seen) =>
    apiKey === JOIN_GROUP &&
    name === 'members' &&
    (count > 100_000 || seen.get('errorCode') !== 0 || seen.get('leader') !== seen.get('memberId')),
}

/** An int as C makes it a size_t of 64 bits. */
const sizeT = (value: number): string => String(BigInt.asUintN(64, BigInt(value)))

function sentence({ what, at, wanted, left }: GivesUp, { model, bytes, origin }: Answer): string | null {
  const where = `${apiName(model.apiKey!)} v${model.version}`
  const place = `at ${at}/${bytes.length - origin}`
  if (what === 'count') return `Protocol parse failure for ${where}${model.flexible ? '(flex)' : ''} ${place}`
  const need = what === 'varint' || what === 'long-varint' ? '0' : sizeT(wanted)
  return `Protocol read buffer underflow for ${where} ${place}: expected ${need} bytes > ${left} remaining bytes`
}

export const librdkafka: ClientModel = {
  name: 'librdkafka',
  says(answer) {
    if (!speaks(VERSIONS, answer.model)) return null
    const end = readAs(HABITS, answer.model, answer.bytes, answer.origin, answer.start)
    return end === null || end === 'unknown' ? null : sentence(end, answer)
  },
}
