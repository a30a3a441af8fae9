/**
 * The sticky assignor of streams groups (KIP-1071): tasks stay where they were as far as members get equally many;
 * stateful ones go first, and their standby tasks to processes that have neither the task nor another standby of it.
 * Tasks are named by keys of their role, subtopology and partition.
 */
import type { Assignment } from '../assignors.ts'
import type { Work } from './topology.ts'

export type Role = 'active' | 'standby' | 'warmup'

export interface Task {
  readonly role: Role
  readonly subtopologyId: string
  readonly partition: number
}

export const taskKey = ({ role, subtopologyId, partition }: Task): string => `${role}/${partition}/${subtopologyId}`

export function taskOf(key: string): Task {
  const [role, partition] = key.split('/', 2) as [Role, string]
  return { role, partition: Number(partition), subtopologyId: key.slice(role.length + partition.length + 2) }
}

/** The same task in another role. */
export const inRole = (key: string, role: Role): string => `${role}${key.slice(key.indexOf('/'))}`

export interface Worker {
  readonly id: string
  readonly processId: string
  /** Keys of what it was to do before. */
  readonly previous: ReadonlySet<string>
}

/** Tasks in all at most: of one group, whatever its topics' sizes. */
export const MAX_TASKS = 50_000

/** What each worker has got so far. */
interface Load {
  readonly worker: Worker
  readonly tasks: Set<string>
  stateful: number
  active: number
}

/** `standbys`: how many processes keep a copy of the state of each stateful task. */
export function assignTasks(workers: readonly Worker[], work: ReadonlyMap<string, Work>, standbys: number): Assignment {
  const loads = workers.map((worker): Load => ({ worker, tasks: new Set(), stateful: 0, active: 0 }))
  const all = [...work].flatMap(([subtopologyId, { tasks, stateful }]) =>
    Array.from({ length: Math.min(tasks, MAX_TASKS) }, (_, partition) => ({
      key: taskKey({ role: 'active', subtopologyId, partition }),
      stateful,
    })),
  )
  const tasks = all.slice(0, MAX_TASKS)
  const stateful = tasks.filter((task) => task.stateful).map(({ key }) => key)
  if (loads.length === 0) return new Map()
  // First the stateful ones, equally many for each; then the others fill up.
  share(stateful, loads, 'stateful')
  share(
    tasks.filter((task) => !task.stateful).map(({ key }) => key),
    loads,
    'active',
  )
  for (let copy = 0; copy < standbys; copy++) for (const key of stateful) standby(inRole(key, 'standby'), loads)
  return new Map(loads.map(({ worker, tasks: own }) => [worker.id, own]))
}

/** Whoever had a task, or a copy of its state, gets it unless that is more than its share; then the least loaded one. */
function share(keys: readonly string[], loads: readonly Load[], counted: 'stateful' | 'active'): void {
  const before = loads.reduce((sum, load) => sum + load[counted], 0)
  const most = Math.ceil((before + keys.length) / loads.length)
  const left: string[] = []
  for (const key of keys) {
    const had = (role: Role): Load | undefined =>
      loads.find((load) => load[counted] < most && load.worker.previous.has(inRole(key, role)))
    const holder = had('active') ?? had('standby') ?? had('warmup')
    if (holder) give(holder, key, counted === 'stateful')
    else left.push(key)
  }
  for (const key of left) give(least(loads, counted), key, counted === 'stateful')
}

const least = (loads: readonly Load[], counted: 'stateful' | 'active'): Load =>
  loads.reduce((best, load) => (load[counted] < best[counted] ? load : best))

function give(load: Load, key: string, stateful: boolean): void {
  load.tasks.add(key)
  load.active++
  if (stateful) load.stateful++
}

/** To a process that does not have it yet, in any role: none where all have. */
function standby(key: string, loads: readonly Load[]): void {
  const has = ({ tasks }: Load): boolean => tasks.has(key) || tasks.has(inRole(key, 'active'))
  const taken = new Set(loads.filter(has).map(({ worker }) => worker.processId))
  const free = loads.filter(({ worker }) => !taken.has(worker.processId))
  const size = ({ tasks }: Load): number => tasks.size
  const lightest = Math.min(...free.map(size))
  // Who had it keeps it, unless it has much more to do than others.
  const holder = free.find((load) => load.worker.previous.has(key) && size(load) <= lightest + 1)
  const chosen = holder ?? free.find((load) => size(load) === lightest)
  chosen?.tasks.add(key)
}
