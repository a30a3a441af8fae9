/** Every advertised version of every API: asked soundly, with nulls and empty arrays, with unknown tagged fields. */
import { Random } from '../bytes/random.ts'
import type { Answer } from '../client/connection.ts'
import type { Advertised } from '../client/versions.ts'
import type { Encodable } from '../codec/encode.ts'
import { apiName, requestMessage } from '../codec/messages.ts'
import type { Field, Model } from '../schema/model.ts'
import { followed } from './behind.ts'
import { type Bench, errorCodes, isPassing, mustHaveNoError } from './bench.ts'
import { type Check, Failed, must, Skipped, type Theme } from './check.ts'
import { coordinatedKey } from './coordinators.ts'
import { pause, wasClosed } from './lab.ts'
import { NOT_ASKED, type Recipe, type RequestBody } from './recipe.ts'
import { ADMIN_RECIPES } from './requests-admin.ts'
import { DATA_RECIPES } from './requests-data.ts'
import { GROUP_RECIPES } from './requests-groups.ts'

const recipes = new Map([...DATA_RECIPES, ...GROUP_RECIPES, ...ADMIN_RECIPES].map((recipe) => [recipe.api, recipe]))

const UNKNOWN_SERVER_ERROR = -1

/** An API at a version that the broker advertises. */
interface Spoken {
  readonly api: string
  readonly apiKey: number
  readonly version: number
}

/** Checks for every version that is advertised; of those that this program does not know there is one that says so. */
export function apiChecks(advertised: Advertised): Check[] {
  const checks: Check[] = []
  for (const [apiKey, { min, max }] of advertised) {
    const api = apiName(apiKey) ?? `${apiKey}`
    for (let version = min; version <= max && version - min < 100; version++) {
      const spoken = { api, apiKey, version }
      checks.push(soundCheck(spoken))
      const message = requestMessage(apiKey, version)
      if (!message || notAsked(api) !== null) continue
      if (hasNothings(message.model)) checks.push(emptyCheck(spoken, message.model))
      if (message.model.flexible) checks.push(tagsCheck(spoken, message.model))
    }
  }
  return checks
}

const schemaOf = ({ api, version }: Spoken): string => `${api}Request.json and ${api}Response.json, v${version}`

function soundCheck(spoken: Spoken): Check {
  const { api, version } = spoken
  return check(spoken, 'api', `${api} v${version} is answered soundly`, schemaOf(spoken), async (bench) => {
    await ask(bench, spoken, {
      judge: (answer, { errors }) => mustHaveNoError(answer, errors),
    })
  })
}

function emptyCheck(spoken: Spoken, model: Model): Check {
  const { api, version } = spoken
  const title = `${api} v${version} with nulls and empty arrays is answered in its own schema`
  return check(spoken, 'empty', title, schemaOf(spoken), async (bench) => {
    const skip = recipes.get(api)?.skipEmpty
    if (skip && version >= skip.from) throw new Skipped(skip.reason)
    await ask(bench, spoken, {
      change: (body) => emptied(model.fields, body),
      judge: (answer) =>
        must(
          !errorCodes(answer.body).includes(UNKNOWN_SERVER_ERROR),
          `${api} v${version} is answered with UNKNOWN_SERVER_ERROR`,
        ),
    })
  })
}

function tagsCheck(spoken: Spoken, model: Model): Check {
  const { api, version } = spoken
  const title = `${api} v${version} with unknown tagged fields in all its structs is answered as without`
  return check(spoken, 'tags', title, 'KIP-482', async (bench) => {
    const random = new Random(bench.lab.seed + spoken.apiKey * 100 + version)
    await ask(bench, spoken, {
      change: (body) => withTags(model.fields, body, random),
      judge: (answer, { errors }) => mustHaveNoError(answer, errors),
    })
  })
}

function check(
  { api, version }: Spoken,
  theme: Theme,
  title: string,
  source: string,
  run: (bench: Bench) => Promise<void>,
): Check {
  return { id: `${theme}/${api}/v${version}`, theme, title, source, run }
}

const notAsked = (api: string): string | null => NOT_ASKED[api] ?? recipes.get(api)?.skip ?? null

