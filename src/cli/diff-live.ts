/** A live broker as a side of `diff`: the requests of a recording are sent to it, its answers are the session. */
import { existsSync } from 'node:fs'
import { micros, Tap } from '../client/tap.ts'
import type { ExpandContext } from '../codec/expand.ts'
import type { Rules } from '../diff/rules.ts'
import { WireItem } from '../diff/wire-side.ts'
import { type Observed, Pipeline } from '../findings/pipeline.ts'
import { Ids } from '../replay/ids.ts'
import { type Plan, planOf, type Recorded } from '../replay/plan.ts'
import { Player, type SendStep } from '../replay/player.ts'
import type { Exchange } from '../session/exchange.ts'
import { contextOf } from './captures.ts'
import { brokerAddress, type LoginGiven, loginOptions } from './connection-options.ts'
import type { SessionInput } from './diff-input.ts'
import { CliError } from './errors.ts'
import type { Io } from './io.ts'
import type { ChoiceOptions } from './read-options.ts'
import { speedOf } from './replay-options.ts'
import { openRecording, type Recording } from './replay-recording.ts'

export interface LiveOptions extends ChoiceOptions, LoginGiven {
  readonly requests?: string
  readonly speed?: string
  readonly showSecrets?: boolean
}

/** How much longer than recorded an answer may take; how long "not yet" is asked again. */
const [TIMEOUT_MS, PATIENCE_MS] = [30_000, 20_000]

/** Whether a side is a broker's address: `HOST:PORT`, and no file of that name is there. */
export const isAddress = (name: string): boolean =>
  /^(?:\[[0-9a-f:]+\]|[^\s:/\\]+):\d{1,5}$/i.test(name) && !existsSync(name)

/**
 * Both sides where B, or each of them, is a broker. A is then the recording, without what is not sent again, or the
 * answers of the one broker to the recording's requests. Throws CliError.
 */
export async function liveSessions(
  a: string,
  b: string,
  rules: Rules,
  options: LiveOptions,
  io: Io & { readonly stop: AbortSignal },
): Promise<[SessionInput, SessionInput]> {
  const both = isAddress(a)
  const file = both ? options.requests : a
  if (file === undefined) throw new CliError('diff: --requests FILE says which requests two brokers are sent')
  if (!both && options.requests !== undefined) {
    throw new CliError('diff: --requests is for two live brokers; the requests sent to one are those of A')
  }
  if (!isAddress(b)) throw new CliError('diff: a live broker is B, or with --requests both are')
  const recording = await openRecording('diff', file, options, io)
  const plan = planOf(recording.exchanges, { rules, only: null })
  for (const [why, count] of plan.leftOut) io.stderr.write(`kafkascope: diff: not sent: ${count} requests: ${why}\n`)
  const left = both ? await played(a, plan, options, io.stop) : recordedSide(plan, recording, options)
  return [left, await played(b, plan, options, io.stop)]
}

const sendsOf = ({ steps }: Plan): SendStep[] => steps.filter((step) => step.kind === 'send')

function itemOf(
  { exchange, findings }: Recorded,
  context: ExpandContext,
  { showSecrets = false }: LiveOptions,
): WireItem {
  return new WireItem(exchange, findings, { context, showSecrets, expand: true })
}

function recordedSide(plan: Plan, { context, damages }: Recording, options: LiveOptions): SessionInput {
  const items = sendsOf(plan).map(({ recorded }) => itemOf(recorded, context, options))
  return { items: items.sort((x, y) => x.id - y.id), standing: [], damages, log: false }
}

async function played(to: string, plan: Plan, options: LiveOptions, signal: AbortSignal): Promise<SessionInput> {
  const pipeline = new Pipeline()
  let current: SendStep | null = null
  const steps = new WeakMap<Exchange, SendStep>()
  // Of a request that was asked again, the last answer counts, as the recorded client's did.
  const latest = new Map<SendStep, Recorded>()
  const observe = (observed: readonly Observed[]): void => {
    for (const each of observed) {
      if (each.type !== 'request' && each.type !== 'exchange') continue
      const { exchange, findings } = each
      if (current) steps.set(exchange, current)
      const step = steps.get(exchange)
      if (step && each.type === 'exchange') latest.set(step, { exchange, findings })
    }
  }
  const damages: string[] = []
  const player = new Player(plan, new Ids(), {
    target: brokerAddress('diff', '', to),
    connection: { ...loginOptions('diff', options), tap: new Tap((segment) => observe(pipeline.push(segment))) },
    speed: speedOf('diff', options.speed ?? '1'),
    edits: new Map(),
    timeoutMs: TIMEOUT_MS,
    patienceMs: PATIENCE_MS,
    signal,
    sending: (step, write) => {
      current = step
      write()
      current = null
    },
    ended: ({ recorded }, { attempts, problem }) => {
      if (problem !== null && attempts === 0) damages.push(`exchange ${recorded.exchange.id} was not sent: ${problem}`)
    },
  })
  await player.play()
  observe(pipeline.end(micros()))
  if (latest.size === 0) throw new CliError(`diff: ${damages[0] ?? 'nothing of the recording is left to be sent'}`)
  if (signal.aborted) damages.push('interrupted: not all was sent')
  const context = contextOf(pipeline.session)
  const items = [...latest.values()].map((each) => itemOf(each, context, options))
  return { items: items.sort((x, y) => x.id - y.id), standing: [], damages: damages.slice(0, 20), log: false }
}
