import type { Clock } from '../base/clock.ts'
import type { Duration } from '../base/duration.ts'
import { CacheError } from '../base/errors.ts'
import { type Change, InvalidationLog } from '../store/invalidation-log.ts'
import { entryPath } from '../store/key.ts'
import type { EvictionReason, LocalRegion, LocalSpace } from '../store/local-store.ts'
import { compilePattern } from '../store/pattern.ts'
import type { CoherenceListener, SharedStore, StoreReport } from '../store/shared-store.ts'
import { Collection, type CollectionOptions } from './collection.ts'
import { Events } from './events.ts'
import { type Policy, type PolicyOptions, resolvePolicy } from './options.ts'
import type { Realm } from './realm.ts'

/** What a scope is made of. The engine knows tiers by their contracts only. */
export interface ScopeParts {
  readonly namespace: string
  readonly clock: Clock
  readonly local: LocalSpace
  /** Makes the shared tier, if there is one, and gives it someone to tell. */
  readonly shared:
    | ((listener: CoherenceListener, report: (report: StoreReport) => void) => SharedStore)
    | undefined
  readonly policy: PolicyOptions
  /** The ttl that the environment sets for a definition, if it does: it has the last word. */
  readonly ttlOf: (definition: string) => Duration | undefined
  readonly maxConcurrentLoads: number
  readonly maxQueuedLoads: number
}

/**
 * One namespace at run time: its two tiers, its collections, and what holds for all of them.
 *
 * It is the one that hears of changes: whatever another process does to a shared entry ends up
 * here and takes the copy in memory away.
 */
export class Scope implements Realm, CoherenceListener {
  readonly namespace: string
  readonly clock: Clock
  readonly local: LocalSpace
  readonly shared: SharedStore | undefined
  readonly log: InvalidationLog
  readonly events: Events
  readonly policy: PolicyOptions
  readonly maxConcurrentLoads: number
  readonly maxQueuedLoads: number
  readonly #ttlOf: (definition: string) => Duration | undefined
  readonly #collections = new Map<string, Collection>()
  #verifiedUntil = Infinity
  #isVerified = true
  #isEnabled = true
  #isClosed = false

  constructor(parts: ScopeParts) {
    this.namespace = parts.namespace
    this.clock = parts.clock
    this.local = parts.local
    this.policy = parts.policy
    this.#ttlOf = parts.ttlOf
    this.maxConcurrentLoads = parts.maxConcurrentLoads
    this.maxQueuedLoads = parts.maxQueuedLoads
    this.events = new Events(parts.namespace)
    this.shared = parts.shared?.(this, (report) => this.take(report))
    this.log = this.shared?.log ?? new InvalidationLog('local')
    this.#trust()
  }

  get isEnabled(): boolean {
    return this.#isEnabled
  }

  set isEnabled(isEnabled: boolean) {
    this.#isEnabled = isEnabled
    this.#trust()
  }

  get isVerified(): boolean {
    return this.#isVerified
  }

  get isOpen(): boolean {
    return !this.#isClosed
  }

  /** The policy of a call: its own options over the environment, the definition and the cache. */
  policyOf(definition: string, own: PolicyOptions, call: PolicyOptions = {}): Policy {
    const ttl = this.#ttlOf(definition)
    return resolvePolicy(this.policy, own, ttl === undefined ? {} : { ttl }, call)
  }

  /** @throws {CacheError} ERR_OPTION when a definition of this name exists already */
  collection(options: CollectionOptions): Collection {
    if (this.#collections.has(options.name)) {
      const name = `'${options.name}'`
      throw new CacheError('ERR_OPTION', `A definition named ${name} exists already.`)
    }
    const collection = new Collection(this, options)
    this.#collections.set(options.name, collection)
    return collection
  }

  collections(): Iterable<Collection> {
    return this.#collections.values()
  }

  /** @throws {CacheError} ERR_CLOSED */
  checkOpen(): void {
    if (this.#isClosed) throw new CacheError('ERR_CLOSED', 'The cache was closed.')
  }

  /** The shared tier, if asking it is worth while now. */
  get reachable(): SharedStore | undefined {
    return this.shared?.isAvailable() ? this.shared : undefined
  }

  /**
   * Deals with entries in memory that nothing vouches for any longer, once their time is up: they
   * go, or become stale where availability was chosen. What is put from then on has its own bound.
   */
  dropUnverified(): void {
    if (!this.#isEnabled || this.clock.now() < this.#verifiedUntil) return
    if (this.shared?.serveUnverified) this.#expireLocal()
    else this.local.clear()
    this.#verifiedUntil = Infinity
    this.#isVerified = false
    this.#trust()
  }

  /** Takes out of memory what a change made invalid. */
  dropLocal(change: Change): void {
    if (change.kind === 'tags') this.local.deleteTags(change.tags)
    else if (change.kind === 'clear') this.local.clear()
    else if (change.kind === 'pattern') {
      const matches = compilePattern(change.pattern)
      this.local.deleteWhere((region, key) => matches(entryPath(region, key)))
    }
  }

  /** Nothing that is under way now may end up in memory or be handed out. */
  voidAll(): void {
    for (const collection of this.#collections.values()) collection.voidAll()
  }

  /** An entry left memory to make room, or because its time was over. @returns whether it was ours */
  evicted(region: LocalRegion, key: string, reason: EvictionReason): boolean {
    const collection = this.#collections.get(region.name)
    if (collection?.local !== region) return false
    if (this.events.wants('evict')) {
      this.events.emit('evict', { definition: region.name, key, reason })
    }
    return true
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    for (const collection of this.#collections.values()) collection.close()
    this.local.clear()
    await this.shared?.close()
  }

  // What the shared tier tells

  keyChanged(definition: string, key: string): void {
    this.#collections.get(definition)?.local.delete(key)
  }

  invalidated(change: Change, number: number, isOurs: boolean): void {
    this.dropLocal(change)
    for (const collection of this.#collections.values()) collection.voidForeign(this.log.epoch)
    if (isOurs || change.kind === 'none' || change.kind === 'swept') return
    if (!this.events.wants('invalidate')) return
    const targets =
      change.kind === 'tags' ? change.tags : change.kind === 'pattern' ? [change.pattern] : []
    this.events.emit('invalidate', { kind: change.kind, targets, origin: 'remote', number })
  }

  lost(): void {
    this.local.clear()
  }

  verified(until: number): void {
    this.#isVerified = true
    this.#verifiedUntil = until
    this.#trust()
  }

  /** What a tier tells of itself becomes an event. */
  take(report: StoreReport): void {
    const { events } = this
    if (report.kind === 'breaker') events.emit('breaker', { state: report.state })
    else if (report.kind === 'error') events.emit('error', { error: report.error })
    else if (report.kind === 'rejected') {
      events.emit('rejected', { key: report.key, reason: report.reason })
    } else if (report.kind === 'connected') {
      events.emit('connection', { state: 'connected', error: undefined })
    } else if (report.kind === 'disconnected') {
      events.emit('connection', { state: 'disconnected', error: report.error })
    }
  }

  /** With the cache switched off, nothing in memory is trusted: so a hit needs no test of its own. */
  #trust(): void {
    this.local.trustedUntil = this.#isEnabled ? this.#verifiedUntil : -Infinity
  }

  #expireLocal(): void {
    for (const region of this.local.regions()) {
      for (const key of [...region.keys()]) {
        const entry = region.get(key)
        if (entry) region.set(key, { ...entry, freshUntil: 0 })
      }
    }
  }
}
