import type { Entry } from '../store/entry.ts'
import type { LocalRegion } from '../store/local-store.ts'
import type { Store } from '../store/store.ts'
import type { MemoryStoreOptions } from './options.ts'
import { createMemoryStore } from './store.ts'

/** One region as the store of a tier. Closing it leaves the region to its owner. */
export function regionStore(region: LocalRegion): Store {
  return {
    get: (key: string) => region.get(key),
    set: (key: string, entry: Entry) => region.set(key, entry),
    delete: (key: string) => region.delete(key),
    close: () => {},
  }
}

/**
 * A memory store with a single region, as the store of a tier.
 *
 * @throws {CacheError} ERR_OPTION
 */
export function createTierStore(options: MemoryStoreOptions = {}): Store {
  const store = createMemoryStore(options)
  return { ...regionStore(store.space('').region('')), close: () => store.close() }
}
