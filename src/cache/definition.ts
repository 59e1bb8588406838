import { CacheError, optionError } from '../base/errors.ts'
import { checkCount, checkNames } from '../base/option-names.ts'
import { schemaHash } from '../store/envelope.ts'
import { validateName } from '../store/key.ts'
import { isPlainKey, keyText } from '../store/key-text.ts'
import { ABSENT } from '../store/local-store.ts'
import { Batch, type LoadMany } from './batch.ts'
import type { Collection } from './collection.ts'
import { type Applied, deleteKeys, expireKeys } from './invalidating.ts'
import type { LoadContext, LoadNotes } from './load-context.ts'
import { POLICY_NAMES, type Policy, type PolicyOptions } from './options.ts'
import { type ReadOptions, read } from './reading.ts'
import { readMany } from './reading-many.ts'
import type { LoadJob } from './running.ts'
import type { Scope } from './scope.ts'
import type { Counters } from './stats.ts'
import { type WarmOptions, type WarmProgress, type WarmSet, warm } from './warming.ts'
import { write } from './writing.ts'

/** A named, typed, cached load. */
export interface DefinitionOptions<P, V> extends PolicyOptions {
  /** Letters, digits, `.`, `_` and `-`; unique in its namespace. Part of the keys in Redis. */
  readonly name: string
  /**
   * What tells one entry from another: any serialisable value. Properties may be in any order.
   *
   * @default the params themselves
   */
  readonly key?: (params: P) => unknown
  /** Gets the value from the source. */
  readonly load: (params: P, context: LoadContext<V>) => V | Promise<V>
  /** Gets many values at once, for `getMany`. Without it, `load` runs for each. */
  readonly loadMany?: LoadMany<P, V>
  /** The names under which entries can be invalidated together. */
  readonly tags?: (params: P, value: V) => readonly string[]
  /** What `warm` loads: the params that are known to be asked for. */
  readonly warm?: () => WarmSet<P>
  /**
   * Change it when the shape of the values changes: entries of another version are misses.
   *
   * @default 0
   */
  readonly version?: string | number
  /**
   * How many loads may run at once in this process.
   *
   * @default 50
   */
  readonly maxConcurrentLoads?: number
  /**
   * How many more may wait for their turn; the next one fails with ERR_OVERLOAD.
   *
   * @default 10_000
   */
  readonly maxQueuedLoads?: number
}

const NAMES = [
  ...POLICY_NAMES,
  'name',
  'key',
  'load',
  'loadMany',
  'tags',
  'warm',
  'version',
  'maxConcurrentLoads',
  'maxQueuedLoads',
]

/**
 * The entries of one load: read through it, or write and delete by its params.
 *
 * @typeParam P params of the load
 * @typeParam V value it returns
 */
export class Definition<P, V> {
  readonly name: string
  readonly #options: DefinitionOptions<P, V>
  readonly #keyOf: ((params: P) => unknown) | undefined
  readonly #scope: Scope
  readonly #collection: Collection

