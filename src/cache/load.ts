import { CacheError, isCacheError } from '../base/errors.ts'
import type { Entry } from '../store/entry.ts'
import { judge } from '../store/entry.ts'
import type { Judged } from '../store/invalidation-log.ts'
import { entryPath } from '../store/key.ts'
import type { Found, Keep, Lease, SharedRegion } from '../store/shared-store.ts'
import type { Collection } from './collection.ts'
import { LoadNotes } from './load-context.ts'
import { makeEntry } from './make-entry.ts'
import type { Policy } from './options.ts'

/** How the value of one key is made. */
export interface LoadJob {
  readonly key: string
  readonly policy: Policy
  /** Runs the caller's loader. */
  run(notes: LoadNotes): Promise<unknown>
  tagsOf(value: unknown): readonly string[]
  /** Called once it is known that this job itself need not run now: batches wait for that word. */
  stepBack?(): void
  /** It runs together with others, so it must not wait for its own turn. */
  readonly isBatched?: boolean
}

/** What a load came to: made here, made by another process, or left to another process. */
export type LoadOutcome =
  | { readonly kind: 'loaded' | 'found'; readonly value: unknown }
  | { readonly kind: 'elsewhere' }

/** A load that is invalidated again and again hands out its last value, but does not store it. */
const MAX_ATTEMPTS = 8
/** The safety net under the push that wakes those who wait for another process. */
const POLL_MS = 200

/** Where a load stands among invalidations: taken before the loader runs. */
interface Ground {
  readonly epoch: string
  readonly stamp: number
  readonly lease: Lease | undefined
}

/**
 * One load of one key: takes the lease, runs the loader, stores what it made.
 *
 * What was invalidated while it was loaded is neither stored nor handed out: the load begins
 * anew. So whoever shares it gets a value that reflects every invalidation known at its end.
 */
export class Load {
  /** Joins the load of this key that runs, or begins one. */
  static start(
    collection: Collection,
    job: LoadJob,
    seen: Found | undefined,
    mustWait: boolean,
  ): Load {
    const running = collection.loads.get(job.key)
    if (running) {
      job.stepBack?.()
      if (mustWait) running.#mustWait = true
      return running
    }
    const load = new Load(collection, job, seen, mustWait)
    collection.loads.set(job.key, load)
    return load
  }

  /** Begins a load that nobody else shares. */
  static alone(collection: Collection, job: LoadJob): Load {
    return new Load(collection, job, undefined, true)
  }

  readonly promise: Promise<LoadOutcome>
  readonly #collection: Collection
  readonly #job: LoadJob
  readonly #stale: unknown
  /** Whether to wait while another process loads; a refresh in the background need not. */
  #mustWait: boolean
  #isVoid = false
  #controller: AbortController | undefined
  #abortReason: unknown
  #interested = 0

  private constructor(
    collection: Collection,
    job: LoadJob,
    seen: Found | undefined,
    mustWait: boolean,
  ) {
    this.#collection = collection
    this.#job = job
    this.#stale = seen?.entry.value ?? collection.local.get(job.key)?.value
    this.#mustWait = mustWait
    this.promise = this.#run(seen).finally(() => this.#unlist())
    // Those who wait have their own handlers; a load in the background may have nobody.
    this.promise.catch(() => {})
  }

  void(): void {
    this.#isVoid = true
  }

  /** Tells the loader to stop, and lets the next caller begin anew. */
  abort(reason: unknown): void {
    this.#abortReason = reason
    this.#controller?.abort(reason)
    this.#unlist()
  }

  /** Those who may leave are counted; when the last has left, the loader is told to stop. */
  join(): () => void {
    this.#interested += 1
    return () => {
      this.#interested -= 1
      if (this.#interested === 0) this.abort(new DOMException('Nobody waits', 'AbortError'))
    }
  }

  async #run(seen: Found | undefined): Promise<LoadOutcome> {
    let known = seen
    for (let attempt = 1; ; attempt += 1) {
      const isLast = attempt === MAX_ATTEMPTS
      // Whoever comes now must not share a value that may be handed out unproved.
      if (isLast) this.#unlist()
      const start = await this.#begin(known)
      if (start.kind !== 'begin') return start
      const outcome = await this.#attempt(start.ground, isLast)
      if (outcome) return outcome
      this.#collection.counters.reloads += 1
      known = undefined
      const local = this.#setMeanwhile()
      if (local) return { kind: 'found', value: local.value }
    }
  }

