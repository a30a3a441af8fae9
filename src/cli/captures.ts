/** Captures as `read` and `report` take them: opened, and what is said of them besides their exchanges. */
import { safeShort } from '../bytes/safe-text.ts'
import type { AssemblerCounts } from '../capture/assembler.ts'
import type { CaptureInput, FileDamage } from '../capture/capture-files.ts'
import { fileSource, streamSource } from '../capture/source.ts'
import type { TlsInfo } from '../capture/tls/decryptor.ts'
import type { ExpandContext } from '../codec/expand.ts'
import { plural } from '../report/format.ts'
import type { Session } from '../session/session.ts'
import { CliError } from './errors.ts'
import type { Io } from './io.ts'
import { fileText, problemText } from './problem.ts'

/**
 * Opens captures; `-` is standard input. `follow`: files are read on as they grow, until it is aborted. Throws CliError,
 * as of `command`, where one can't be opened.
 */
export async function openCaptures(
  command: string,
  files: readonly string[],
  io: Pick<Io, 'stdin'>,
  follow?: AbortSignal,
): Promise<CaptureInput[]> {
  const inputs: CaptureInput[] = []
  for (const name of files) {
    try {
      const isStdin = name === '-'
      if (isStdin && files.indexOf('-') !== inputs.length) throw new Error('standard input can be given once')
      const source = isStdin ? streamSource(io.stdin) : await fileSource(name, { follow })
      inputs.push({ name: isStdin ? 'stdin' : name, source })
    } catch (error) {
      for (const { source } of inputs) await source.close()
      throw new CliError(`${command}: ${fileText(name)}: ${problemText(error)}`)
    }
  }
  return inputs
}

/** What a session has learned that `--expand` needs: it grows with the session. */
export const contextOf = ({ state }: Session): ExpandContext => ({
  topicName: (id) => state.topicNames.get(id) ?? null,
})

/** Why a file was not read to its end: its name, the place, what is wrong there. */
export function damageText({ file, offset, unpacked, message }: FileDamage): string {
  const where = unpacked ? `byte ${offset} of what it unpacks to` : `byte ${offset}`
  return `${fileText(file)}: ${where}: ${safeShort(message, 300)}`
}

/** How many TLS connections are told of one by one. */
export const MAX_TLS = 100

/** Lines on what of a capture is not shown, and why. */
export function unseenText(counts: AssemblerCounts, tls: readonly TlsInfo[]): string[] {
  const { notKafka, tlsWithoutKeys, forgotten } = counts
  return [
    ...(notKafka > 0 ? [`${plural(notKafka, 'connection')} without Kafka not shown`] : []),
    ...(forgotten > 0 ? [`${plural(forgotten, 'connection')} forgotten while open: there are too many`] : []),
    ...(tlsWithoutKeys > 0 ? [`${plural(tlsWithoutKeys, 'TLS connection')} not decrypted; --keylog gives keys`] : []),
    ...tls
      .slice(0, MAX_TLS)
      .filter(({ problem }) => problem !== null)
      .map(tlsText),
  ]
}

function tlsText({ client, broker, version, cipher, serverName, problem }: TlsInfo): string {
  const what = [version ?? 'TLS', cipher, serverName === null ? null : `for ${safeShort(serverName, 100)}`]
  return `  ${client} -> ${broker}: ${what.filter((part) => part !== null).join(', ')}: ${safeShort(problem ?? '', 200)}`
}
