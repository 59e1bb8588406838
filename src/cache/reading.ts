import { isCacheError, optionError } from '../base/errors.ts'
import { type Entry, judge } from '../store/entry.ts'
import { ABSENT } from '../store/local-store.ts'
import type { Found } from '../store/shared-store.ts'
import type { Collection } from './collection.ts'
import { Load } from './load.ts'
import { LoadNotes } from './load-context.ts'
import { loadError } from './load-error.ts'
import { Lookup, mayRefreshEarly, reloaded, reloadInBackground } from './lookup.ts'
import type { LoadJob, LoadOutcome, RunningLookup } from './running.ts'
import { unlessAborted, within } from './waiting.ts'

/** What one call may ask for beyond the value. */
export interface ReadOptions {
  /**
   * The number that an invalidation returned: the answer will not be older than it, whichever
   * process reads.
   */
  readonly after?: number | undefined
  /** Stops waiting. The load itself is told to stop once nobody waits for it. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Reads what is not fresh in memory; or makes sure, where `after` asks for it.
 *
 * @throws {CacheError} ERR_LOAD, ERR_LOAD_TIMEOUT, ERR_OVERLOAD, ERR_CLOSED, ERR_OPTION
 */
export function read(
  collection: Collection,
  job: LoadJob,
  options: ReadOptions | undefined,
  found?: Found | null,
): Promise<unknown> {
  const { scope, local } = collection
  // The plain case by the shortest way: each promise on it is paid for by every shared hit.
  const isPlain = options === undefined && scope.isOpen && scope.isEnabled
  if (isPlain && !local.get(job.key)) return readShared(collection, job, undefined, found)
  return readWithCare(collection, job, options, found)
}

async function readWithCare(
  collection: Collection,
  job: LoadJob,
  options: ReadOptions | undefined,
  found: Found | null | undefined,
): Promise<unknown> {
  const { scope } = collection
  scope.checkOpen()
  if (options?.signal?.aborted) {
    job.stepBack?.()
    collection.counters.misses += 1
    throw options.signal.reason
  }
  if (!scope.isEnabled) return readDirectly(collection, job, options?.signal)
  if (options?.after !== undefined && !(await isConfirmed(collection, options.after))) {
    return readUnconfirmed(collection, job, options.signal)
  }
  if (options?.after !== undefined) collection.voidUnleased(job.key)
  const local = fromMemory(collection, job, options)
  if (local !== ABSENT) return local
  return readShared(collection, job, options?.signal, found)
}

/** Serves from memory what needs no waiting: fresh after all, or stale while a reload runs. */
function fromMemory(
  collection: Collection,
  job: LoadJob,
  options: ReadOptions | undefined,
): unknown {
  const { scope, counters, local } = collection
  scope.dropUnverified()
  const entry = local.get(job.key)
  if (!entry || (options?.after !== undefined && !collection.isHeard(entry))) return ABSENT
  const freshness = judge(entry, scope.clock.now())
  if (freshness === 'expired') return ABSENT
  if (freshness === 'stale') return serveStale(collection, job, entry, options?.signal)
  counters.localHits += 1
  if (mayRefreshEarly(collection, job, entry)) reloadInBackground(collection, job, undefined)
  else job.stepBack?.()
  tellHit(collection, job.key, 'memory')
  return entry.value
}

async function readShared(
  collection: Collection,
  job: LoadJob,
  signal: AbortSignal | undefined,
  found: Found | null | undefined,
): Promise<unknown> {
  const { counters } = collection
  const lookup = Lookup.start(collection, job, found)
  try {
    const outcome = await waitFor(lookup, signal)
    if (outcome.kind === 'stale') {
      const { entry, reload } = outcome
      return await softly(collection, job, entry, reload?.promise)
    }
    if (outcome.from === 'load') {
      counters.misses += 1
      tellMiss(collection, job.key)
    } else {
      counters.sharedHits += 1
      tellHit(collection, job.key, 'shared')
    }
    return outcome.value
  } catch (error) {
    counters.misses += 1
    if (isCacheError(error, 'ERR_LOAD_TIMEOUT')) counters.timeouts += 1
    tellMiss(collection, job.key)
    throw error
  }
}

/** A stale entry was in memory: another process may have refreshed it, so look before reloading. */
function serveStale(
  collection: Collection,
  job: LoadJob,
  entry: Entry,
  signal: AbortSignal | undefined,
): unknown {
  if (collection.isBackingOff(job.key)) {
    job.stepBack?.()
    return tellStale(collection, job.key, entry)
  }
  const { clock } = collection.scope
  const lookup = Lookup.start(collection, job)
  lookup.join()
  const reload = lookup.promise.then((outcome) => {
    if (outcome.kind === 'fresh') return { kind: 'found', value: outcome.value } as const
    return outcome.reload?.promise ?? ({ kind: 'elsewhere' } as const)
  })
  reload.catch(() => collection.backOff(job.key, clock.now() + job.policy.graceBackoffMs))
  const served = softly(collection, job, entry, reload)
  return signal ? unlessAborted(signal, served, () => {}) : served
}

/** The reload's value if it comes within `softTimeout`, else the stale one. */
async function softly(
  collection: Collection,
  job: LoadJob,
  entry: Entry,
  reload: Promise<LoadOutcome> | undefined,
): Promise<unknown> {
  const { softTimeoutMs } = job.policy
  if (softTimeoutMs === 0 || !reload) return tellStale(collection, job.key, entry)
  const late = { value: entry.value, isStale: true }
  const { clock } = collection.scope
  const outcome = await within(clock, softTimeoutMs, reloaded(reload, entry), late)
  if (outcome.isStale) return tellStale(collection, job.key, entry)
  collection.counters.misses += 1
  tellMiss(collection, job.key)
  return outcome.value
}

function waitFor(lookup: RunningLookup, signal: AbortSignal | undefined): RunningLookup['promise'] {
  const leave = lookup.join()
  return signal ? unlessAborted(signal, lookup.promise, leave) : lookup.promise
}

/** @throws {CacheError} ERR_OPTION */
export async function isConfirmed({ scope }: Collection, after: number): Promise<boolean> {
  if (!Number.isSafeInteger(after) || after < 0) {
    throw optionError('after', 'the number that an invalidation returned', after)
  }
  if (
    after <= scope.log.number &&
    (!scope.shared || scope.clock.now() < scope.local.trustedUntil)
  ) {
    return true
  }
  return scope.shared ? scope.shared.catchUp(after) : true
}

/**
 * This process cannot show that it knows of the invalidation. What it has in memory may be older;
 * the shared tier, where it is reachable, has been asked for all changes just now.
 */
function readUnconfirmed(
  collection: Collection,
  job: LoadJob,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  if (collection.reachable) {
    // A look that is under way may have asked for changes too early.
    collection.lookups.delete(job.key)
    return readShared(collection, job, signal, undefined)
  }
  const { counters } = collection
  counters.misses += 1
  tellMiss(collection, job.key)
  const load = collection.loadsAfter.run(job.key, () => Load.alone(collection, job).promise)
  const value = load.then((outcome) => (outcome.kind === 'elsewhere' ? undefined : outcome.value))
  return signal ? unlessAborted(signal, value, () => {}) : value
}

/** The cache is switched off: straight to the source, with nothing kept or shared. */
async function readDirectly(
  collection: Collection,
  job: LoadJob,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const { counters, scope, name } = collection
  counters.misses += 1
  counters.loads += 1
  const controller = new AbortController()
  const startedAt = scope.clock.now()
  const value = job.run(new LoadNotes(controller, undefined)).catch((error: unknown) => {
    counters.loadErrors += 1
    throw loadError(name, error)
  })
  try {
    if (!signal) return await value
    return await unlessAborted(signal, value, () => controller.abort(signal.reason))
  } finally {
    counters.loadMs += scope.clock.now() - startedAt
  }
}

export function tellStale(collection: Collection, key: string, entry: Entry): unknown {
  collection.counters.stale += 1
  const { events } = collection.scope
  if (events.wants('stale')) events.emit('stale', { definition: collection.name, key })
  return entry.value
}

export function tellHit(collection: Collection, key: string, tier: 'memory' | 'shared'): void {
  const { events } = collection.scope
  if (events.wants('hit')) events.emit('hit', { definition: collection.name, key, tier })
}

export function tellMiss(collection: Collection, key: string): void {
  const { events } = collection.scope
  if (events.wants('miss')) events.emit('miss', { definition: collection.name, key })
}
