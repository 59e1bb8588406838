import { type Clock, sleep, systemClock } from '../base/clock.ts'
import { CacheError } from '../base/errors.ts'
import type { Entry } from '../store/entry.ts'
import type { Awaitable, Store } from '../store/store.ts'
import { seededRandom } from './random.ts'

/** How a chaos store misbehaves. Chances lie between 0 (never) and 1 (always). */
export interface StoreFaults {
  /** The chance that a call rejects with ERR_STORE and reaches nothing. @default 0 */
  readonly fail: number
  /** The chance that a call settles only once `heal` or `close` is called. @default 0 */
  readonly hang: number
  /** How late every call reaches the store. @default 0 */
  readonly delayMs: number
}

export interface ChaosStoreOptions extends Partial<StoreFaults> {
  /** What happens by chance repeats with it. @default 1 */
  readonly seed?: number
  /** @default the real one */
  readonly clock?: Clock
}

/** A store that fails on purpose, in front of one that works. */
export interface ChaosStore extends Store {
  get(key: string): Promise<Entry | undefined>
  set(key: string, entry: Entry): Promise<unknown>
  delete(key: string): Promise<unknown>
  readonly faults: StoreFaults
  /** Calls so far, those that failed or hung included. */
  readonly calls: number
  /** Calls that hang now. */
  readonly hanging: number
  /** Changes the named faults for the calls to come. */
  change(faults: Partial<StoreFaults>): void
  /** Ends all faults; what hangs goes on. */
  heal(): void
}

const NO_FAULTS: StoreFaults = { fail: 0, hang: 0, delayMs: 0 }

/**
 * Wraps a store so that its calls fail, hang or come late, by seeded chance.
 *
 * @example
 * ```ts
 * const store = chaosStore(inner, { fail: 0.2, delayMs: 50 })
 * store.heal()
 * ```
 */
export function chaosStore(store: Store, options: ChaosStoreOptions = {}): ChaosStore {
  return new FaultyStore(store, options)
}

interface Hanging {
  resolve(): void
  reject(error: CacheError): void
}

class FaultyStore implements ChaosStore {
  readonly #inner: Store
  readonly #clock: Clock
  readonly #random: () => number
  readonly #hanging = new Set<Hanging>()
  #faults: StoreFaults
  #calls = 0

  constructor(inner: Store, { seed = 1, clock = systemClock, ...faults }: ChaosStoreOptions) {
    this.#inner = inner
    this.#clock = clock
    this.#random = seededRandom(seed)
    this.#faults = { ...NO_FAULTS, ...faults }
  }

  get faults(): StoreFaults {
    return this.#faults
  }

  get calls(): number {
    return this.#calls
  }

  get hanging(): number {
    return this.#hanging.size
  }

  change(faults: Partial<StoreFaults>): void {
    this.#faults = { ...this.#faults, ...faults }
  }

  heal(): void {
    this.#faults = NO_FAULTS
    for (const { resolve } of this.#hanging) resolve()
    this.#hanging.clear()
  }

  get(key: string): Promise<Entry | undefined> {
    return this.#call('get', () => this.#inner.get(key))
  }

  set(key: string, entry: Entry): Promise<unknown> {
    return this.#call('set', () => this.#inner.set(key, entry))
  }

  delete(key: string): Promise<unknown> {
    return this.#call('delete', () => this.#inner.delete(key))
  }

  close(): Awaitable<void> {
    for (const { reject } of this.#hanging) {
      reject(new CacheError('ERR_CLOSED', 'The chaos store was closed while the call hung.'))
    }
    this.#hanging.clear()
    return this.#inner.close()
  }

  async #call<T>(name: string, reach: () => Awaitable<T>): Promise<T> {
    this.#calls += 1
    const { fail, hang, delayMs } = this.#faults
    // Drawn in every call, so that changing one chance does not shift the other.
    const [failing, hung] = [this.#random() < fail, this.#random() < hang]
    if (delayMs > 0) await sleep(this.#clock, delayMs)
    if (hung) await this.#hang()
    if (failing) throw new CacheError('ERR_STORE', `The chaos store failed to ${name}, as asked.`)
    return reach()
  }

  #hang(): Promise<void> {
    return new Promise((resolve, reject) => this.#hanging.add({ resolve, reject }))
  }
}
