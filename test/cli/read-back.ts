/** A capture to JSON lines, as `read --json` prints them. */
import { readFileSync } from 'node:fs'
import { Assembler } from '../../src/capture/assembler.ts'
import { CaptureReader } from '../../src/capture/capture-reader.ts'
import { TlsDecryptor } from '../../src/capture/tls/decryptor.ts'
import { KeyLog } from '../../src/capture/tls/key-log.ts'
import { type Observed, Pipeline } from '../../src/findings/pipeline.ts'
import { JsonLines, type JsonLinesOptions } from '../../src/report/json-lines.ts'

/** The lines of files that are read one after the other, the summary last. Throws where a file is damaged. */
export function readBack(
  files: readonly string[],
  options: JsonLinesOptions = {},
  keyLog = '',
  onObserved: (observed: Observed) => void = () => {},
): string[] {
  const pipeline = new Pipeline()
  const json = new JsonLines(options)
  const lines: string[] = []
  const take = (observed: ReturnType<Pipeline['push']>): void => {
    for (const event of observed) {
      lines.push(...json.lines(event))
      onObserved(event)
    }
  }
  const keys = new KeyLog(keyLog)
  const tls = new TlsDecryptor(keys)
  const assembler = new Assembler({ tls }, (segment) => take(pipeline.push(segment)))
  for (const file of files) {
    const reader = new CaptureReader((text) => keys.add(text))
    reader.window.append(readFileSync(file))
    while (reader.read() === 'packet') assembler.packet(reader.packet)
    const damage = reader.finish()
    if (damage) throw new Error(`${file}: ${damage.message} at ${damage.offset}`)
  }
  assembler.end()
  take(pipeline.end(0))
  return [...lines, ...json.summary()]
}
