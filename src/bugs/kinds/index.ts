/** Every bug that can be planted in an answer, in the order of `--bug list`. */
import type { Bug } from '../bug.ts'
import { badBoolean } from './bad-boolean.ts'
import { badUtf8 } from './bad-utf8.ts'
import { batchCodec } from './batch-codec.ts'
import { batchCount } from './batch-count.ts'
import { batchCrc } from './batch-crc.ts'
import { batchLength } from './batch-length.ts'
import { batchMagic } from './batch-magic.ts'
import { batchOffsetDelta } from './batch-offset-delta.ts'
import { classicLength } from './classic-length.ts'
import { closedConnection } from './closed-connection.ts'
import { compactLength } from './compact-length.ts'
import { compactOffByOne } from './compact-off-by-one.ts'
import { correlationMismatch } from './correlation-mismatch.ts'
import { doubledField } from './doubled-field.ts'
import { duplicateTag } from './duplicate-tag.ts'
import { extraField } from './extra-field.ts'
import { frameSize } from './frame-size.ts'
import { httpAnswer } from './http-answer.ts'
import { hugeCount } from './huge-count.ts'
import { hugeFrameSize } from './huge-frame-size.ts'
import { hugeLength } from './huge-length.ts'
import { littleEndian } from './little-endian.ts'
import { longFrameSize } from './long-frame-size.ts'
import { missingField } from './missing-field.ts'
import { missingTagBuffer } from './missing-tag-buffer.ts'
import { negativeFrameSize } from './negative-frame-size.ts'
import { negativeLength } from './negative-length.ts'
import { noAnswer } from './no-answer.ts'
import { nullNotAllowed } from './null-not-allowed.ts'
import { otherApi } from './other-api.ts'
import { otherVersion } from './other-version.ts'
import { recordLength } from './record-length.ts'
import { sharedErrorBody } from './shared-error-body.ts'
import { swappedFields } from './swapped-fields.ts'
import { tagOrder } from './tag-order.ts'
import { tagSize } from './tag-size.ts'
import { tagVersion } from './tag-version.ts'
import { trailingBytes } from './trailing-bytes.ts'
import { truncated } from './truncated.ts'
import { unexpectedTagBuffer } from './unexpected-tag-buffer.ts'
import { varintNotMinimal } from './varint-not-minimal.ts'
import { varintTooLong } from './varint-too-long.ts'
import { wrongCount } from './wrong-count.ts'
import { wrongHeader } from './wrong-header.ts'
import { wrongLength } from './wrong-length.ts'
import { wrongWidth } from './wrong-width.ts'

export const BUGS: readonly Bug[] = [
  sharedErrorBody,
  otherApi,
  otherVersion,
  truncated,
  missingField,
  extraField,
  trailingBytes,
  doubledField,
  swappedFields,
  wrongWidth,
  littleEndian,
  missingTagBuffer,
  unexpectedTagBuffer,
  classicLength,
  compactLength,
  compactOffByOne,
  wrongLength,
  hugeLength,
  negativeLength,
  wrongCount,
  hugeCount,
  nullNotAllowed,
  badBoolean,
  badUtf8,
  varintTooLong,
  varintNotMinimal,
  tagOrder,
  duplicateTag,
  tagVersion,
  tagSize,
  wrongHeader,
  frameSize,
  longFrameSize,
  negativeFrameSize,
  hugeFrameSize,
  correlationMismatch,
  batchCrc,
  batchLength,
  batchMagic,
  batchCount,
  batchOffsetDelta,
  batchCodec,
  recordLength,
  httpAnswer,
  noAnswer,
  closedConnection,
]
