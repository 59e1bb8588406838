import type { Entry } from './entry.ts'

/** What `fresh` answers when there is nothing to serve at once; `undefined` may be a value. */
export const ABSENT: unique symbol = Symbol('absent')

/**
 * The in-process tier, as the engine sees it. One store bounds all memory; spaces (one a
 * namespace) and regions (one a definition) divide its keys, so that a hit is one `Map` look-up
 * with the caller's own string and no key is ever put together on the hot path.
 */
export interface LocalStore {
  /** The same name gives the same space. */
  space(name: string): LocalSpace
  readonly size: LocalSize
  close(): void
}

export interface LocalSize {
  readonly entries: number
  readonly bytes: number
  readonly maxEntries: number
  readonly maxBytes: number
}

/** The regions of one namespace, with what applies to all of them. */
export interface LocalSpace {
  /** The same name gives the same region. */
  region(name: string): LocalRegion
  /** The regions made so far. */
  regions(): Iterable<LocalRegion>
  /**
   * Until when `fresh` may answer, on the same clock as entries: Infinity unless a shared tier
   * has reason to doubt that it hears of changes. Entries stay; `get` still returns them.
   */
  trustedUntil: number
  /** Drops every entry that carries one of the tags. @returns how many. */
  deleteTags(tags: Iterable<string>): number
  /** Drops every entry of which `matches(region name, key)` holds. @returns how many. */
  deleteWhere(matches: (region: string, key: string) => boolean): number
  /** Drops everything in this space. @returns how many. */
  clear(): number
}

/** The entries of one definition. */
export interface LocalRegion {
  readonly name: string
  readonly size: number
  /**
   * The value if it is fresh and trusted, else `ABSENT`. The path of every hit: no allocation,
   * the clock read at most once a millisecond. Counts as a use for the eviction policy.
   */
  fresh(key: string): unknown
  /** The entry, fresh or stale, whether trusted or not; `undefined` when absent or expired. */
  get(key: string): Entry | undefined
  /**
   * Replaces what the key held.
   * @param checkAt from when on `fresh` must not answer by itself, at most `entry.freshUntil`
   *   (earlier where an early refresh may be due)
   * @returns false when the entry was refused: expired already, or larger than the whole store
   */
  set(key: string, entry: Entry, checkAt?: number): boolean
  /** @returns whether it was there. */
  delete(key: string): boolean
  keys(): Iterable<string>
}

/** Why an entry left the in-process tier without anyone asking for it. */
export type EvictionReason = 'capacity' | 'expired'
