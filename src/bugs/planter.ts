/** Plants bugs in answers as they go out. */

import { MAX_PLANTED, type Planted } from './bug.ts'
import { SoundAnswer } from './sound-answer.ts'
import type { BugSpec } from './spec.ts'

export class Planter {
  private readonly specs: readonly Extract<BugSpec, { bug: unknown }>[]
  /** Bugs of the coordinator, by name. */
  readonly coordination: ReadonlySet<string>

  constructor(specs: readonly BugSpec[]) {
    this.specs = specs.filter((spec) => 'bug' in spec)
    this.coordination = new Set(specs.flatMap((spec) => ('coordination' in spec ? [spec.coordination.name] : [])))
  }

  /** Whether some bug is to be planted in answers of that API and version. */
  wants(apiKey: number, version: number): boolean {
    return this.specs.some((spec) => applies(spec, apiKey, version))
  }

  /**
   * What goes out instead of a whole, sound answer frame: the frame itself where no bug finds a place in it. Several
   * bugs are planted in the order given; one that finds what went before unsound is left out.
   */
  plant(bytes: Uint8Array, apiKey: number, version: number): Planted {
    let now = bytes
    if (bytes.length > MAX_PLANTED) return now
    for (const { bug, path, ...spec } of this.specs) {
      if (!applies(spec, apiKey, version)) continue
      const answer = SoundAnswer.of(now, apiKey, version)
      if (!answer || bug.refuses?.(answer.model)) continue
      const planted = bug.plant(answer, path)
      if (typeof planted === 'string') return planted
      now = planted ?? now
    }
    return now
  }
}

const applies = (
  spec: Pick<Extract<BugSpec, { bug: unknown }>, 'apiKey' | 'versions'>,
  apiKey: number,
  version: number,
): boolean => spec.apiKey === apiKey && version >= spec.versions.low && version <= spec.versions.high
