/** Findings in one message: what the codec's strict reading saw, put in words by the rules. */
import { i32 } from '../bytes/read.ts'
import type { SpanTable } from '../bytes/spans.ts'
import type { CompiledMessage } from '../codec/compile.ts'
import { type DecodedFrame, peekCorrelationId } from '../codec/frame.ts'
import { pathOf } from '../codec/paths.ts'
import type { Flaw, FlawCode, Run } from '../codec/run.ts'
import { nodeOf } from '../schema/node.ts'
import type { Answer } from './clients/client.ts'
import { answerOf, answerOfBody, clientWords } from './clients.ts'
import { diagnose, diagnoseFrame } from './diagnosis/diagnose.ts'
import type { Past } from './diagnosis/past.ts'
import type { Cause, Finding } from './finding.ts'
import { inspectDoubts } from './inspect-doubts.ts'
import { inspectNested } from './inspect-nested.ts'
import { inspectRecords } from './inspect-records.ts'
import type { FlawRule, FlawView, FrameRule } from './rule.ts'
import { otherCorrelation } from './rules/correlation.ts'
import { RULES } from './rules/index.ts'

const byFlaw = new Map<FlawCode, FlawRule>()
for (const rule of RULES) if (rule.kind === 'flaw') byFlaw.set(rule.flaw, rule)

const frameRules = RULES.filter((rule): rule is FrameRule => rule.kind === 'frame')

/** How sure a cause is that the bytes alone show. The rest is left to what only the sender knows. */
const SHOWN_BY_THE_BYTES = 0.9

/** What is known of a frame beside its bytes. */
export interface FrameContext {
  /** Of the request that a response should answer. */
  readonly correlationId?: number | null
  /** That request, decoded; asked for only where an answer does not read well. */
  readonly request?: (() => DecodedFrame | null) | null
  /** What went before in the session. */
  readonly past?: Past | null
}

/** What does not fit in a frame's header and body. Offsets count from its size field. */
export function inspectFrame(frame: DecodedFrame, context: FrameContext = {}): readonly Finding[] {
  const expected = context.correlationId ?? null
  const actual = expected === null ? null : peekCorrelationId(frame.bytes, frame.kind)
  const findings = inspectBytes(frame, context)
  if (frame.kind === 'request' || actual === null || expected === null || actual === expected) return findings
  return [...findings, otherCorrelation(actual, expected, frame.apiVersion)]
}

function inspectBytes(frame: DecodedFrame, { request, past }: FrameContext): readonly Finding[] {
  const size = frame.bytes.length >= 4 ? i32(frame.bytes, 0) : null
  const sizeFits = size === null || size === frame.bytes.length - 4
  const deeper = frame.message
    ? inspectInside(frame.bytes, frame.table, frame.bodyLine, frame.message, aboutFrame(frame))
    : unreadable(frame)
  if (frame.flaws.length === 0 && sizeFits) {
    const doubted = doubts(frame)
    return doubted.length === 0 ? deeper : [...deeper, ...doubted]
  }
  const kind = frame.kind
  const name = frame.message ? `${frame.message.model.name} v${frame.apiVersion}` : `${kind} v${frame.apiVersion}`
  const findings = frame.flaws.map((flaw) => {
    const inBody = frame.bodyLine >= 0 && flaw.line >= frame.bodyLine
    const start = inBody ? frame.table.offset(frame.bodyLine) : flaw.line === 0 ? 0 : 4
    return describe(flaw, frame, {
      room: inBody ? 'body' : flaw.line === 0 ? 'frame' : 'header',
      message: inBody ? name : `${kind} header v${frame.headerVersion}`,
      noun: kind === 'response' ? 'answer' : 'request',
      start,
      about: aboutFrame(frame),
    })
  })
  const explained = spoken(
    explain(findings, frame.flaws.length > 0 ? diagnoseFrame(frame, request?.() ?? null, past ?? null) : []),
    answerOf(frame),
  )
  if (!sizeFits) explained.unshift(sizeFinding(size, frame))
  return [...explained, ...(frame.stopped ? NONE : deeper)]
}

/**
 * The bug behind all that does not fit in a message goes with the first finding: the others follow from it. Where no
 * reading explains the bytes, each keeps the cause that its rule names.
 */
function explain(findings: readonly Finding[], causes: readonly Cause[]): Finding[] {
  if (causes.length === 0) return [...findings]
  return findings.map((finding, i) => ({ ...finding, causes: i === 0 ? causes : [] }))
}

const doubts = (frame: DecodedFrame): readonly Finding[] =>
  frame.message && !frame.stopped
    ? inspectDoubts(frame.bytes, frame.table, frame.bodyLine, frame.message, aboutFrame(frame))
    : NONE