interface Asking {
  /** What is sent instead of the recipe's body. */
  change?(body: RequestBody): RequestBody
  /** Throws Failed where the answer, whose bytes are sound, is not as it must be. */
  judge(answer: Answer, recipe: Recipe): void
}

/** Rejects with Failed, Skipped or ClientError. */
async function ask(bench: Bench, spoken: Spoken, asking: Asking): Promise<void> {
  const { api, apiKey, version } = spoken
  const { lab } = bench
  const reason = notAsked(api)
  if (reason !== null) throw new Skipped(reason)
  if (!requestMessage(apiKey, version)) throw new Skipped('this program does not know the version')
  const recipe = recipes.get(api)
  if (!recipe?.body) throw new Skipped('no sound request is known that would change nothing')
  const request = async (): Promise<RequestBody> => {
    const body = await recipe.body!(bench, version)
    return asking.change ? asking.change(body) : body
  }
  try {
    const answer = await asked(bench, spoken, recipe, await request())
    if (answer === null) return
    asking.judge(answer, recipe)
    await recipe.after?.(bench, answer.body)
  } catch (error) {
    if (!(error instanceof Skipped)) throw error
    // What it needs may be lacking just because this API is answered wrongly: then its bytes tell.
    lab.pretending = true
    try {
      await asked(bench, spoken, recipe, await request())
    } finally {
      lab.pretending = false
    }
    throw error
  }
}

/** The answer; null where Kafka is known to close the connection, and it was closed. */
async function asked(
  bench: Bench,
  { api, version }: Spoken,
  { where }: Recipe,
  body: RequestBody,
): Promise<Answer | null> {
  const connection = await bench.connect(where, coordinatedKey(where ?? 'any', body))
  try {
    const answer = await settled(() =>
      followed(bench, connection, () => bench.call(connection, api, body, { version })),
    )
    if (answer.flaws.length > 0) {
      const [flaw] = answer.flaws
      throw new Failed(`${api} v${version}: ${flaw!.code} at byte ${flaw!.offset} of the answer`)
    }
    return answer
  } catch (error) {
    const deviation = DEVIATIONS.find((each) => each.api === api && version <= each.upTo)
    if (deviation && wasClosed(error)) return null
    throw error
  }
}

const SETTLE_MS = 5000

async function settled(ask: () => Promise<Answer>): Promise<Answer> {
  for (const end = performance.now() + SETTLE_MS; ; ) {
    const answer = await ask()
    if (!isPassing(answer.body) || performance.now() > end) return answer
    await pause(50)
  }
}

/**
 * Where Apache Kafka advertises what it closes the connection for. KAFKA-18659: 4.x says Produce v0, as librdkafka
 * takes what is not advertised from v0 on for a broker that can't compress; v0 to v2 are not served.
 */
const DEVIATIONS: readonly { readonly api: string; readonly upTo: number }[] = [{ api: 'Produce', upTo: 2 }]

const hasNothings = ({ fields }: Model): boolean =>
  fields.some(({ type, nullable, tag }) => tag < 0 && (type === 'array' || nullable))

/** Null where that is allowed, an empty array where there is one. The rest stays. */
function emptied(fields: readonly Field[], body: RequestBody): RequestBody {
  const made: { [field: string]: Encodable } = { ...body }
  for (const { name, type, nullable, tag } of fields) {
    if (tag >= 0) continue
    if (nullable) made[name] = null
    else if (type === 'array') made[name] = []
  }
  return made
}

/** Every struct gets tags that no version has. */
function withTags(fields: readonly Field[], body: RequestBody, random: Random): RequestBody {
  const made: { [field: string]: Encodable } = { ...body }
  for (const field of fields) {
    const value = body[field.name]
    if (field.fields.length === 0 || value === null || value === undefined) continue
    if (field.type === 'array' && Array.isArray(value)) {
      made[field.name] = value.map((each: Encodable) => withTags(field.fields, each as RequestBody, random))
    } else if (field.type === 'struct') made[field.name] = withTags(field.fields, value as RequestBody, random)
  }
  const tags = [5000 + random.below(100), 20_000 + random.below(1000)]
  made._unknownTaggedFields = tags.map((tag) => ({ tag, data: random.bytes(random.below(20)) }))
  return made
}
