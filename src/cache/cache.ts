import { checkNames } from '../base/option-names.ts'
import { KEY_VALUE_DEFINITION, validateNamespace } from '../store/key.ts'
import { isPlainKey, keyText } from '../store/key-text.ts'
import { ABSENT, type LocalSize } from '../store/local-store.ts'
import { Batch, type LoadMany } from './batch.ts'
import type { Collection } from './collection.ts'
import { Definition, type DefinitionOptions } from './definition.ts'
import type { EventName, Listener } from './events.ts'
import {
  type Applied,
  clear,
  deleteKeys,
  expireKeys,
  invalidatePattern,
  invalidateTags,
} from './invalidating.ts'
import type { LoadContext, LoadNotes } from './load-context.ts'
import { POLICY_NAMES, type PolicyOptions, resolvePolicy } from './options.ts'
import { type ReadOptions, read } from './reading.ts'
import { readMany } from './reading-many.ts'
import { readStored } from './reading-stored.ts'
import type { LoadJob } from './running.ts'
import type { Scope } from './scope.ts'
import { addUp, type Counters } from './stats.ts'
import type { WarmOptions, WarmProgress } from './warming.ts'
import { write } from './writing.ts'

/** Options of one low-level call: those of a definition, for one key. */
export interface EntryOptions extends PolicyOptions {
  readonly tags?: readonly string[]
}

const ENTRY_NAMES = [...POLICY_NAMES, 'tags', 'after', 'signal']

export type Loader<V> = (context: LoadContext<V>) => V | Promise<V>

/** Everything that happened since the start. */
export interface CacheStats extends Counters {
  /** `hits + stale + misses`. */
  readonly reads: number
  /** Local and shared together. */
  readonly hits: number
  /** Share of the reads that did not wait for a load, from 0 to 1. */
  readonly hitRate: number
  readonly memory: LocalSize
  readonly shared: { readonly name: string; readonly isAvailable: boolean } | undefined
  readonly definitions: Readonly<Record<string, Readonly<Counters>>>
}

/** What a cache needs beside its own namespace. */
export interface CacheHost {
  /** Opens a namespace on the same tiers. */
  openScope(namespace: string): Scope
  /** The raw client of the shared tier, for what is no cache entry. */
  rawClient(): unknown
  memory(): LocalSize
  /** Told of each scope that was closed; with the first one everything ends. */
  closeScope(scope: Scope): Promise<void>
}

/**
 * A cache of one namespace: definitions, and entries by key alone.
 *
 * Create it with `createCache`. All methods may be called concurrently; none fails because a tier
 * is down.
 *
 * @typeParam Client the raw client, see `redis`
 */
export class Cache<Client = unknown> {
  readonly #scope: Scope
  readonly #host: CacheHost
  readonly #entries: Collection
  readonly #warmable: ((options?: WarmOptions) => Promise<WarmProgress>)[] = []
  readonly #children = new Map<string, Cache<Client>>()

