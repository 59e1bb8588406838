import type { Redis } from 'ioredis'
import { type Clock, systemClock } from './base/clock.ts'
import type { ByteSize, Duration } from './base/duration.ts'
import { optionError } from './base/errors.ts'
import { checkCount, checkNames } from './base/option-names.ts'
import { Cache, type CacheHost } from './cache/cache.ts'
import { POLICY_NAMES, type PolicyOptions } from './cache/options.ts'
import { Scope } from './cache/scope.ts'
import { createMemoryStore, type MemoryStoreOptions } from './memory/index.ts'
import { NoMemory } from './memory/no-memory.ts'
import { type RedisOptions, resolveRedisOptions } from './redis/options.ts'
import { RedisStore } from './redis/redis-store.ts'
import { RedisServer } from './redis/server.ts'
import { EntryCodec, type EntryCodecOptions } from './store/entry-codec.ts'
import { validateNamespace } from './store/key.ts'
import type { LocalSize, LocalStore } from './store/local-store.ts'
import type { StoreReport } from './store/shared-store.ts'

/** Everything a cache can be told. Each field has a default that works. */
export interface CacheOptions extends PolicyOptions, Omit<EntryCodecOptions, 'namespace'> {
  /**
   * What keeps this cache's keys apart from others on the same Redis: letters, digits, `.`, `_`,
   * `-`, parts joined by `:`.
   *
   * @default 'cache'
   */
  readonly namespace?: string
  /**
   * How much this process keeps in memory; `false` for nothing.
   *
   * @default { maxBytes: '64mb' }
   */
  readonly memory?: Omit<MemoryStoreOptions, 'clock' | 'random' | 'onEvict'> | false
  /** Where the shared tier is. Without it, memory alone. */
  readonly redis?: RedisOptions | undefined
  /**
   * `false` starts with the cache switched off: every read goes to its loader.
   *
   * @default true
   */
  readonly enabled?: boolean
  /** Ttls by the names of definitions; they win over the definitions' own. */
  readonly ttls?: Readonly<Record<string, Duration>>
  /**
   * How many loads of one definition may run at once in this process.
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
  /**
   * Writes what happens to connection and breaker to standard error.
   *
   * @default false
   */
  readonly debug?: boolean
  /** @internal */
  readonly clock?: Clock
}

const CODEC_NAMES = ['codec', 'codecs', 'compression', 'encryption', 'maxValueBytes'] as const
const NAMES = [
  ...POLICY_NAMES,
  ...CODEC_NAMES,
  'namespace',
  'memory',
  'redis',
  'enabled',
  'ttls',
  'maxConcurrentLoads',
  'maxQueuedLoads',
  'debug',
  'clock',
]

const CACHE_DEFAULTS = {
  namespace: 'cache',
  memory: { maxBytes: '64mb' as ByteSize },
  maxConcurrentLoads: 50,
  maxQueuedLoads: 10_000,
}

/**
 * A cache in memory, in front of Redis if one is given.
 *
 * It works from the first moment, reaches Redis when it can, and never fails because Redis cannot
 * be reached; `await cache.ready()` tells whether the set-up is right.
 *
 * @throws {CacheError} ERR_OPTION, naming the option, what was expected and what came
 * @example
 * ```ts
 * const cache = createCache({ namespace: 'stays', redis: { url: process.env.REDIS_URL } })
 * ```
 */
export function createCache(options: CacheOptions = {}): Cache<Redis> {
  checkNames('cache', options, NAMES)
  checkObject('redis', options.redis, "an object such as { url: 'redis://…' }")
  if (options.memory !== false) checkObject('memory', options.memory, 'an object, or false')
  return new Assembly(options).open()
}

/** Puts the tiers together: one memory and one server connection for all namespaces. */
class Assembly implements CacheHost {
  readonly #options: CacheOptions
  readonly #clock: Clock
  readonly #local: LocalStore
  readonly #server: RedisServer | undefined
  readonly #scopes: Scope[] = []
  readonly #namespace: string

