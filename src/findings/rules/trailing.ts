import { bytesOf, type FlawRule } from '../rule.ts'

/** Bytes after the last field. Kafka's readers pass over them, so what they hold is lost. */
export const trailing: FlawRule = {
  kind: 'flaw',
  code: 'trailing',
  flaw: 'trailing',
  severity: 'error',
  describe: ({ flaw, message, noun }) =>
    `${bytesOf(flaw.length)} left over after the last field of ${message}, at ${flaw.offset}: the ${noun} holds more than this version has.`,
  example: { name: 'HeartbeatResponse', version: 0, hex: '00000001' },
}
