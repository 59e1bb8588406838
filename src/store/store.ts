import type { Entry } from './entry.ts'

export type Awaitable<T> = T | Promise<T>

/**
 * One tier of a cache: the least that every tier can do, and what `storeSuite` tests.
 *
 * A store only keeps and returns entries. It never decides whether an entry is fresh: that is the
 * cache's judgement, made in one place for all tiers.
 */
export interface Store {
  /** @returns the entry, stale ones too, or `undefined` where there is none. */
  get(key: string): Awaitable<Entry | undefined>

  /** Replaces what the key held. The store may drop it earlier than `staleUntil`, never later. */
  set(key: string, entry: Entry): Awaitable<unknown>

  /** Drops the key. An absent one is no error. */
  delete(key: string): Awaitable<unknown>

  /** Frees timers and connections this store opened itself. Calling it twice is allowed. */
  close(): Awaitable<void>
}
