import type { FlawRule } from '../rule.ts'

/** More fields than are kept for one frame; the rest was not read. */
export const limit: FlawRule = {
  kind: 'flaw',
  code: 'limit',
  flaw: 'limit',
  severity: 'note',
  describe: ({ flaw }) => `More than ${flaw.wanted} fields: the rest of this frame is not decoded.`,
  example: { name: 'HeartbeatResponse', version: 0, hex: '0000' },
}
