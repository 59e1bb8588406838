import { createMemoryStore, createPolicy } from '../../src/memory/index.ts'
import { ABSENT } from '../../src/store/local-store.ts'
import { seededRandom } from '../../src/testing/random.ts'

/** @returns whether the key was there. */
export type Access = (key: number) => boolean

/** Least recently used: holds the harness against the table. */
export function lru(capacity: number): Access {
  const keys = new Set<number>()
  return (key) => {
    const isHit = keys.delete(key)
    keys.add(key)
    if (keys.size > capacity) keys.delete(keys.values().next().value as number)
    return isHit
  }
}

/** Our policy alone. */
export function policy(capacity: number, seed: number): Access {
  const ours = createPolicy({ maxEntries: capacity, random: seededRandom(seed) })
  return (key) => ours.access(key)
}

/** The whole store: it sleeps until half full, and works uses off in batches. */
export function store(capacity: number, seed: number): Access {
  const ours = createMemoryStore({ maxEntries: capacity, random: seededRandom(seed) })
  const region = ours.space('bench').region('trace')
  const until = Number.MAX_SAFE_INTEGER
  const rest = { createdAt: 0, freshUntil: until, staleUntil: until, loadMs: 0, stamp: 0 }
  return (key) => {
    const name = String(key)
    if (region.fresh(name) !== ABSENT) return true
    region.set(name, { value: key, tags: [], ...rest })
    return false
  }
}

/** In percent. */
export function hitRate(trace: Uint32Array, access: Access): number {
  let hits = 0
  for (const key of trace) if (access(key)) hits += 1
  return (100 * hits) / trace.length
}
