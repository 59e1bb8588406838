import { systemClock } from '../base/clock.ts'
import type { HashSeed } from './hash.ts'
import { drawSeed, hashNumber, hashText } from './hash.ts'
import { readEntryCount } from './options.ts'
import { EvictionPolicy } from './policy.ts'

export interface PolicyOptions {
  /** How many keys the cache holds. */
  readonly maxEntries: number
  /**
   * Uniform in [0, 1): seeds the hashes. The same numbers give the same decisions.
   *
   * @default real chance
   */
  readonly random?: () => number
}

/** The eviction policy of the store on keys alone, to replay traces through it. */
export interface Policy {
  readonly size: number
  /** The key is asked for, and kept if it is worth it. @returns whether it was there: a hit. */
  access(key: string | number): boolean
}

/**
 * The eviction policy of the in-process tier without a store around it: replay your own requests
 * to learn the hit rate of a size before you pay for it.
 *
 * @throws {CacheError} ERR_OPTION
 * @example
 * ```ts
 * const policy = createPolicy({ maxEntries: 1_000 })
 * let hits = 0
 * for (const key of requests) if (policy.access(key)) hits += 1
 * ```
 */
export function createPolicy(options: PolicyOptions): Policy {
  const maxEntries = readEntryCount('maxEntries', options.maxEntries)
  return new KeyPolicy(maxEntries, options.random ?? (() => systemClock.random()))
}

class KeyPolicy implements Policy {
  readonly #slots = new Map<string | number, number>()
  readonly #keys: (string | number)[] = []
  readonly #free: number[] = []
  readonly #seed: HashSeed
  readonly #policy: EvictionPolicy

  constructor(maxEntries: number, random: () => number) {
    this.#seed = drawSeed(random)
    this.#policy = new EvictionPolicy({
      maxEntries,
      maxWeight: Number.POSITIVE_INFINITY,
      weightOf: undefined,
      slots: maxEntries + 1,
      entriesWhenFull: maxEntries,
      random,
      evict: (slot) => {
        this.#slots.delete(this.#keys[slot] as string | number)
        this.#free.push(slot)
      },
    })
  }

  get size(): number {
    return this.#slots.size
  }

  access(key: string | number): boolean {
    const slot = this.#slots.get(key)
    if (slot !== undefined) {
      this.#policy.use(slot)
      return true
    }
    const free = this.#free.pop() ?? this.#slots.size
    this.#slots.set(key, free)
    this.#keys[free] = key
    this.#policy.insert(free, this.#hash(key))
    return false
  }

  #hash(key: string | number): number {
    return typeof key === 'string' ? hashText(key, this.#seed) : hashNumber(key, this.#seed)
  }
}