  /** Waits for its turn among processes. */
  async #begin(
    seen: Found | undefined,
  ): Promise<{ kind: 'begin'; ground: Ground } | Exclude<LoadOutcome, { kind: 'loaded' }>> {
    let known = seen
    let awaited = ''
    for (;;) {
      this.#isVoid = false
      const shared = this.#collection.reachable
      if (!shared) return { kind: 'begin', ground: this.#ground(undefined) }
      const reply = await this.#ask(shared, known, awaited)
      if (!reply || reply.kind === 'untouchable') {
        return { kind: 'begin', ground: this.#ground(undefined) }
      }
      if (reply.kind === 'granted') return { kind: 'begin', ground: this.#ground(reply.lease) }
      if (reply.kind === 'failed') throw reply.error
      if (reply.kind === 'found') {
        if (this.#isFresh(reply.found)) return this.#take(reply.found)
        known = reply.found
        continue
      }
      this.#job.stepBack?.()
      if (!this.#mustWait) {
        await reply.changed(0)
        // Somebody may have begun to wait in the meantime.
        if (!this.#mustWait) return { kind: 'elsewhere' }
      } else {
        this.#collection.counters.leaseWaits += 1
        await reply.changed(POLL_MS)
      }
      awaited = reply.token
    }
  }

  /** @returns undefined when the value was invalidated meanwhile */
  async #attempt(ground: Ground, isLast: boolean): Promise<LoadOutcome | undefined> {
    const { key, policy, tagsOf } = this.#job
    const { scope } = this.#collection
    const { value, notes, loadMs } = await this.#load(ground)
    const now = scope.clock.now()
    const chance = policy.jitter === 0 ? 0 : scope.clock.random()
    let entry: Entry | undefined
    let tags: readonly string[]
    try {
      tags = notes.isSkipped ? [] : tagsOf(value)
      const { stamp } = ground
      entry = makeEntry({ value, policy, tags, stamp, now, loadMs, chance, notes })
    } catch (error) {
      await this.#release(ground, undefined)
      throw error
    }
    const isValid = this.#isValid(ground, entry?.tags ?? tags)
    if (!entry || !isValid || isLast) {
      await this.#release(ground, undefined)
      return isValid || isLast ? { kind: 'loaded', value } : undefined
    }
    const keep = await this.#store(ground, entry)
    if (keep === undefined || !this.#isValid(ground, entry.tags)) return undefined
    this.#collection.keepLocal(key, entry, keep, policy)
    return { kind: 'loaded', value }
  }

  async #load(
    ground: Ground,
  ): Promise<{ value: unknown; notes: LoadNotes; loadMs: number }> {
    const { scope, counters, loadsInTurn } = this.#collection
    const controller = new AbortController()
    this.#controller = controller
    if (this.#abortReason !== undefined) controller.abort(this.#abortReason)
    const notes = new LoadNotes(controller, this.#stale)
    let startedAt = scope.clock.now()
    let failure: CacheError | undefined
    try {
      const run = (): Promise<unknown> => {
        startedAt = scope.clock.now()
        counters.loads += 1
        return this.#job.run(notes)
      }
      const value = await (this.#job.isBatched ? run() : loadsInTurn.run(run))
      return { value, notes, loadMs: scope.clock.now() - startedAt }
    } catch (error) {
      failure = loadError(this.#collection.name, error)
      counters.loadErrors += 1
      await this.#release(ground, failure)
      throw failure
    } finally {
      const ms = scope.clock.now() - startedAt
      counters.loadMs += ms
      if (scope.events.wants('load')) {
        const { name } = this.#collection
        scope.events.emit('load', { definition: name, key: this.#job.key, ms, error: failure })
      }
    }
  }

  /** @returns what memory may keep, or undefined when the value is outdated already */
  async #store(ground: Ground, entry: Entry): Promise<Keep | undefined> {
    const { shared, counters, scope, unsharedKeep } = this.#collection
    // Without a lease the load ran unseen by others: an epoch that began meanwhile knows nothing
    // of it.
    if (!ground.lease) return ground.epoch === scope.log.epoch ? unsharedKeep : 'no'
    try {
      const reply = await (shared as SharedRegion).fill(ground.lease, entry)
      if (reply.kind === 'stored') return reply.keep
      if (reply.kind === 'refused') return undefined
      counters.unstorable += 1
      scope.events.emit('error', { error: reply.error })
      return 'bounded'
    } catch {
      // The tier reported it. The value is good; only its storage is in doubt.
      return 'bounded'
    }
  }

  async #ask(
    shared: SharedRegion,
    seen: Found | undefined,
    awaited: string,
  ): Promise<Awaited<ReturnType<SharedRegion['lease']>> | undefined> {
    try {
      return await shared.lease(this.#job.key, seen, awaited)
    } catch {
      // The tier reported it; the load goes on without.
      return undefined
    }
  }

  async #release({ lease }: Ground, error: CacheError | undefined): Promise<void> {
    if (!lease) return
    try {
      await this.#collection.shared?.release(lease, error)
    } catch {
      // It expires by itself.
    }
  }

  #ground(lease: Lease | undefined): Ground {
    const { log } = this.#collection.scope
    return lease
      ? { epoch: lease.epoch, stamp: lease.stamp, lease }
      : { epoch: log.epoch, stamp: log.latest, lease }
  }

  #isValid({ epoch, stamp, lease }: Ground, tags: readonly string[]): boolean {
    if (this.#isVoid) return false
    const { log } = this.#collection.scope
    if (!lease && epoch !== log.epoch) return true
    const path = (): string => entryPath(this.#collection.name, this.#job.key)
    const judged: Judged = { epoch, stamp, tags, path }
    return log.judge(judged) !== 'invalid'
  }

  #isFresh({ entry }: Found): boolean {
    return judge(entry, this.#collection.scope.clock.now()) === 'fresh'
  }

  #take(found: Found): LoadOutcome & { kind: 'found' } {
    this.#collection.keepLocal(this.#job.key, found.entry, found.keep, this.#job.policy)
    return { kind: 'found', value: found.entry.value }
  }

  #unlist(): void {
    const { loads } = this.#collection
    if (loads.get(this.#job.key) === this) loads.delete(this.#job.key)
  }

  /** A `set` that came while we loaded has the last word. */
  #setMeanwhile(): Entry | undefined {
    const entry = this.#collection.local.get(this.#job.key)
    return entry && judge(entry, this.#collection.scope.clock.now()) === 'fresh'
      ? entry
      : undefined
  }
}

function loadError(definition: string, error: unknown): CacheError {
  if (isCacheError(error, 'ERR_OVERLOAD') || isCacheError(error, 'ERR_CLOSED')) return error
  const reason = error instanceof Error ? error.message : String(error)
  return new CacheError('ERR_LOAD', `The loader of '${definition}' failed: ${reason}`, {
    cause: error,
  })
}
