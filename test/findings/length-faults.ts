/** Bugs in lengths and counts. */
import { type Edit, integer, type LengthKind, type LengthSite, varint } from './fault-sites.ts'
import type { Ground } from './faults.ts'

const KINDS: readonly LengthKind[] = ['string', 'bytes', 'array']

/** A length or count written in place of the one that is there. */
const rewrite =
  (write: (site: LengthSite) => Uint8Array) =>
  (site: LengthSite): Edit => ({ from: site.at, to: site.lengthEnd, put: write(site) })

const widthOf = ({ kind }: LengthSite): number => (kind === 'string' ? 2 : 4)

/** As this version has it, with another value. */
const claim = (value: (site: LengthSite) => number) =>
  rewrite((site) => (site.compact ? varint(value(site) + 1) : integer(value(site), widthOf(site))))

const classic = rewrite((site) => integer(site.value, widthOf(site)))
const compact = rewrite((site) => varint(site.value + 1))
const withoutPlusOne = rewrite((site) => varint(Math.max(0, site.value)))
const reversed = rewrite((site) => Buffer.from(integer(site.value, widthOf(site))).reverse())

export function addLengthFaults(ground: Ground): void {
  for (const kind of KINDS) {
    const all = ground.sites.lengths.filter((site) => site.kind === kind)
    if (all.length > 0) addFormFaults(ground, kind, all)
    const present = all.filter(({ value }) => value >= 0)
    if (present.length > 0) addClaimFaults(ground, kind, present)
  }
  addNulls(ground)
}

function addFormFaults({ model, random, add }: Ground, kind: LengthKind, all: readonly LengthSite[]): void {
  const present = all.filter(({ value }) => value >= 0)
  const one = present.length > 0 ? random.pick(present) : null
  if (model.flexible) {
    if (one) add(`compact-${kind}-as-int${8 * widthOf(one)}`, 'classic-length', [classic(one)])
    add(`encoder-plain-${kind}s`, 'classic-length', all.map(classic))
    add(`encoder-compact-${kind}s-without-plus-one`, 'compact-off-by-one', all.map(withoutPlusOne))
    return
  }
  if (one) add(`plain-${kind}-as-compact`, 'compact-length', [compact(one)])
  add(`encoder-compact-${kind}s`, 'compact-length', all.map(compact))
  const long = all.filter(({ value }) => value > 0)
  if (long.length > 0) add('wrong-endian-length', 'little-endian', [reversed(random.pick(long))])
  const nulls = all.filter(({ value }) => value === -1)
  if (nulls.length > 0) add('length-minus-two', 'negative-length', [claim(() => -2)(random.pick(nulls))])
}

function addClaimFaults({ bytes, random, add }: Ground, kind: LengthKind, present: readonly LengthSite[]): void {
  const cause = kind === 'array' ? 'wrong-count' : 'wrong-length'
  const more = 1 + random.below(80)
  const overrun = claim(({ lengthEnd }) => bytes.length - lengthEnd + more)
  add(`${kind}-length-overrun`, cause, [overrun(random.pick(present))])
  if (kind !== 'array') return
  const filled = present.filter(({ value }) => value > 0)
  if (filled.length === 0) return
  add('array-length-plus-one', cause, [claim(({ value }) => value + 1)(random.pick(filled))])
  add('array-length-minus-one', cause, [claim(({ value }) => value - 1)(random.pick(filled))])
}

/** Null, its contents left out, where this version has none. */
function addNulls({ random, sites: { lengths }, add }: Ground): void {
  const needed = lengths.filter(({ type, value }) => value >= 0 && !type.includes('nullable') && type !== 'records')
  if (needed.length === 0) return
  const site = random.pick(needed)
  const { put } = claim(() => -1)(site)
  add('null-in-non-nullable', 'null-not-allowed', [{ from: site.at, to: site.end, put }])
}
