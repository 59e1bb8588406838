import type { Entry } from './entry.ts'
import type { Change, InvalidationLog } from './invalidation-log.ts'

/**
 * The tier that all processes share, as the engine sees it: Redis, or anything that can keep
 * bytes, hand out leases and count invalidations.
 *
 * Every promise here settles within the store's time budget; what cannot be had in that time
 * rejects with a `CacheError` (ERR_STORE…) for the engine to go on without. A store never decides
 * whether an entry is fresh, but it never returns an entry that it knows to be invalidated.
 */
export interface SharedStore {
  /** Appears in events and metrics: `"redis"`. */
  readonly name: string
  /** What this process knows of the namespace's invalidations. The store keeps it up to date. */
  readonly log: InvalidationLog
  /**
   * For how long the in-process tier may serve what it cannot verify, in milliseconds: entries
   * kept as `'bounded'`, and all entries once the connection that brings the changes is lost.
   */
  readonly maxUnverifiedMs: number
  /** Whether unverified entries may afterwards still be served as stale ones. */
  readonly serveUnverified: boolean
  /** Whether asking is worth while now. While it is false the engine does not ask at all. */
  isAvailable(): boolean
  /** @param schema a number that changes when values of the definition change their shape */
  region(definition: string, schema: number): SharedRegion
  /**
   * Numbers an invalidation and makes it hold for every process.
   *
   * @returns its number, or undefined where the store could not be reached: then it is kept, in
   *   order, and sent before the store is used again
   */
  invalidate(change: Change): Promise<number | undefined>
  /** Settles once every invalidation up to `number` is known here. @returns whether it is. */
  catchUp(number: number): Promise<boolean>
  /** Settles at the first successful contact. @throws {CacheError} ERR_CONFIG, ERR_STORE */
  ready(): Promise<void>
  close(): Promise<void>
}

/** The shared entries of one definition. Keys are key texts, see `keyText`. */
export interface SharedRegion {
  /** The entry, fresh or stale, unless it is invalid. */
  get(key: string): Promise<Found | undefined>
  /** As `get`, for many keys in one exchange; answers in the same order. */
  getMany(keys: readonly string[]): Promise<(Found | undefined)[]>
  /**
   * Asks to be the one who loads.
   *
   * @param seen what the caller found and does not want to use: something else that lies there
   *   now is returned instead of a lease
   * @param awaited the lease that the caller has waited for: if its load failed, the failure is
   *   returned
   */
  lease(key: string, seen?: Found, awaited?: string): Promise<LeaseReply>
  /** Stores what was loaded under a lease, if the lease still holds, and ends the lease. */
  fill(lease: Lease, entry: Entry): Promise<FillReply>
  /** Ends a lease without a value. With an error, those who wait for it share the error. */
  release(lease: Lease, error?: Error): Promise<void>
  /** Stores unconditionally, and ends any lease, so that no load under way can overwrite it. */
  set(key: string, entry: Entry): Promise<FillReply>
  setMany(entries: ReadonlyMap<string, Entry>): Promise<ReadonlyMap<string, FillReply>>
  /** Deletes entries and ends their leases. @returns see `SharedStore.invalidate` */
  delete(keys: readonly string[]): Promise<number | undefined>
  /** Ends freshness and leases; the entries stay for their grace. */
  expire(keys: readonly string[]): Promise<number | undefined>
}

/** An entry as it was found in the shared tier. */
export interface Found {
  readonly entry: Entry
  readonly keep: Keep
  /** Tells this very version of the entry from every other one. */
  readonly version: Uint8Array
}

/**
 * Whether the in-process tier may keep a copy: `'heard'` when every later change of it will be
 * heard of, `'bounded'` when not, so only for a short while, `'no'` when it changed meanwhile.
 */
export type Keep = 'heard' | 'bounded' | 'no'

/** The right to load one key, until it is renewed no longer or the key changes. */
export interface Lease {
  readonly key: string
  readonly token: string
  /** The stamp of whatever is loaded under it, and the epoch of the stamp. */
  readonly stamp: number
  readonly epoch: string
}

export type LeaseReply =
  | { readonly kind: 'granted'; readonly lease: Lease }
  /** Another version of the entry is there now. */
  | { readonly kind: 'found'; readonly found: Found }
  /**
   * Somebody else loads. `changed` settles when the key or its lease changed, or after `ms`: then
   * it is time to ask again. It must be called once (with 0 by those who do not wait).
   */
  | { readonly kind: 'busy'; readonly token: string; changed(ms: number): Promise<void> }
  /** What lies there must not be overwritten (a newer version of this package wrote it). */
  | { readonly kind: 'untouchable' }
  /** The load that was waited for has failed. */
  | { readonly kind: 'failed'; readonly error: Error }

export type FillReply =
  | { readonly kind: 'stored'; readonly keep: Keep }
  /** The key was deleted, set or invalidated while the load ran. */
  | { readonly kind: 'refused' }
  /** It is too large or cannot be encoded; it may still be served and kept in this process. */
  | { readonly kind: 'unstorable'; readonly error: Error }

/** Who keeps copies of shared entries, and has to hear what becomes of them. */
export interface CoherenceListener {
  /** The entry was written, deleted, expired or evicted by somebody else. */
  keyChanged(definition: string, key: string): void
  /**
   * An invalidation became known. It is in the log already.
   *
   * @param isOurs whether this process asked for it
   */
  invalidated(change: Change, number: number, isOurs: boolean): void
  /** What was kept can no longer be proved: changes may have gone unheard, or an epoch ended. */
  lost(): void
  /** Everything heard of is up to date; without another word it may be trusted until then. */
  verified(until: number): void
}

/** What a shared store tells of itself, for events, counters and logs. */
export type StoreReport =
  | { readonly kind: 'connected' }
  | { readonly kind: 'disconnected'; readonly error: Error }
  | { readonly kind: 'breaker'; readonly state: 'closed' | 'open' | 'half-open' }
  /** A command failed or timed out; the caller went on without it. */
  | { readonly kind: 'error'; readonly error: Error }
  /** What was stored cannot be used: truncated, corrupt, foreign, not decryptable. */
  | { readonly kind: 'rejected'; readonly key: string; readonly reason: string }
  /** Invalidations that waited for the store were sent. */
  | { readonly kind: 'replayed'; readonly count: number }
