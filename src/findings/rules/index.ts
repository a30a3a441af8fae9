/** Every rule there is. A test compares this list with the folder and with `docs/FINDINGS.md`. */
import type { Rule } from '../rule.ts'
import { advertisedRefused } from './advertised-refused.ts'
import { boolean } from './boolean.ts'
import { claimedCount } from './claimed-count.ts'
import { claimedLength } from './claimed-length.ts'
import { correlation } from './correlation.ts'
import { droppedVersion } from './dropped-version.ts'
import { forbiddenNull } from './forbidden-null.ts'
import { frameSize } from './frame-size.ts'
import { limit } from './limit.ts'
import { negativeLength } from './negative-length.ts'
import { notKafka } from './not-kafka.ts'
import { shortHeader } from './short-header.ts'
import { stringSize } from './string-size.ts'
import { tagOrder } from './tag-order.ts'
import { tagSize } from './tag-size.ts'
import { tagTwice } from './tag-twice.ts'
import { tagVersion } from './tag-version.ts'
import { tooLarge } from './too-large.ts'
import { trailing } from './trailing.ts'
import { underflow } from './underflow.ts'
import { unknownApi } from './unknown-api.ts'
import { unknownVersion } from './unknown-version.ts'
import { utf8 } from './utf8.ts'
import { varint } from './varint.ts'
import { varintSize } from './varint-size.ts'

export const RULES: readonly Rule[] = [
  underflow,
  claimedLength,
  claimedCount,
  negativeLength,
  forbiddenNull,
  boolean,
  utf8,
  stringSize,
  varint,
  varintSize,
  tagOrder,
  tagTwice,
  tagVersion,
  tagSize,
  trailing,
  limit,
  advertisedRefused,
  droppedVersion,
  unknownApi,
  unknownVersion,
  frameSize,
  notKafka,
  correlation,
  shortHeader,
  tooLarge,
]