  /** @internal Use `cache.define`. */
  constructor(scope: Scope, options: DefinitionOptions<P, V>) {
    checkNames('definition', options, NAMES)
    this.name = validateName(options.name)
    if (typeof options.load !== 'function') throw optionError('load', 'a function', options.load)
    this.#scope = scope
    this.#options = options
    this.#keyOf = options.key
    this.#collection = scope.collection({
      name: this.name,
      policy: scope.policyOf(this.name, options),
      schema: schemaHash(options.version ?? 0),
      maxConcurrentLoads: checkCount(
        'maxConcurrentLoads',
        options.maxConcurrentLoads ?? scope.maxConcurrentLoads,
      ),
      maxQueuedLoads: checkCount('maxQueuedLoads', options.maxQueuedLoads ?? scope.maxQueuedLoads),
    })
  }

  /**
   * The value: from memory, from the shared tier, or loaded, whichever comes first.
   *
   * @throws {CacheError} ERR_LOAD with the loader's error as cause, ERR_LOAD_TIMEOUT, ERR_OVERLOAD,
   *   ERR_KEY, ERR_CLOSED. Never because a tier is down.
   */
  get(params: P, options?: ReadOptions): Promise<V> {
    try {
      const raw = this.#keyOf === undefined ? params : this.#keyOf(params)
      if (options === undefined || options.after === undefined) {
        const value = this.#collection.fresh(isPlainKey(raw) ? raw : keyText(raw))
        if (value !== ABSENT) return Promise.resolve(value as V)
      }
      const job = new DefinitionJob(this.#options, this.#collection.policy, keyText(raw), params)
      return read(this.#collection, job, options) as Promise<V>
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /**
   * The values in the order of the params, with one read of the shared tier and one `loadMany` for
   * what is missing.
   *
   * @throws as `get`, for the first key that failed
   */
  async getMany(params: readonly P[], options?: ReadOptions): Promise<V[]> {
    const keys = params.map((each) => this.#text(each))
    const values = await readMany(this.#collection, keys, options, (missing) => {
      const batch = missing.length > 1 ? this.#batch(missing.length) : undefined
      return missing.map((i) => this.#job(keys[i] as string, params[i] as P, batch))
    })
    return values as V[]
  }

  /** The value if memory has it fresh, without waiting and without a load. */
  peek(params: P): V | undefined {
    const value = this.#collection.local.fresh(this.#text(params))
    return value === ABSENT ? undefined : (value as V)
  }

  /** Stores a value that is known already, in every tier. */
  set(
    params: P,
    value: V,
    options?: PolicyOptions & { tags?: readonly string[] },
  ): Promise<Applied> {
    return this.setMany([[params, value]], options)
  }

  async setMany(
    entries: Iterable<readonly [params: P, value: V]>,
    options: PolicyOptions & { tags?: readonly string[] } = {},
  ): Promise<Applied> {
    const policy = this.#scope.policyOf(this.name, this.#options, options)
    const writes = [...entries].map(([params, value]) => ({
      key: this.#text(params),
      value,
      policy,
      tags: [...(this.#options.tags?.(params, value) ?? []), ...(options.tags ?? [])],
    }))
    return write(this.#collection, writes)
  }

  /** Drops entries in every tier. A load under way begins anew. */
  async delete(...params: readonly P[]): Promise<Applied> {
    return deleteKeys(this.#collection, this.#texts(params))
  }

  /** Makes entries stale in every tier: the next reader gets the old value and starts a reload. */
  async expire(...params: readonly P[]): Promise<Applied> {
    return expireKeys(this.#collection, this.#texts(params))
  }

  /**
   * Loads what is known to be asked for, before it is: by default the definition's own `warm` set.
   * Never more at once than `concurrency` and `maxConcurrentLoads` allow, and nothing that is fresh.
   */
  warm(set?: WarmSet<P>, options?: WarmOptions): Promise<WarmProgress> {
    return warm(set ?? this.#options.warm?.() ?? [], (params) => this.get(params), options)
  }

  /** What happened here since the start. */
  stats(): Readonly<Counters> {
    return { ...this.#collection.counters }
  }

  /** One call of `loadMany` takes one turn, however many keys it loads. */
  #batch(members: number): Batch<P, V> | undefined {
    const { loadMany } = this.#options
    if (!loadMany) return undefined
    const { loadsInTurn } = this.#collection
    return new Batch<P, V>(members, (params, context) =>
      loadsInTurn.run(async () => loadMany(params, context)),
    )
  }

  #job(key: string, params: P, batch: Batch<P, V> | undefined): LoadJob {
    const job = new DefinitionJob(this.#options, this.#collection.policy, key, params)
    if (!batch) return job
    const { load, stepBack } = batch.member(params)
    return {
      key,
      policy: job.policy,
      run: load,
      tagsOf: (value) => job.tagsOf(value),
      stepBack,
      isBatched: true,
    }
  }

  #text(params: P): string {
    return keyText(this.#keyOf === undefined ? params : this.#keyOf(params))
  }

  #texts(params: readonly P[]): string[] {
    if (params.length === 0) {
      throw new CacheError('ERR_KEY', 'Expected the params of at least one entry, got none.')
    }
    return params.map((each) => this.#text(each))
  }
}

/** How a definition loads one key. A class, as one is made for each read that memory cannot serve. */
class DefinitionJob<P, V> implements LoadJob {
  readonly key: string
  readonly policy: Policy
  readonly #options: DefinitionOptions<P, V>
  readonly #params: P

  constructor(options: DefinitionOptions<P, V>, policy: Policy, key: string, params: P) {
    this.key = key
    this.policy = policy
    this.#options = options
    this.#params = params
  }

  async run(notes: LoadNotes): Promise<unknown> {
    return this.#options.load(this.#params, notes as LoadContext<V>)
  }

  tagsOf(value: unknown): readonly string[] {
    return this.#options.tags?.(this.#params, value as V) ?? []
  }
}
