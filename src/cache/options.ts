import { type Duration, toMs } from '../base/duration.ts'
import { optionError } from '../base/errors.ts'

/** How entries live and how loads are bounded. Given for a cache, a definition, or one call. */
export interface PolicyOptions {
  /**
   * How long an entry is fresh.
   *
   * @default '5m'
   */
  readonly ttl?: Duration

  /**
   * How much longer a stale entry is kept, to be served while a reload runs
   * (stale-while-revalidate) or after one has failed (stale-if-error). `0` turns both off.
   *
   * @default 0
   */
  readonly grace?: Duration

  /**
   * How long a caller who could be served a stale entry waits for the loader first.
   *
   * @default 0
   */
  readonly softTimeout?: Duration

  /**
   * How long a caller waits for a load when there is no stale entry. The load goes on and fills the
   * cache, but for no longer than 5 minutes, or twice this time. `0` waits for ever.
   *
   * @default '30s'
   */
  readonly hardTimeout?: Duration

  /**
   * The ttl of `null` and `undefined`; `0` does not store them. `'ttl'` treats them as any value.
   *
   * @default 'ttl'
   */
  readonly negativeTtl?: Duration | 'ttl'

  /**
   * By which share of itself each ttl is shortened at most, at random, so that entries that were
   * made together do not expire together.
   *
   * @default 0
   */
  readonly jitter?: number

  /**
   * Refreshes an entry shortly before it expires, the earlier the slower its load (XFetch). Above 1
   * refreshes earlier, `0` never.
   *
   * @default 1
   */
  readonly earlyRefresh?: number

  /**
   * After a failed reload, how long the stale entry is served before the next attempt.
   *
   * @default '1s'
   */
  readonly graceBackoff?: Duration
}

/** The same as numbers in milliseconds; nothing optional. */
export interface Policy {
  readonly ttlMs: number
  readonly graceMs: number
  readonly softTimeoutMs: number
  /** 0 for none. */
  readonly hardTimeoutMs: number
  readonly negativeTtlMs: number
  readonly jitter: number
  readonly earlyRefresh: number
  readonly graceBackoffMs: number
}

/** The only place where a default is written. A test holds the `@default` tags above against it. */
export const DEFAULTS: Required<PolicyOptions> = {
  ttl: '5m',
  grace: 0,
  softTimeout: 0,
  hardTimeout: '30s',
  negativeTtl: 'ttl',
  jitter: 0,
  earlyRefresh: 1,
  graceBackoff: '1s',
}

const MAX_EARLY_REFRESH = 100

/**
 * Options over defaults, read once.
 *
 * @throws {CacheError} ERR_OPTION, naming the option
 */
export function resolvePolicy(...layers: readonly PolicyOptions[]): Policy {
  const all: Required<PolicyOptions> = Object.assign({}, DEFAULTS, ...layers.map(withoutUndefined))
  const ttlMs = toMs('ttl', all.ttl)
  return Object.freeze({
    ttlMs,
    graceMs: toMs('grace', all.grace),
    softTimeoutMs: toMs('softTimeout', all.softTimeout),
    hardTimeoutMs: toMs('hardTimeout', all.hardTimeout),
    negativeTtlMs: all.negativeTtl === 'ttl' ? ttlMs : toMs('negativeTtl', all.negativeTtl),
    jitter: between('jitter', all.jitter, 0, 1),
    earlyRefresh: between('earlyRefresh', all.earlyRefresh, 0, MAX_EARLY_REFRESH),
    graceBackoffMs: toMs('graceBackoff', all.graceBackoff),
  })
}

export const POLICY_NAMES: readonly string[] = Object.keys(DEFAULTS)

function withoutUndefined(options: PolicyOptions): PolicyOptions {
  const policy = Object.entries(options).filter(
    ([name, value]) => value !== undefined && POLICY_NAMES.includes(name),
  )
  return Object.fromEntries(policy)
}

function between(option: string, value: unknown, least: number, most: number): number {
  if (typeof value === 'number' && value >= least && value <= most) return value
  throw optionError(option, `a number from ${least} to ${most}`, value)
}