/** What clients will say goes with the finding at which they stop: the first error, mostly. */
function spoken(findings: Finding[], answer: Answer | null): Finding[] {
  const clients = findings.length > 0 && answer ? clientWords(answer) : null
  const at = Math.max(
    0,
    findings.findIndex(({ severity }) => severity === 'error'),
  )
  return clients ? findings.map((finding, i) => (i === at ? { ...finding, clients } : finding)) : findings
}

/** What there is to say of a frame whose body no table can read. */
function unreadable(frame: DecodedFrame): Finding[] {
  return frameRules.flatMap((rule) => {
    const found = rule.check(frame)
    return found ? [{ code: rule.code, severity: rule.severity, ...found }] : []
  })
}

/** Inside the fields of a body: record batches, and messages in bytes. */
function inspectInside(
  bytes: Uint8Array,
  table: SpanTable,
  line: number,
  message: CompiledMessage,
  about: Pick<Finding, 'api' | 'apiVersion' | 'kind'>,
): readonly Finding[] {
  if (message.hasRecords) return inspectRecords(bytes, table, message, about)
  return line < 0 ? NONE : inspectNested(bytes, table, line, message, about)
}

const NONE: readonly Finding[] = []

/** What does not fit in a body that was given alone and read into `run`. Offsets count from its first byte. */
export function inspectBody(message: CompiledMessage, bytes: Uint8Array, run: Run): readonly Finding[] {
  const { model } = message
  const about = { api: model.name.replace(/(Request|Response)$/, ''), apiVersion: model.version, kind: model.kind }
  const inside = inspectInside(bytes, run.t, 0, message, about)
  if (run.flaws.length === 0) return [...inside, ...inspectDoubts(bytes, run.t, 0, message, about)]
  const noun = model.kind === 'response' ? 'answer' : model.kind === 'data' ? 'message' : model.kind
  const findings = run.flaws.map((flaw) =>
    describe(
      flaw,
      { table: run.t },
      {
        room: model.kind === 'header' ? 'header' : 'body',
        message: `${model.name} v${model.version}`,
        noun,
        start: 0,
        about,
      },
    ),
  )
  const causes = diagnose(model, { bytes, start: 0, end: bytes.length })
  return [...spoken(explain(findings, causes), answerOfBody(model, bytes)), ...(run.stopped ? NONE : inside)]
}

/** Names of APIs by those of their messages: asked for with every frame. */
const apis = new Map<string, string>()

function apiOf(message: string): string {
  const known = apis.get(message) ?? message.replace(/(Request|Response)$/, '')
  apis.set(message, known)
  return known
}

/** Made for every frame: spreading one object into another would take longer than the rest of the inspection. */
const aboutFrame = ({ message, apiVersion, kind }: DecodedFrame): Pick<Finding, 'api' | 'apiVersion' | 'kind'> =>
  message ? { api: apiOf(message.model.name), apiVersion, kind } : { apiVersion, kind }

interface Setting {
  room: string
  message: string
  noun: string
  start: number
  about: Pick<Finding, 'api' | 'apiVersion' | 'kind'>
}

function describe(flaw: Flaw, { table }: Pick<DecodedFrame, 'table'>, setting: Setting): Finding {
  const rule = byFlaw.get(flaw.code)!
  const node = nodeOf(flaw.node)
  const path = flaw.code === 'trailing' ? '' : pathOf(table, flaw.line, node)
  const view: FlawView = { flaw, node, path, message: setting.message, noun: setting.noun, start: setting.start }
  const causes: Cause[] = []
  if (rule.cause) {
    causes.push({
      cause: rule.cause.name,
      score: SHOWN_BY_THE_BYTES,
      message: rule.cause.describe(view),
      path,
      offset: flaw.offset,
      ...(rule.cause.evidence ? { evidence: rule.cause.evidence(flaw) } : {}),
    })
  }
  return {
    code: `${setting.room}/${rule.code}`,
    severity: rule.severity,
    ...setting.about,
    path,
    offset: flaw.offset,
    length: flaw.length,
    message: rule.describe(view),
    causes,
  }
}

/** A frame given whole whose size field says something else than its length. */
function sizeFinding(claimed: number, frame: DecodedFrame): Finding {
  const actual = frame.bytes.length - 4
  return {
    code: 'frame/size',
    severity: 'error',
    ...aboutFrame(frame),
    path: 'size',
    offset: 0,
    length: 4,
    message: `The size field says ${claimed}, ${actual} bytes follow it.`,
    causes: [
      {
        cause: 'frame-size',
        score: SHOWN_BY_THE_BYTES,
        message: 'the size field does not count the bytes that follow',
        path: 'size',
        offset: 0,
        evidence: { claimed, actual },
      },
    ],
  }
}
