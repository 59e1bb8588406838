import { CacheError, isCacheError } from '../base/errors.ts'
import type { Entry } from '../store/entry.ts'
import { judge } from '../store/entry.ts'
import type { Judged } from '../store/invalidation-log.ts'
import { entryPath } from '../store/key.ts'
import type { Found, Keep, Lease, LeaseReply, SharedRegion } from '../store/shared-store.ts'
import type { Collection } from './collection.ts'
import { LoadNotes } from './load-context.ts'
import { loadError } from './load-error.ts'
import { makeEntry } from './make-entry.ts'
import type { LoadJob, LoadOutcome, RunningLoad } from './running.ts'
import { unlessGivenUp } from './waiting.ts'

/** What the shared tier said before the load began, if it was asked and answered. */
export type Seen = Found | undefined | typeof UNANSWERED

/** It did not answer within its budget: it is not asked again on the way to this value. */
export const UNANSWERED: unique symbol = Symbol('unanswered')

/** A load that is invalidated again and again hands out its last value, but does not store it. */
const MAX_ATTEMPTS = 8
/** A load that takes longer than this is given up: its callers have long gone. */
const GIVEN_UP_AFTER_MS = 300_000
/** How often an entry is looked at that changes each time. */
const MAX_LOOKS = 20
/** The safety net under the push that wakes those who wait for another process. */
const POLL_MS = 200

/** Where a load stands among invalidations: taken before the loader runs. */
interface Ground {
  readonly epoch: string
  readonly stamp: number
  readonly lease: Lease | undefined
}

/** What a run of the loader gave. */
interface Loaded {
  readonly value: unknown
  readonly notes: LoadNotes
  readonly loadMs: number
}

/** What is said with each request for the lease. */
interface Asking {
  known: Found | undefined
  awaited: string
  looks: number
}

/** Whose turn it is to load: ours, or nobody's any more. */
type Turn =
  | { readonly kind: 'ours'; readonly ground: Ground }
  | { readonly kind: 'found'; readonly value: unknown }
  | { readonly kind: 'elsewhere' }

/**
 * One load of one key: takes the lease, runs the loader, stores what it made.
 *
 * What was invalidated while it was loaded is neither stored nor handed out: the load begins
 * anew. So whoever shares it gets a value that reflects every invalidation known at its end.
 */
export class Load implements RunningLoad {
  /** Joins the load of this key that runs, or begins one. */
  static start(collection: Collection, job: LoadJob, seen: Seen, mustWait: boolean): RunningLoad {
    const running = collection.loads.get(job.key)
    if (running) {
      job.stepBack?.()
      if (mustWait) running.demand()
      return running
    }
    const load = new Load(collection, job, seen, mustWait)
    collection.unlisted.delete(load)
    collection.loads.set(job.key, load)
    return load
  }

  /** Begins a load that nobody else shares. */
  static alone(collection: Collection, job: LoadJob): RunningLoad {
    return new Load(collection, job, undefined, true)
  }

  readonly key: string
  readonly promise: Promise<LoadOutcome>
  isDecided = false
  readonly #collection: Collection
  readonly #job: LoadJob
  readonly #stale: unknown
  /** Whether to wait while another process loads; a refresh in the background need not. */
  #mustWait: boolean
  #isVoid = false
  #ground: Ground | undefined
  #controller: AbortController | undefined
  #abortReason: unknown
  /** Ends the wait for the loader, which may go on unheard. */
  #giveUp: ((reason: unknown) => void) | undefined
  #interested = 0

