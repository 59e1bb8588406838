import { type Entry, judge } from '../store/entry.ts'
import type { Found } from '../store/shared-store.ts'
import type { Collection } from './collection.ts'
import { shouldRefreshEarly } from './early-refresh.ts'
import { Load, type Seen, UNANSWERED } from './load.ts'
import type { LoadJob, LoadOutcome, LookupOutcome, RunningLoad, RunningLookup } from './running.ts'
import { withinHardTimeout } from './waiting.ts'

/**
 * What all callers of one key wait for who found nothing to serve in memory: a look into the
 * shared tier, and a load if that has nothing either.
 *
 * `promise` settles as soon as there is something to serve, be it stale; the reload goes on.
 */
export class Lookup implements RunningLookup {
  /** Joins the look-up of this key that is under way, or begins one. */
  static start(collection: Collection, job: LoadJob, found?: Found | null): RunningLookup {
    const running = collection.lookups.get(job.key)
    if (running && !running.isDecided) {
      job.stepBack?.()
      collection.counters.collapsed += 1
      return running
    }
    return new Lookup(collection, job, found)
  }

  readonly promise: Promise<LookupOutcome>
  readonly #collection: Collection
  readonly #job: LoadJob
  #interested = 0
  #running: RunningLoad | undefined
  #leaveLoad: (() => void) | undefined

  private constructor(collection: Collection, job: LoadJob, found: Found | null | undefined) {
    this.#collection = collection
    this.#job = job
    job.holder = this
    // Listed first: with an answer at hand it is done, and unlisted, before `#run` returns.
    collection.lookups.set(job.key, this)
    this.promise = this.#run(found)
  }

  get isDecided(): boolean {
    return this.#running?.isDecided === true
  }

  join(): () => void {
    this.#interested += 1
    return () => {
      this.#interested -= 1
      if (this.#interested > 0) return
      this.#unlist()
      this.#leaveLoad?.()
    }
  }

  /** @param known what the shared tier was found to hold, null for nothing, undefined: not asked */
  async #run(known: Found | null | undefined): Promise<LookupOutcome> {
    const { key, policy } = this.#job
    try {
      const found = known === undefined ? await this.#ask() : (known ?? undefined)
      if (found && found !== UNANSWERED) {
        this.#collection.keepLocal(key, found.entry, found.keep, policy)
        const outcome = this.#judge(found)
        if (outcome) return outcome
      }
      return await this.#load(found)
    } finally {
      if (this.#job.holder === this) this.#job.stepBack?.()
      this.#unlist()
    }
  }

  /** @returns undefined when what was found cannot be served */
  #judge(found: Found): LookupOutcome | undefined {
    const { entry } = found
    const freshness = judge(entry, this.#collection.scope.clock.now())
    if (freshness === 'expired') return undefined
    if (freshness === 'stale') {
      return { kind: 'stale', entry, reload: this.#reload(found) }
    }
    if (mayRefreshEarly(this.#collection, this.#job, entry)) this.#reload(found)
    else this.#job.stepBack?.()
    return { kind: 'fresh', value: entry.value, from: 'shared' }
  }

  #ask(): Promise<Seen> | undefined {
    // The tier reports what fails; whoever reads has another way to an answer.
    return this.#collection.reachable?.get(this.#job.key).catch(() => UNANSWERED)
  }

  async #load(seen: Seen): Promise<LookupOutcome> {
    const { scope, name } = this.#collection
    const { policy } = this.#job
    for (;;) {
      const load = Load.start(this.#collection, this.#job, seen, true)
      this.#running = load
      this.#leaveLoad = load.join()
      const limitMs = policy.hardTimeoutMs
      const outcome = await withinHardTimeout(scope.clock, limitMs, name, load.promise)
      if (outcome.kind === 'elsewhere') continue
      const from = outcome.kind === 'found' ? 'shared' : 'load'
      return { kind: 'fresh', value: outcome.value, from }
    }
  }

  #reload(found: Found): RunningLoad | undefined {
    return reloadInBackground(this.#collection, this.#job, found)
  }

  #unlist(): void {
    const { lookups } = this.#collection
    if (lookups.get(this.#job.key) === this) lookups.delete(this.#job.key)
  }
}

/** Reloads without anybody waiting for it, unless an attempt has failed a moment ago. */
export function reloadInBackground(
  collection: Collection,
  job: LoadJob,
  found: Found | undefined,
): RunningLoad | undefined {
  const { key, policy } = job
  if (collection.isBackingOff(key)) {
    job.stepBack?.()
    return undefined
  }
  const { clock } = collection.scope
  const load = Load.start(collection, job, found, policy.softTimeoutMs > 0)
  load.join()
  load.promise.catch(() => collection.backOff(key, clock.now() + policy.graceBackoffMs))
  return load
}

/** Draws whether this caller is the one who refreshes, and counts it. */
export function mayRefreshEarly(collection: Collection, job: LoadJob, entry: Entry): boolean {
  const { clock } = collection.scope
  const { freshUntil, loadMs } = entry
  if (collection.loads.has(job.key)) return false
  const isDue = shouldRefreshEarly({
    now: clock.now(),
    freshUntil,
    loadMs,
    beta: job.policy.earlyRefresh,
    random: () => clock.random(),
  })
  if (isDue) collection.counters.earlyRefreshes += 1
  return isDue
}

/** The reload's value, or the stale one where there was no reload or it failed. */
export async function reloaded(
  reload: Promise<LoadOutcome> | undefined,
  stale: Entry,
): Promise<{ value: unknown; isStale: boolean }> {
  try {
    const outcome = await reload
    if (outcome && outcome.kind !== 'elsewhere') return { value: outcome.value, isStale: false }
  } catch {
    // Grace covers it; the reload's failure was counted and reported.
  }
  return { value: stale.value, isStale: true }
}
