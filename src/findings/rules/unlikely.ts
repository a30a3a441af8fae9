import type { DoubtRule } from '../rule.ts'

/** A body that reads to its end, whose values make sense only under another reading. */
export const unlikely: DoubtRule = {
  kind: 'doubt',
  code: 'body/unlikely',
  severity: 'warning',
  describe: (best, message) => `${message} reads well, but its values make far more sense if ${best.message}.`,
}
