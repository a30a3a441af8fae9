/** What a run made is removed: transactions end, members leave, groups and topics are deleted. */
import { errorName } from '../../dissectors/errors.ts'
import type { Lab } from './lab.ts'

interface Deleted {
  readonly results?: readonly { readonly groupId: string; readonly errorCode: number }[]
  readonly responses?: readonly { readonly name: string | null; readonly errorCode: number }[]
}

/** Of what is not there any more, or never was: a request that failed may have made it or not. */
const GONE = new Set(['NONE', 'GROUP_ID_NOT_FOUND', 'UNKNOWN_TOPIC_OR_PARTITION'])

/** Returns what could not be removed, for people. Never rejects. */
export async function cleanUp(lab: Lab): Promise<string[]> {
  const left: string[] = []
  const attempt = async (what: string, work: () => Promise<string | null>): Promise<void> => {
    const problem = await work().catch((error: Error) => error.message)
    if (problem !== null) left.push(`${what}: ${problem}`)
  }
  for (const { what, work } of lab.endings.splice(0).reverse()) {
    await attempt(what, async () => {
      await work()
      return null
    })
  }
  if (lab.offers('DeleteGroups')) for (const group of lab.groups) await attempt(group, () => deleteGroup(lab, group))
  const topicNames = [...lab.topics]
  if (topicNames.length > 0) await attempt('topics', () => deleteTopics(lab, topicNames))
  return left
}

async function deleteGroup(lab: Lab, groupId: string): Promise<string | null> {
  const attempt = async (): Promise<string> => {
    const { results } = await lab.ask<Deleted>('DeleteGroups', { groupsNames: [groupId] }, 'group')
    return errorName(results?.[0]?.errorCode ?? 0)
  }
  let error = await attempt()
  if (error === 'NON_EMPTY_GROUP') {
    await leaveAll(lab, groupId)
    error = await attempt()
  }
  return GONE.has(error) ? null : error
}

/** Members of a classic group that a failed check has left in it. */
async function leaveAll(lab: Lab, groupId: string): Promise<void> {
  interface Described {
    readonly groups: readonly { readonly members: readonly { readonly memberId: string }[] }[]
  }
  const { groups } = await lab.ask<Described>('DescribeGroups', { groups: [groupId] }, 'group')
  for (const { memberId } of groups[0]?.members ?? []) {
    await lab.ask('LeaveGroup', { groupId, memberId, members: [{ memberId }] }, 'group')
  }
}

async function deleteTopics(lab: Lab, topicNames: readonly string[]): Promise<string | null> {
  const body = { topics: topicNames.map((name) => ({ name })), topicNames, timeoutMs: 10_000 }
  const { responses } = await lab.ask<Deleted>('DeleteTopics', body)
  const problems = (responses ?? []).filter(({ errorCode }) => !GONE.has(errorName(errorCode)))
  if (problems.length === 0) return null
  return problems.map(({ name, errorCode }) => `${name} ${errorName(errorCode)}`).join(', ')
}