  private constructor(collection: Collection, job: LoadJob, seen: Seen, mustWait: boolean) {
    this.key = job.key
    this.#collection = collection
    this.#job = job
    const found = seen === UNANSWERED ? undefined : seen
    this.#stale = found?.entry.value ?? collection.local.get(job.key)?.value
    this.#mustWait = mustWait
    collection.unlisted.add(this)
    job.holder = this
    this.promise = this.#run(seen).finally(() => {
      job.stepBack?.()
      this.#unlist()
      collection.unlisted.delete(this)
    })
    // Those who wait have their own handlers; a load in the background may have nobody.
    this.promise.catch(() => {})
  }

  get unleasedSince(): string | undefined {
    return this.#ground?.lease ? undefined : this.#ground?.epoch
  }

  demand(): void {
    this.#mustWait = true
  }

  void(): void {
    this.#isVoid = true
  }

  abort(reason: unknown): void {
    this.#abortReason = reason
    this.#controller?.abort(reason)
    if (isCacheError(reason, 'ERR_CLOSED')) this.#giveUp?.(reason)
    this.#unlist()
  }

  join(): () => void {
    this.#interested += 1
    return () => {
      this.#interested -= 1
      if (this.#interested === 0) this.abort(new DOMException('Nobody waits', 'AbortError'))
    }
  }

  async #run(seen: Seen): Promise<LoadOutcome> {
    let known = seen
    for (let attempt = 1; ; attempt += 1) {
      const isLast = attempt === MAX_ATTEMPTS
      // Whoever comes now must not share a value that may be handed out unproved.
      if (isLast) this.#decide()
      const start = await this.#begin(known)
      if (start.kind !== 'ours') return start
      this.#ground = start.ground
      const outcome = await this.#attempt(start.ground, isLast)
      if (outcome) return outcome
      this.#ground = undefined
      this.#collection.counters.reloads += 1
      known = undefined
      // With a shared tier the next request for the lease finds what was set.
      const local = this.#collection.shared ? undefined : this.#setMeanwhile()
      if (local) return { kind: 'found', value: local.value }
    }
  }

  /** Waits for its turn among processes. */
  async #begin(seen: Seen): Promise<Turn> {
    if (seen === UNANSWERED) return { kind: 'ours', ground: this.#groundOf(undefined) }
    const asking: Asking = { known: seen, awaited: '', looks: 0 }
    for (;;) {
      this.#isVoid = false
      const reply = await this.#ask(asking.known, asking.awaited)
      const turn = await this.#turnAfter(reply, asking)
      if (turn) return turn
    }
  }

  /** @returns undefined when it is time to ask again */
  async #turnAfter(reply: LeaseReply | undefined, asking: Asking): Promise<Turn | undefined> {
    switch (reply?.kind) {
      case 'granted':
        return { kind: 'ours', ground: this.#groundOf(reply.lease) }
      case 'failed':
        throw reply.error
      case 'found':
        return this.#turnAfterFinding(reply.found, asking)
      case 'busy':
        asking.awaited = reply.token
        return (await this.#mayWait(reply)) ? undefined : { kind: 'elsewhere' }
      default:
        return { kind: 'ours', ground: this.#groundOf(undefined) }
    }
  }

  #turnAfterFinding(found: Found, asking: Asking): Turn | undefined {
    // A change of ours that is not in the shared tier yet: what lies there is older.
    if (this.#isVoid) return undefined
    asking.looks += 1
    if (this.#mustLookAgain(found.keep) && asking.looks < MAX_LOOKS) return undefined
    if (this.#isFresh(found)) return this.#take(found)
    asking.known = found
    return undefined
  }

  /** Waits until it is worth while to ask again. @returns false when nobody needs the value */
  async #mayWait({ changed }: Extract<LeaseReply, { kind: 'busy' }>): Promise<boolean> {
    this.#job.stepBack?.()
    if (this.#mustWait) this.#collection.counters.leaseWaits += 1
    await changed(this.#mustWait ? POLL_MS : 0)
    // Somebody may have begun to wait in the meantime.
    return this.#mustWait
  }

  /** @returns undefined when the value was invalidated meanwhile */
  async #attempt(ground: Ground, isLast: boolean): Promise<LoadOutcome | undefined> {
    const loaded = await this.#load(ground)
    const { entry, tags } = await this.#entryOf(loaded, ground)
    const { value } = loaded
    const isValid = this.#isValid(ground, tags)
    if (!entry || !isValid || isLast) {
      if (isValid) this.#decide()
      await this.#release(ground, undefined)
      return isValid || isLast ? { kind: 'loaded', value } : undefined
    }
    const keep = await this.#store(ground, entry)
    if (keep === undefined || !this.#isValid(ground, tags)) return undefined
    if (ground.lease && this.#mustLookAgain(keep)) return undefined
    this.#collection.keepLocal(this.#job.key, entry, keep, this.#job.policy)
    this.#decide()
    return { kind: 'loaded', value }
  }

  /** The entry to be stored, if it is to be stored, and the tags by which the value is judged. */
  async #entryOf(
    { value, notes, loadMs }: Loaded,
    ground: Ground,
  ): Promise<{ entry: Entry | undefined; tags: readonly string[] }> {
    const { policy } = this.#job
    const { clock } = this.#collection.scope
    const chance = policy.jitter === 0 ? 0 : clock.random()
    try {
      const tags = notes.isSkipped ? [] : this.#job.tagsOf(value)
      const { stamp } = ground
      const now = clock.now()
      const entry = makeEntry({ value, policy, tags, stamp, now, loadMs, chance, notes })
      return { entry, tags: entry?.tags ?? tags }
    } catch (error) {
      await this.#release(ground, undefined)
      throw isCacheError(error, 'ERR_OPTION') ? error : loadError(this.#collection.name, error)
    }
  }

  async #load(ground: Ground): Promise<Loaded> {
    const { scope, counters, loadsInTurn } = this.#collection
    const controller = new AbortController()
    this.#controller = controller
    if (this.#abortReason !== undefined) controller.abort(this.#abortReason)
    const notes = new LoadNotes(controller, this.#stale)
    let startedAt = scope.clock.now()
    let failure: CacheError | undefined
    try {
      const run = async (): Promise<unknown> => {
        if (this.#abortReason !== undefined) throw this.#abortReason
        startedAt = scope.clock.now()
        counters.loads += 1
        // What was changed before the loader begins, it sees.
        this.#isVoid = false
        return this.#job.run(notes)
      }
      const bounded = (): Promise<unknown> => this.#unlessGivenUp(run())
      const value = await (this.#job.isBatched ? bounded() : loadsInTurn.run(bounded))
      return { value, notes, loadMs: scope.clock.now() - startedAt }
    } catch (error) {
      failure = loadError(this.#collection.name, error)
      counters.loadErrors += 1
      // That nobody waits here any more, or no turn came, is no failure of the source: whoever else
      // waits loads by himself.
      const isOwnAffair = controller.signal.aborted || failure.code !== 'ERR_LOAD'
      await this.#release(ground, isOwnAffair ? undefined : failure)
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

  #unlessGivenUp(value: Promise<unknown>): Promise<unknown> {
    const { scope, name } = this.#collection
    const { hardTimeoutMs } = this.#job.policy
    const limitMs = hardTimeoutMs === 0 ? Infinity : Math.max(GIVEN_UP_AFTER_MS, 2 * hardTimeoutMs)
    const { outcome, giveUp } = unlessGivenUp(scope.clock, limitMs, value, () => {
      const sentence = `The loader of '${name}' did not end and was given up.`
      const reason = new CacheError('ERR_LOAD_TIMEOUT', sentence)
      this.abort(reason)
      return reason
    })
    this.#giveUp = giveUp
    return outcome
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

  /** @returns undefined where there is nobody to ask, or it must not be stored there */
  async #ask(seen: Found | undefined, awaited: string): Promise<LeaseReply | undefined> {
    try {
      return await this.#collection.reachable?.lease(this.#job.key, seen, awaited)
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

  #groundOf(lease: Lease | undefined): Ground {
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
    const verdict = log.judge(judged)
    // With a lease the shared tier asks for what is not remembered; without one nobody does.
    return lease ? verdict !== 'invalid' : verdict === 'valid'
  }

  /** It has changed since; a reader may have joined who knows of that change. */
  #mustLookAgain(keep: Keep): boolean {
    return keep === 'no' && this.#collection.reachable !== undefined
  }

  #isFresh({ entry }: Found): boolean {
    return judge(entry, this.#collection.scope.clock.now()) === 'fresh'
  }

  #take(found: Found): Extract<Turn, { kind: 'found' }> {
    this.#collection.keepLocal(this.#job.key, found.entry, found.keep, this.#job.policy)
    this.#decide()
    return { kind: 'found', value: found.entry.value }
  }

  /**
   * From here on the value is on its way to those who wait. Whoever comes now may have seen a
   * change that it does not reflect, and begins anew.
   */
  #decide(): void {
    this.isDecided = true
    this.#unlist()
  }

  #unlist(): void {
    const { loads, unlisted } = this.#collection
    if (loads.get(this.key) !== this) return
    loads.delete(this.key)
    unlisted.add(this)
  }

  /** A `set` that came while we loaded has the last word. */
  #setMeanwhile(): Entry | undefined {
    const entry = this.#collection.local.get(this.#job.key)
    return entry && judge(entry, this.#collection.scope.clock.now()) === 'fresh' ? entry : undefined
  }
}
