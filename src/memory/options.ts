import type { Clock } from '../base/clock.ts'
import { systemClock } from '../base/clock.ts'
import type { ByteSize } from '../base/duration.ts'
import { toBytes } from '../base/duration.ts'
import { optionError } from '../base/errors.ts'
import type { EvictionReason, LocalRegion } from '../store/local-store.ts'

/** What callers get: the stored value itself, or a copy of their own. */
export type Isolation = 'reference' | 'copy'

export interface MemoryStoreOptions {
  /**
   * How many entries are kept at most; 2 ** 24 if only `maxBytes` is given, and never more than that.
   *
   * @default 100_000
   */
  readonly maxEntries?: number

  /**
   * How many bytes the entries may take, by estimate. Without it sizes are not looked at.
   *
   * @default Infinity
   */
  readonly maxBytes?: ByteSize

  /**
   * The bytes of one entry, asked once when it is set; its number is taken as it is. Without it the
   * value is walked (2,000 parts at most) and the key and our own columns are added.
   */
  readonly sizeOf?: (value: unknown, key: string) => number

  /**
   * `'reference'` costs nothing and shares one value between all callers: nobody may change it.
   * `'copy'` clones it (`structuredClone`) when it is set and each time it is read.
   *
   * @default 'reference'
   */
  readonly isolation?: Isolation

  /**
   * Deep-freezes plain objects and arrays shared by reference, so that a change throws.
   *
   * @default true unless NODE_ENV is 'production'
   */
  readonly freeze?: boolean

  /** Told of every entry that left without being asked to, after it has left. Must not throw. */
  readonly onEvict?: (region: LocalRegion, key: string, reason: EvictionReason) => void

  /** @internal */
  readonly clock?: Clock

  /**
   * Uniform in [0, 1): seeds the hashes of the eviction policy.
   *
   * @default the clock's
   */
  readonly random?: () => number
}

export interface ResolvedMemoryOptions {
  readonly maxEntries: number
  readonly maxBytes: number
  readonly sizeOf: ((value: unknown, key: string) => number) | undefined
  readonly isolation: Isolation
  readonly freeze: boolean
  readonly onEvict: MemoryStoreOptions['onEvict'] | undefined
  readonly clock: Clock
  readonly random: () => number
}

/** The only place where a default is written. Freezing depends on NODE_ENV, chance on the clock. */
const DEFAULTS = { maxEntries: 100_000, isolation: 'reference' } as const
/** Slots are 32-bit numbers, and a `Map` of V8 holds no more than 2 ** 24 keys. */
const MOST_ENTRIES = 2 ** 24

const NAMES: ReadonlySet<string> = new Set([
  'maxEntries',
  'maxBytes',
  'sizeOf',
  'isolation',
  'freeze',
  'onEvict',
  'clock',
  'random',
])

/** @throws {CacheError} ERR_OPTION */
export function resolveMemoryOptions(options: MemoryStoreOptions): ResolvedMemoryOptions {
  for (const name of Object.keys(options)) {
    if (!NAMES.has(name)) throw optionError(name, `one of ${[...NAMES].join(', ')}`, name)
  }
  const clock = options.clock ?? systemClock
  return Object.freeze({
    maxEntries: readMaxEntries(options),
    maxBytes: readMaxBytes(options.maxBytes),
    sizeOf: readFunction('sizeOf', options.sizeOf),
    isolation: readIsolation(options.isolation ?? DEFAULTS.isolation),
    freeze: readFreeze(options.freeze ?? process.env.NODE_ENV !== 'production'),
    onEvict: readFunction('onEvict', options.onEvict),
    clock,
    random: readFunction('random', options.random) ?? (() => clock.random()),
  })
}

/** @throws {CacheError} ERR_OPTION */
export function readEntryCount(option: string, value: unknown): number {
  const isCount = typeof value === 'number' && Number.isSafeInteger(value) && value >= 1
  if (!isCount) throw optionError(option, 'a whole number of at least 1', value)
  return value
}

function readMaxEntries({ maxEntries, maxBytes }: MemoryStoreOptions): number {
  if (maxEntries === undefined) return maxBytes === undefined ? DEFAULTS.maxEntries : MOST_ENTRIES
  if (maxEntries === Number.POSITIVE_INFINITY) return MOST_ENTRIES
  return Math.min(MOST_ENTRIES, readEntryCount('maxEntries', maxEntries))
}

function readMaxBytes(maxBytes: ByteSize | undefined): number {
  if (maxBytes === undefined || maxBytes === Number.POSITIVE_INFINITY) {
    return Number.POSITIVE_INFINITY
  }
  const bytes = toBytes('maxBytes', maxBytes)
  if (bytes === 0) throw optionError('maxBytes', 'a size above 0', maxBytes)
  return bytes
}

function readIsolation(isolation: unknown): Isolation {
  if (isolation === 'reference' || isolation === 'copy') return isolation
  throw optionError('isolation', "'reference' or 'copy'", isolation)
}

function readFreeze(freeze: unknown): boolean {
  if (typeof freeze === 'boolean') return freeze
  throw optionError('freeze', 'true or false', freeze)
}

function readFunction<T>(option: string, value: T): T {
  if (value === undefined || typeof value === 'function') return value
  throw optionError(option, 'a function', value)
}
