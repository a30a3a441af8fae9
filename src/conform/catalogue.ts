/** All checks, in the order in which they are run. */
import type { Advertised } from '../client/versions.ts'
import { apiChecks } from './apis.ts'
import { type Check, THEMES } from './check.ts'

/** `advertised`: what the broker offers. */
export function catalogue(advertised: Advertised): Check[] {
  const checks = [...apiChecks(advertised)]
  return checks.sort((a, b) => THEMES.indexOf(a.theme) - THEMES.indexOf(b.theme))
}
