/** What happened since the start, in plain numbers. `hits + stale + misses` equals the reads. */
export interface Counters {
  /** Fresh, from this process's memory. */
  localHits: number
  /** Fresh, from the shared tier. */
  sharedHits: number
  /** Served past their freshness, within their grace. */
  stale: number
  /** Waited for a load, or found none possible. */
  misses: number
  /** Of the misses, those that shared a load begun by another caller of this process. */
  collapsed: number
  /** Keys that were loaded; a `loadMany` counts once for each. */
  loads: number
  /** Loads that threw. */
  loadErrors: number
  /** Time spent in loads, in milliseconds. */
  loadMs: number
  /** Callers that waited longer than `hardTimeout`. */
  timeouts: number
  /** Reloads begun before the expiry. */
  earlyRefreshes: number
  /** Loads that were repeated because the value was invalidated while it was loaded. */
  reloads: number
  /** Times a load waited for one in another process. */
  leaseWaits: number
  /** Values that could not be stored in the shared tier. */
  unstorable: number
}

export function createCounters(): Counters {
  return {
    localHits: 0,
    sharedHits: 0,
    stale: 0,
    misses: 0,
    collapsed: 0,
    loads: 0,
    loadErrors: 0,
    loadMs: 0,
    timeouts: 0,
    earlyRefreshes: 0,
    reloads: 0,
    leaseWaits: 0,
    unstorable: 0,
  }
}

/** Adds up the counters of several definitions. */
export function addUp(all: Iterable<Counters>): Counters {
  const sum = createCounters()
  for (const counters of all) {
    for (const name of Object.keys(sum) as (keyof Counters)[]) sum[name] += counters[name]
  }
  return sum
}
