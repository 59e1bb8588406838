import { judge } from '../store/entry.ts'
import { ABSENT } from '../store/local-store.ts'
import type { Found } from '../store/shared-store.ts'
import type { Collection } from './collection.ts'
import type { LoadJob } from './load.ts'
import { type ReadOptions, read } from './reading.ts'

interface Wanted {
  readonly key: string
}

/**
 * Reads many keys: memory first, then one exchange with the shared tier for what is missing, then
 * loads for what is missing there too.
 *
 * @param jobsFor makes the jobs of those that are not fresh anywhere, together, so that they can
 *   share one call of the loader
 * @returns the values in the order of `wanted`; a key that is wanted twice is read once
 */
export async function readMany<W extends Wanted>(
  collection: Collection,
  wanted: readonly W[],
  options: ReadOptions | undefined,
  jobsFor: (missing: readonly W[]) => readonly LoadJob[],
): Promise<unknown[]> {
  const values = new Map<string, unknown>()
  const missing = new Map<string, W>()
  const mayServe = options?.after === undefined
  for (const each of wanted) {
    if (values.has(each.key) || missing.has(each.key)) continue
    const value = mayServe ? collection.fresh(each.key) : ABSENT
    if (value === ABSENT) missing.set(each.key, each)
    else values.set(each.key, value)
  }
  if (missing.size > 0) {
    const found = mayServe ? await readShared(collection, missing, values) : undefined
    await loadRest(collection, missing, values, options, jobsFor, found)
  }
  return wanted.map(({ key }) => values.get(key))
}

/** Moves what the shared tier has fresh from `missing` to `values`. @returns what else it has */
async function readShared<W extends Wanted>(
  collection: Collection,
  missing: Map<string, W>,
  values: Map<string, unknown>,
): Promise<ReadonlyMap<string, Found | null> | undefined> {
  const { scope, local, lookups, counters } = collection
  const shared = scope.isEnabled ? collection.reachable : undefined
  // Stale entries in memory and keys that others look up already go their own way.
  const keys = [...missing.keys()].filter((key) => !lookups.has(key) && !local.get(key))
  if (!shared || keys.length === 0) return undefined
  let found: readonly (Found | undefined)[]
  try {
    found = await shared.getMany(keys)
  } catch {
    // The tier reported it.
    return undefined
  }
  const now = scope.clock.now()
  const rest = new Map<string, Found | null>()
  const wantsHits = scope.events.wants('hit')
  for (let i = 0; i < keys.length; i += 1) {
    const key = keys[i] as string
    const each = found[i]
    if (!each || judge(each.entry, now) !== 'fresh') {
      rest.set(key, each ?? null)
      continue
    }
    collection.keepLocal(key, each.entry, each.keep)
    counters.sharedHits += 1
    values.set(key, each.entry.value)
    missing.delete(key)
    if (wantsHits) {
      scope.events.emit('hit', { definition: collection.name, key, tier: 'shared' })
    }
  }
  return rest
}

async function loadRest<W extends Wanted>(
  collection: Collection,
  missing: ReadonlyMap<string, W>,
  values: Map<string, unknown>,
  options: ReadOptions | undefined,
  jobsFor: (missing: readonly W[]) => readonly LoadJob[],
  found: ReadonlyMap<string, Found | null> | undefined,
): Promise<void> {
  if (missing.size === 0) return
  const jobs = jobsFor([...missing.values()])
  await Promise.all(
    jobs.map(async (job) => {
      try {
        values.set(job.key, await read(collection, job, options, found?.get(job.key)))
      } finally {
        // Whatever happened to it, the others must not wait for it.
        job.stepBack?.()
      }
    }),
  )
}
