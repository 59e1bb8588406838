import { type Entry, judge } from '../store/entry.ts'
import { ABSENT } from '../store/local-store.ts'
import type { Found } from '../store/shared-store.ts'
import type { Collection } from './collection.ts'
import { isConfirmed, type ReadOptions, tellHit, tellMiss, tellStale } from './reading.ts'

/**
 * Reads what is stored, fresh or stale, and loads nothing.
 *
 * @returns the values of the keys that have one
 */
export async function readStored(
  collection: Collection,
  keys: readonly string[],
  options: ReadOptions | undefined,
): Promise<ReadonlyMap<string, unknown>> {
  const { scope } = collection
  scope.checkOpen()
  options?.signal?.throwIfAborted()
  const values = new Map<string, unknown>()
  const isCareful = options?.after !== undefined
  const mayServe = !isCareful || (await isConfirmed(collection, options.after))
  const missing = [...new Set(keys)].filter((key) => {
    const value =
      mayServe && (!isCareful || isHeard(collection, key)) ? fromMemory(collection, key) : ABSENT
    if (value !== ABSENT) values.set(key, value)
    return value === ABSENT
  })
  const found = await fromShared(collection, missing)
  missing.forEach((key, i) => {
    const value = serve(collection, key, found[i])
    if (value !== ABSENT) values.set(key, value)
  })
  return values
}

function isHeard(collection: Collection, key: string): boolean {
  const entry = collection.local.get(key)
  return entry !== undefined && collection.isHeard(entry)
}

function fromMemory(collection: Collection, key: string): unknown {
  const fresh = collection.fresh(key)
  if (fresh !== ABSENT || !collection.scope.isEnabled) return fresh
  collection.scope.dropUnverified()
  const entry = collection.local.get(key)
  // A stale one may have been replaced in the shared tier: look there first.
  if (!entry || (collection.reachable && !isFresh(collection, entry))) return ABSENT
  return count(collection, key, entry, 'memory')
}

async function fromShared(
  collection: Collection,
  keys: readonly string[],
): Promise<readonly (Found | undefined)[]> {
  const shared = collection.scope.isEnabled ? collection.reachable : undefined
  const [first] = keys
  if (!shared || first === undefined) return []
  try {
    return keys.length === 1 ? [await shared.get(first)] : await shared.getMany(keys)
  } catch {
    // The tier reported it.
    return []
  }
}

function serve(collection: Collection, key: string, found: Found | undefined): unknown {
  if (found && judge(found.entry, collection.scope.clock.now()) !== 'expired') {
    collection.keepLocal(key, found.entry, found.keep)
    return count(collection, key, found.entry, 'shared')
  }
  collection.counters.misses += 1
  tellMiss(collection, key)
  return ABSENT
}

function count(
  collection: Collection,
  key: string,
  entry: Entry,
  tier: 'memory' | 'shared',
): unknown {
  if (!isFresh(collection, entry)) return tellStale(collection, key, entry)
  if (tier === 'memory') collection.counters.localHits += 1
  else collection.counters.sharedHits += 1
  tellHit(collection, key, tier)
  return entry.value
}

function isFresh(collection: Collection, entry: Entry): boolean {
  return judge(entry, collection.scope.clock.now()) === 'fresh'
}
