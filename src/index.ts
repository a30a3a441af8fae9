/**
 * What a test suite in Node needs to assert on Kafka's bytes: the decoder, the encoder, the session, the findings.
 * `docs/LIBRARY.md` shows them at work. Other languages use `kafkascope decode --jsonl`.
 */
export { fromHex, toHex } from './bytes/hex.ts'
export { SpanTable } from './bytes/spans.ts'
export type { CompiledMessage } from './codec/compile.ts'
export { type Encodable, EncodeError, encodeFrame, encodeMessage } from './codec/encode.ts'
export {
  type DecodedFrame,
  decodeBody,
  decodeFrame,
  type FrameKind,
  frameJson,
  peekCorrelationId,
  peekRequest,
} from './codec/frame.ts'
export { type JsonObject, type JsonValue, parseJson, printJson } from './codec/json-text.ts'
export {
  apiKeyOf,
  apiKeys,
  apiName,
  frameHeader,
  messageByName,
  requestHeaderVersion,
  requestMessage,
  responseHeaderVersion,
  responseMessage,
} from './codec/messages.ts'
export { type FieldLine, fieldLines, lineAt, pathOf } from './codec/paths.ts'
export { type Flaw, type FlawCode, Run } from './codec/run.ts'
export { type BytesHook, valueAt } from './codec/value.ts'
export type { Cause, Finding, Severity } from './findings/finding.ts'
export { inspectBody, inspectFrame } from './findings/inspect.ts'
export { type Observed, Pipeline } from './findings/pipeline.ts'
export type { Connection } from './session/connection.ts'
export type { Exchange, Frame, NoResponse, SessionEvent } from './session/exchange.ts'
export type { ConnectionInfo, Direction, Segment } from './session/segment.ts'
export { Session } from './session/session.ts'
