/**
 * Rules, found by a field's path. A pattern is `Api.request.names`, each part optional: an API as the schemas spell it
 * (upper case first) or `*`; `request` or `response`; names that stand one after another anywhere in the path, `*` for
 * one of any name. What a field holds shares its rule. The first rule that fits wins; users' come before ours.
 */
import { apiKeyOf } from '../codec/messages.ts'
import { fieldPath } from '../codec/paths.ts'
import type { MessageKind } from './model.ts'
import { type How, type Rule, VOLATILE } from './volatile.ts'

interface Pattern {
  readonly rule: Rule
  readonly rank: number
  readonly api: string | null
  readonly kind: MessageKind | null
  /** Null: the message itself, or for `poll` the API. */
  readonly names: RegExp | null
}

/** A place in the messages of an API, without indexes, and the rule there. */
export class RuleNode {
  readonly rule: Rule | null
  readonly rank: number
  /** Elements may come in any order. */
  readonly unordered: Rule | null
  private readonly path: string
  private readonly patterns: readonly Pattern[]
  private readonly children = new Map<string, RuleNode>()

  constructor(patterns: readonly Pattern[], path: string, parent: RuleNode | null) {
    this.patterns = patterns
    this.path = path
    let best: Pattern | null = null
    let unordered: Rule | null = null
    for (const pattern of patterns) {
      if (pattern.names !== null && !pattern.names.test(path)) continue
      if (pattern.rule.how === 'order') unordered ??= pattern.rule
      else if (pattern.rule.how !== 'poll') best ??= pattern
    }
    const own = best !== null && best.rank < (parent?.rank ?? Number.POSITIVE_INFINITY)
    this.rule = own ? best!.rule : (parent?.rule ?? null)
    this.rank = own ? best!.rank : (parent?.rank ?? Number.POSITIVE_INFINITY)
    this.unordered = unordered
  }

  child(name: string): RuleNode {
    const known = this.children.get(name)
    if (known) return known
    const made = new RuleNode(this.patterns, fieldPath(this.path, name), this)
    // Names of fields are few; those of hostile JSON inside bytes need not be remembered.
    if (this.children.size < 1000) this.children.set(name, made)
    return made
  }
}

export class Rules {
  private readonly patterns: readonly Pattern[]
  private readonly roots = new Map<string, RuleNode>()

  /** `own` come before the built-in ones. Throws RuleError for a pattern that says nothing. */
  constructor(own: readonly Rule[] = []) {
    this.patterns = [...own, ...VOLATILE].flatMap((rule, rank) =>
      rule.where.split(' ').map((where): Pattern => ({ rule, rank, ...parsePattern(where) })),
    )
  }

  /** Of a message of an API; `mechanism` is that of the connection's login. */
  root(api: string, kind: MessageKind, mechanism: string | null): RuleNode {
    const key = `${api} ${kind} ${mechanism}`
    const known = this.roots.get(key)
    if (known) return known
    const fitting = this.patterns.filter(
      (pattern) =>
        (pattern.api === null || pattern.api === api) &&
        (pattern.kind === null || pattern.kind === kind) &&
        !(mechanism !== null && pattern.rule.butFor?.includes(mechanism)),
    )
    const made = new RuleNode(fitting, '', null)
    this.roots.set(key, made)
    return made
  }

  /** The rule by which an API's exchanges may be more or fewer; null where there is none. */
  poll(api: string): Rule | null {
    const found = this.patterns.find(
      ({ rule, api: of, names }) =>
        (rule.how === 'poll' || rule.how === 'exact') && names === null && (of === null || of === api),
    )
    return found?.rule.how === 'poll' ? found.rule : null
  }
}

/** What is wrong with a rule, for people. */
export class RuleError extends Error {}

function parsePattern(text: string): Pick<Pattern, 'api' | 'kind' | 'names'> {
  if (/[[\]]/.test(text)) throw new RuleError(`${text}: leave the indexes out, a rule is for all elements`)
  if (!/^(?:[\w]+|\*)(?:\.(?:[\w]+|\*))*$/.test(text)) {
    throw new RuleError(`${text}: want names with dots between, as in Fetch.response.responses.partitions.records`)
  }
  const names = text.split('.')
  let api: string | null = null
  if (/^[A-Z]/.test(names[0]!)) {
    api = names.shift()!
    if (api !== 'SaslToken' && apiKeyOf(api) === null) throw new RuleError(`${text}: no API is called ${api}`)
  } else if (names[0] === '*' && names.length > 1) names.shift()
  const kind = names[0] === 'request' || names[0] === 'response' ? (names.shift() as MessageKind) : null
  if (names.length === 0) return { api, kind, names: null }
  const pattern = names.map((name) => (name === '*' ? '[^.]+' : name)).join('\\.')
  return { api, kind, names: new RegExp(`(?:^|\\.)${pattern}$`) }
}

const HOWS: ReadonlySet<string> = new Set<How>([
  ...(['any', 'time', 'duration', 'positive', 'natural', 'offset', 'renamed', 'order', 'poll', 'exact'] as const),
])

/** `--ignore PATH` as a rule. */
export function ignored(path: string): Rule {
  parsePattern(path)
  return { name: `--ignore ${path}`, how: 'any', where: path, reason: 'the command line says so' }
}

/**
 * A rules file: a line each, `PATTERN HOW reason`, where `HOW` may carry a name (`renamed:order-id`); `#` begins a
 * comment. Throws RuleError with the line's number.
 */
export function parseRules(text: string): Rule[] {
  const rules: Rule[] = []
  text.split('\n').forEach((line, index) => {
    const [where, how, ...reason] = line.replace(/#.*/, '').trim().split(/\s+/)
    if (!where) return
    const [kind, name] = (how ?? 'any').split(':')
    if (!HOWS.has(kind!)) {
      throw new RuleError(`line ${index + 1}: ${kind} is no way to differ; there are ${[...HOWS].join(', ')}`)
    }
    try {
      parsePattern(where)
    } catch (error) {
      throw new RuleError(`line ${index + 1}: ${(error as Error).message}`)
    }
    rules.push({ name: name ?? where, how: kind as How, where, reason: reason.join(' ') })
  })
  return rules
}
