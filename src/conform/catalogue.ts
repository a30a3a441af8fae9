/** All checks, in the order in which they are run. */
import type { Advertised } from '../client/versions.ts'
import { apiChecks } from './apis.ts'
import { type Check, THEMES } from './check.ts'
import { ERROR_CHECKS } from './errors.ts'
import { FRAMING_CHECKS } from './framing.ts'
import { GROUP_CHECKS } from './groups.ts'
import { headerChecks, versionChecks } from './headers.ts'
import { SASL_CHECKS } from './sasl.ts'

/** `advertised`: what the broker offers. */
export function catalogue(advertised: Advertised): Check[] {
  const checks = [
    ...apiChecks(advertised),
    ...headerChecks(advertised),
    ...versionChecks(advertised),
    ...FRAMING_CHECKS,
    ...ERROR_CHECKS,
    ...GROUP_CHECKS,
    ...SASL_CHECKS,
  ]
  return checks.sort((a, b) => THEMES.indexOf(a.theme) - THEMES.indexOf(b.theme))
}
