/** `kafkascope broker --replay FILE`: a recorded session answers clients. */
import { Rules } from '../diff/rules.ts'
import { type HostPort, printHostPort } from '../proxy/address.ts'
import { type AnswerServer, serveAnswers } from '../replay/answer-server.ts'
import { plural } from '../report/format.ts'
import { CliError } from './errors.ts'
import type { Io } from './io.ts'
import { problemText } from './problem.ts'
import { openRecording } from './replay-recording.ts'

/** Starts answering. Throws CliError where the file can't be read or the address can't be had. */
export async function serveRecording(
  file: string,
  listen: HostPort,
  io: Io,
  log: (line: string) => void,
): Promise<AnswerServer> {
  const { exchanges, context, damages, notices } = await openRecording('broker', file, {}, io)
  for (const text of [...damages, ...notices]) io.stderr.write(`broker: ${text}\n`)
  return serveAnswers(exchanges, { ...listen, rules: new Rules(), context, log }).catch((error: Error) => {
    throw new CliError(`broker: can't listen on ${printHostPort(listen.host, listen.port)}: ${problemText(error)}`)
  })
}

/** Answers from a recording until `ended`. Returns the exit status: 1 where a request was not in it, else 0. */
export async function runRecording(
  file: string,
  listen: HostPort,
  io: Io,
  quiet: boolean,
  ended: () => Promise<void>,
): Promise<number> {
  const say = (line: string): void => void io.stderr.write(`broker: ${line}\n`)
  const server = await serveRecording(file, listen, io, say)
  if (!quiet) {
    const { total } = server.answers
    say(
      `listening on ${printHostPort(server.host, server.port)}, ${plural(total, 'recorded request')} (Ctrl-C ends it)`,
    )
  }
  await ended()
  await server.close()
  const { asked, total } = server.answers
  if (!quiet) say(`${asked} of ${total} recorded requests were asked, ${server.lacking} that the recording lacks`)
  return server.lacking > 0 ? 1 : 0
}
