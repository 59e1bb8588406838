import type { LocalSize, LocalSpace, LocalStore } from '../store/local-store.ts'
import { Entries } from './entries.ts'
import { type MemoryStoreOptions, resolveMemoryOptions } from './options.ts'
import { MemorySpace } from './space.ts'

/**
 * Keeps entries in this process, within a number of entries, a number of bytes, or both. When it
 * is full, what is least worth keeping goes (`policy.ts`).
 *
 * @throws {CacheError} ERR_OPTION
 * @example
 * ```ts
 * const store = createMemoryStore({ maxBytes: '64mb' })
 * const products = store.space('stays').region('product')
 * products.set('42', entry)
 * products.fresh('42')
 * ```
 */
export function createMemoryStore(options: MemoryStoreOptions = {}): MemoryStore {
  return new MemoryStore(options)
}

/** See `createMemoryStore`. */
export class MemoryStore implements LocalStore {
  readonly #spaces = new Map<string, MemorySpace>()
  readonly #entries: Entries

  constructor(options: MemoryStoreOptions = {}) {
    this.#entries = new Entries(resolveMemoryOptions(options))
  }

  space(name: string): LocalSpace {
    let space = this.#spaces.get(name)
    if (space === undefined) {
      space = new MemorySpace(this.#entries)
      this.#spaces.set(name, space)
    }
    return space
  }

  /** Bytes are 0 where no bound asks for them, and the bound is then Infinity. */
  get size(): LocalSize {
    const { eviction, options } = this.#entries
    return {
      entries: eviction.entries,
      bytes: eviction.bytes,
      maxEntries: options.maxEntries,
      maxBytes: options.maxBytes,
    }
  }

  /** Empties the store; from then on it refuses every entry. */
  close(): void {
    this.#entries.close()
    for (const space of this.#spaces.values()) space.clear()
  }
}
