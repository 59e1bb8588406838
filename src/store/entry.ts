/** What a store keeps for one key. Times are milliseconds since the epoch on the cache's clock. */
export interface Entry {
  readonly value: unknown
  readonly createdAt: number
  /** Served without question until this moment. `0` once it was expired by hand. */
  readonly freshUntil: number
  /** Kept, and served only while a reload runs or has failed, until this moment. */
  readonly staleUntil: number
  /** How long the load took that made it: early refresh needs it. `0` for a value set by hand. */
  readonly loadMs: number
  /** Invalidating one of them makes the entry invalid. */
  readonly tags: readonly string[]
  /**
   * The number of the last invalidation that the value already reflects: read from the
   * invalidation clock before the load began. Any later one that applies makes it invalid.
   */
  readonly stamp: number
}

/** What a look at an entry's times says. An entry past its grace counts as absent. */
export type Freshness = 'fresh' | 'stale' | 'expired'

/** Whether an entry may be served as it is. Pure: the clock is an argument. */
export function judge(entry: Pick<Entry, 'freshUntil' | 'staleUntil'>, now: number): Freshness {
  if (now < entry.freshUntil) return 'fresh'
  return now < entry.staleUntil ? 'stale' : 'expired'
}