  /** @internal Use `createCache`. */
  constructor(scope: Scope, host: CacheHost) {
    this.#scope = scope
    this.#host = host
    this.#entries = scope.collection({
      name: KEY_VALUE_DEFINITION,
      policy: resolvePolicy(scope.policy),
      schema: 0,
      maxConcurrentLoads: scope.maxConcurrentLoads,
      maxQueuedLoads: scope.maxQueuedLoads,
    })
  }

  get name(): string {
    return this.#scope.namespace
  }

  /**
   * The master switch, while running: off means that every read goes to the loader and nothing is
   * kept. Writes and invalidations still apply, so that switching on again is safe.
   *
   * @default true
   */
  get enabled(): boolean {
    return this.#scope.isEnabled
  }

  set enabled(enabled: boolean) {
    this.#scope.isEnabled = enabled
    for (const child of this.#children.values()) child.enabled = enabled
  }

  /** The raw client, for structures that are no cache entries; undefined while disconnected. */
  get redis(): Client | undefined {
    return this.#host.rawClient() as Client | undefined
  }

  /**
   * A named, typed, cached load.
   *
   * @throws {CacheError} ERR_OPTION
   */
  define<P, V>(options: DefinitionOptions<P, V>): Definition<P, V> {
    const definition = new Definition(this.#scope, options)
    if (options.warm) this.#warmable.push((each) => definition.warm(undefined, each))
    return definition
  }

  /**
   * Loads the `warm` sets of all definitions that have one, one definition after the other.
   *
   * @returns the sums over all of them
   */
  async warm(options?: WarmOptions): Promise<WarmProgress> {
    let warmed = 0
    let failed = 0
    for (const each of this.#warmable) {
      const progress = await each(options)
      warmed += progress.warmed
      failed += progress.failed
    }
    return { warmed, failed }
  }

  /** The value of a key, fresh or within its grace; undefined when there is none. */
  async get<V = unknown>(key: string, options?: ReadOptions): Promise<V | undefined> {
    const text = keyText(key)
    const values = await readStored(this.#entries, [text], options)
    return values.get(text) as V | undefined
  }

  async getMany<V = unknown>(
    keys: readonly string[],
    options?: ReadOptions,
  ): Promise<(V | undefined)[]> {
    const texts = keys.map(keyText)
    const values = await readStored(this.#entries, texts, options)
    return texts.map((text) => values.get(text) as V | undefined)
  }

  /**
   * The value of a key, or what the loader returns for it.
   *
   * @throws {CacheError} ERR_LOAD, ERR_LOAD_TIMEOUT, ERR_OVERLOAD, ERR_KEY, ERR_OPTION, ERR_CLOSED
   */
  getOrSet<V>(key: string, loader: Loader<V>, options?: EntryOptions & ReadOptions): Promise<V> {
    if (isPlainKey(key) && options?.after === undefined) {
      const value = this.#entries.fresh(key)
      if (value !== ABSENT) return Promise.resolve(value as V)
    }
    return this.#read(key, loader as Loader<unknown>, options) as Promise<V>
  }

  /** As `getOrSet` for many keys: one read of the shared tier, one load of what is missing. */
  async getOrSetMany<V>(
    keys: readonly string[],
    loadMany: LoadMany<string, V>,
    options?: EntryOptions & ReadOptions,
  ): Promise<V[]> {
    const texts = keys.map(keyText)
    const { loadsInTurn } = this.#entries
    const inTurn: LoadMany<string, V> = (missing, context) =>
      loadsInTurn.run(async () => loadMany(missing, context))
    const values = await readMany(this.#entries, texts, options, (missing) => {
      const batch = new Batch<string, V>(missing.length, inTurn)
      return missing.map((i) => {
        const { load, stepBack } = batch.member(keys[i] as string)
        return { ...this.#job(texts[i] as string, load, options), stepBack, isBatched: true }
      })
    })
    return values as V[]
  }

  /** Stores a value in every tier. */
  set(key: string, value: unknown, options?: EntryOptions): Promise<Applied> {
    return this.setMany([[key, value]], options)
  }

  async setMany(
    entries: Iterable<readonly [key: string, value: unknown]>,
    options: EntryOptions = {},
  ): Promise<Applied> {
    checkNames('entry', options, ENTRY_NAMES)
    const policy = resolvePolicy(this.#scope.policy, options)
    const tags = options.tags ?? []
    const writes = [...entries].map(([key, value]) => ({ key: keyText(key), value, policy, tags }))
    return write(this.#entries, writes)
  }

  /** Whether a value is there, fresh or within its grace. */
  async has(key: string): Promise<boolean> {
    const { scope } = this.#entries
    scope.checkOpen()
    if (!scope.isEnabled) return false
    const text = keyText(key)
    scope.dropUnverified()
    if (this.#entries.local.get(text)) return true
    try {
      return (await this.#entries.reachable?.get(text)) !== undefined
    } catch {
      return false
    }
  }

  /** Drops keys in every tier. A load under way begins anew. */
  async delete(...keys: readonly string[]): Promise<Applied> {
    return deleteKeys(this.#entries, keys.map(keyText))
  }

  /** Makes keys stale in every tier: the next reader gets the old value and starts a reload. */
  async expire(...keys: readonly string[]): Promise<Applied> {
    return expireKeys(this.#entries, keys.map(keyText))
  }

  /** The value if memory has it fresh, without waiting. */
  peek<V = unknown>(key: string): V | undefined {
    const value = this.#entries.local.fresh(keyText(key))
    return value === ABSENT ? undefined : (value as V)
  }

  /**
   * Makes every entry that carries one of the tags invalid, whoever loaded it, even where its load
   * is still under way.
   */
  async invalidateTags(tags: readonly string[]): Promise<Applied> {
    return invalidateTags(this.#scope, tags)
  }

  /**
   * Makes every entry invalid whose `<definition>:<key>` (or key alone, for low-level entries)
   * matches: `*` stands for any characters, `?` for one, `\` takes the next literally.
   */
  async invalidatePattern(pattern: string): Promise<Applied> {
    return invalidatePattern(this.#scope, pattern)
  }

  /** Makes everything in this namespace invalid. Namespaces below it are others. */
  async clear(): Promise<Applied> {
    return clear(this.#scope)
  }

  /**
   * A cache of its own keys, tags and clock on the same tiers, named `<this>:<name>`. The same name
   * gives the same cache.
   */
  namespace(name: string): Cache<Client> {
    const full = validateNamespace(`${this.#scope.namespace}:${name}`)
    const known = this.#children.get(full)
    if (known) if (known.#scope.isOpen) return known
    const child = new Cache<Client>(this.#host.openScope(full), this.#host)
    child.enabled = this.enabled
    this.#children.set(full, child)
    return child
  }

  stats(): CacheStats {
    const collections = [...this.#scope.collections()]
    const sum = addUp(collections.map(({ counters }) => counters))
    const hits = sum.localHits + sum.sharedHits
    const reads = hits + sum.stale + sum.misses
    const { shared } = this.#scope
    return {
      ...sum,
      reads,
      hits,
      hitRate: reads === 0 ? 0 : (hits + sum.stale) / reads,
      memory: this.#host.memory(),
      shared: shared && { name: shared.name, isAvailable: shared.isAvailable() },
      definitions: Object.fromEntries(
        collections.map(({ name, counters }) => [name, { ...counters }]),
      ),
    }
  }

  /** @returns stops listening */
  on<N extends EventName>(name: N, listener: Listener<N>): () => void {
    return this.#scope.events.on(name, listener)
  }

  /**
   * Settles once the shared tier was reached; at once without one. Waiting for it at the start is
   * optional: a cache works without it, and uses it when it comes.
   *
   * @throws {CacheError} ERR_CONFIG when it refuses us (password, rights, TLS), ERR_STORE when it
   *   cannot be reached
   */
  async ready(): Promise<void> {
    await this.#scope.shared?.ready()
  }

  /**
   * Afterwards every call fails with ERR_CLOSED. Closes the namespaces below this one too; the
   * cache that `createCache` made also closes connections and timers.
   */
  async close(): Promise<void> {
    for (const child of this.#children.values()) await child.close()
    await this.#scope.close()
    await this.#host.closeScope(this.#scope)
  }

  async #read(
    raw: string,
    loader: Loader<unknown>,
    options: (EntryOptions & ReadOptions) | undefined,
  ): Promise<unknown> {
    const key = keyText(raw)
    if (key !== raw && options?.after === undefined) {
      const value = this.#entries.fresh(key)
      if (value !== ABSENT) return value
    }
    return read(this.#entries, this.#job(key, loader, options), options)
  }

  #job(
    key: string,
    loader: (notes: LoadNotes) => unknown,
    options: EntryOptions | undefined,
  ): LoadJob {
    if (options) checkNames('entry', options, ENTRY_NAMES)
    return {
      key,
      policy: options ? resolvePolicy(this.#scope.policy, options) : this.#entries.policy,
      run: async (notes) => loader(notes),
      tagsOf: () => options?.tags ?? [],
    }
  }
}
