/** A recording, read whole, for those who play it again: its exchanges with their findings. */
import { safe } from '../bytes/safe-text.ts'
import type { ExpandContext } from '../codec/expand.ts'
import { Pipeline } from '../findings/pipeline.ts'
import type { Recorded } from '../replay/plan.ts'
import { contextOf, openCaptures } from './captures.ts'
import { CliError } from './errors.ts'
import type { Io } from './io.ts'
import { type ChoiceOptions, connectionOptions, keysOf } from './read-options.ts'
import { observeCaptures } from './report-input.ts'

export interface Recording {
  readonly exchanges: readonly Recorded[]
  readonly context: ExpandContext
  /** What of the file was not read, or not shown: sentences. */
  readonly damages: readonly string[]
  readonly notices: readonly string[]
}

/** What is held of a recording, in bytes of frames; all of it is in memory while it is played. */
const MAX_BYTES = 256 * 1024 * 1024

/** Throws CliError, as of `command`, where the file can't be opened, holds no exchange, or too much. */
export async function openRecording(command: string, file: string, options: ChoiceOptions, io: Io): Promise<Recording> {
  const keys = keysOf(options, command)
  const which = connectionOptions(options, command)
  const inputs = await openCaptures(command, [file], io)
  const pipeline = new Pipeline()
  const exchanges: Recorded[] = []
  let bytes = 0
  const { damages, notices } = await observeCaptures(inputs, { keys, which, pipeline }, io, (observed) => {
    if (observed.type !== 'exchange') return
    const { exchange, findings } = observed
    bytes += (exchange.request?.bytes.length ?? 0) + (exchange.response?.bytes.length ?? 0)
    if (bytes > MAX_BYTES) {
      throw new CliError(`${command}: ${safe(file)}: more than ${MAX_BYTES} bytes of frames; record a part of it`)
    }
    exchanges.push({ exchange, findings })
  })
  if (exchanges.length === 0) {
    const [why] = [...damages, ...notices]
    throw new CliError(`${command}: ${safe(file)}: holds no exchange${why === undefined ? '' : `: ${why}`}`)
  }
  return { exchanges, context: contextOf(pipeline.session), damages, notices }
}
