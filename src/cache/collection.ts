import { CacheError } from '../base/errors.ts'
import { Semaphore } from '../base/semaphore.ts'
import { Turns } from '../base/turns.ts'
import type { Entry } from '../store/entry.ts'
import { entryPath } from '../store/key.ts'
import { ABSENT, type LocalRegion } from '../store/local-store.ts'
import type { Keep, SharedRegion } from '../store/shared-store.ts'
import { earlyFrom } from './early-refresh.ts'
import type { Policy } from './options.ts'
import type { Realm } from './realm.ts'
import type { LoadOutcome, RunningLoad, RunningLookup } from './running.ts'
import { type Counters, createCounters } from './stats.ts'

export interface CollectionOptions {
  readonly name: string
  readonly policy: Policy
  /** A number that changes when values change their shape. */
  readonly schema: number
  readonly maxConcurrentLoads: number
  readonly maxQueuedLoads: number
}

/** In place of the stamp of a copy whose changes nobody tells us of. */
const UNHEARD = -1

/** So many failed keys are remembered; more than that means that the source is down altogether. */
const MAX_BACKOFFS = 10_000

/** The entries of one definition in both tiers, and what is under way for them. */
export class Collection {
  readonly name: string
  readonly scope: Realm
  readonly local: LocalRegion
  readonly shared: SharedRegion | undefined
  readonly policy: Policy
  readonly counters: Counters = createCounters()
  readonly loadsInTurn: Semaphore
  /** What callers wait for, by key: at most one look-up each. */
  readonly lookups: Map<string, RunningLookup> = new Map()
  /** What runs, by key: at most one load each. */
  readonly loads: Map<string, RunningLoad> = new Map()
  /** Loads that run and may not be joined: they too must hear of what overtakes them. */
  readonly unlisted: Set<RunningLoad> = new Set()
  /** Loads for readers who must not be served anything older than their call. */
  readonly loadsAfter: Turns<LoadOutcome> = new Turns()
  readonly #backoffs = new Map<string, number>()
  /** The last write of each key that is on its way to the shared tier. */
  readonly #writes = new Map<string, object>()

  constructor(scope: Realm, options: CollectionOptions) {
    this.name = options.name
    this.scope = scope
    this.policy = options.policy
    this.local = scope.local.region(options.name)
    this.shared = scope.shared?.region(options.name, options.schema)
    this.loadsInTurn = new Semaphore(options.maxConcurrentLoads, options.maxQueuedLoads)
  }

  /** The shared tier, if asking it is worth while now. */
  get reachable(): SharedRegion | undefined {
    return this.scope.reachable ? this.shared : undefined
  }

  /** The value if memory has it fresh and may serve it, else `ABSENT`. The path of every hit. */
  fresh(key: string): unknown {
    const value = this.local.fresh(key)
    if (value === ABSENT) return ABSENT
    this.counters.localHits += 1
    if (this.scope.events.isHeard) this.#tellHit(key)
    return value
  }

  /** Copies an entry into memory, as far as that is allowed. */
  keepLocal(key: string, entry: Entry, keep: Keep, policy: Policy = this.policy): void {
    if (keep === 'no' || !this.scope.isOpen) return
    const kept = keep === 'heard' && this.scope.isVerified ? entry : this.#bounded(entry)
    this.local.set(key, kept, earlyFrom(kept.freshUntil, kept.loadMs, policy.earlyRefresh))
  }

  /** Whether a change of the entry in memory would have been heard of. */
  isHeard(entry: Entry): boolean {
    return entry.stamp !== UNHEARD
  }

  /** What may be kept of an entry that no shared tier has stored. */
  get unsharedKeep(): Keep {
    return this.shared ? 'bounded' : 'heard'
  }

  /** What is under way for this key, be it a load or a write, may not end up in memory. */
  voidKey(key: string): void {
    this.loads.get(key)?.void()
    for (const load of this.unlisted) if (load.key === key) load.void()
    this.#writes.delete(key)
  }

  /** A load without a lease is seen by nobody else: no change by others can have stopped it. */
  voidUnleased(key: string): void {
    const load = this.loads.get(key)
    if (load?.unleasedSince !== undefined) load.void()
  }

  /** Loads without a lease that began in another epoch: no number can tell what they reflect. */
  voidForeign(epoch: string): void {
    for (const load of this.#running()) {
      if (load.unleasedSince !== undefined && load.unleasedSince !== epoch) load.void()
    }
  }

  voidAll(): void {
    for (const load of this.#running()) load.void()
    this.#writes.clear()
  }

  /** @returns asks, once the write is done, whether it still was the last word on its key */
  beginWrite(key: string): () => boolean {
    const write = {}
    this.voidKey(key)
    this.#writes.set(key, write)
    return () => this.#writes.get(key) === write && this.#writes.delete(key)
  }

  /** Whether nothing that is known by now has made the entry invalid. */
  isValid(key: string, { stamp, tags }: Entry): boolean {
    const { log } = this.scope
    const path = (): string => entryPath(this.name, key)
    return log.judge({ epoch: log.epoch, stamp, tags, path }) === 'valid'
  }

  /** After a failed reload, stale entries are served for a while without another attempt. */
  backOff(key: string, untilMs: number): void {
    if (this.#backoffs.size >= MAX_BACKOFFS) this.#backoffs.clear()
    this.#backoffs.set(key, untilMs)
  }

  isBackingOff(key: string): boolean {
    if (this.#backoffs.size === 0) return false
    const until = this.#backoffs.get(key)
    if (until === undefined) return false
    if (this.scope.clock.now() < until) return true
    this.#backoffs.delete(key)
    return false
  }

  close(): void {
    const reason = new CacheError('ERR_CLOSED', 'The cache was closed.')
    this.voidAll()
    for (const load of [...this.#running()]) load.abort(reason)
  }

  *#running(): Iterable<RunningLoad> {
    yield* this.loads.values()
    yield* this.unlisted
  }

  #tellHit(key: string): void {
    const { events } = this.scope
    if (events.wants('hit')) events.emit('hit', { definition: this.name, key, tier: 'memory' })
  }

  /** Nobody tells us of changes to it, so it is served only for so long. */
  #bounded(entry: Entry): Entry {
    const { shared, clock } = this.scope
    if (!shared) return entry
    const freshUntil = Math.min(entry.freshUntil, clock.now() + shared.maxUnverifiedMs)
    const staleUntil = shared.serveUnverified ? entry.staleUntil : freshUntil
    return { ...entry, freshUntil, staleUntil, stamp: UNHEARD }
  }
}