  constructor(options: CacheOptions) {
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#namespace = validateNamespace(options.namespace ?? CACHE_DEFAULTS.namespace)
    // Checked here, so that a bad option shows at once and not with the first entry.
    this.#codec(this.#namespace)
    this.#local = this.#memory(options.memory ?? CACHE_DEFAULTS.memory)
    this.#server = options.redis && this.#connect(options.redis)
  }

  open(): Cache<Redis> {
    const cache = new Cache<Redis>(this.openScope(this.#namespace), this)
    cache.enabled = readFlag('enabled', this.#options.enabled ?? true)
    if (readFlag('debug', this.#options.debug ?? false)) log(cache)
    return cache
  }

  openScope(namespace: string): Scope {
    const server = this.#server
    const { maxConcurrentLoads, maxQueuedLoads } = { ...CACHE_DEFAULTS, ...this.#options }
    const scope = new Scope({
      namespace,
      clock: this.#clock,
      local: this.#local.space(namespace),
      shared:
        server &&
        ((listener, report) =>
          new RedisStore({ namespace, server, codec: this.#codec(namespace), listener, report })),
      policy: this.#options,
      ttlOf: (definition) => {
        const ttls = this.#options.ttls ?? {}
        const name = [definition, kebab(definition)].find((each) => Object.hasOwn(ttls, each))
        return name === undefined ? undefined : ttls[name]
      },
      maxConcurrentLoads: checkCount('maxConcurrentLoads', maxConcurrentLoads),
      maxQueuedLoads: checkCount('maxQueuedLoads', maxQueuedLoads),
    })
    this.#scopes.push(scope)
    return scope
  }

  rawClient(): Redis | undefined {
    return this.#server?.client
  }

  memory(): LocalSize {
    return this.#local.size
  }

  async closeScope(scope: Scope): Promise<void> {
    const position = this.#scopes.indexOf(scope)
    if (position > 0) this.#scopes.splice(position, 1)
    if (position !== 0) return
    await this.#server?.close()
    this.#local.close()
  }

  #memory(options: Exclude<CacheOptions['memory'], undefined>): LocalStore {
    if (options === false) return new NoMemory()
    return createMemoryStore({
      ...options,
      clock: this.#clock,
      onEvict: (region, key, reason) => {
        for (const scope of this.#scopes) if (scope.evicted(region, key, reason)) return
      },
    })
  }

  #connect(redis: RedisOptions): RedisServer {
    const report = (event: StoreReport): void => {
      for (const scope of this.#scopes) scope.take(event)
    }
    return new RedisServer(resolveRedisOptions(redis), `${this.#namespace}:`, this.#clock, report)
  }

  #codec(namespace: string): EntryCodec {
    const chosen = CODEC_NAMES.filter((name) => this.#options[name] !== undefined)
    const options = Object.fromEntries(chosen.map((name) => [name, this.#options[name]]))
    return new EntryCodec({ ...options, namespace })
  }
}

function checkObject(option: string, value: unknown, expected: string): void {
  if (value === undefined || (typeof value === 'object' && value !== null)) return
  throw optionError(option, expected, value)
}

/** A name as the environment can spell it: `productSearch` and `product_search` alike. */
function kebab(name: string): string {
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1-$2')
  return words.replace(/[._]/g, '-').toLowerCase()
}

function readFlag(option: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value
  throw optionError(option, 'true or false', value)
}

function log(cache: Cache<Redis>): void {
  const write = (text: string): void => console.error(`cachetier ${cache.name}: ${text}`)
  cache.on('connection', ({ state, error }) => write(error ? `${state}: ${error.message}` : state))
  cache.on('breaker', ({ state }) => write(`breaker ${state}`))
  cache.on('error', ({ error }) => write(error.message))
  cache.on('rejected', ({ reason }) => write(`an entry was rejected: ${reason}`))
}
