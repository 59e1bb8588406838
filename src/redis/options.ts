import { type Duration, toMs } from '../base/duration.ts'
import { optionError } from '../base/errors.ts'
import { checkNames } from '../base/option-names.ts'
import { ADDRESS_NAMES, type Address, type AddressOptions, addressFrom } from './address.ts'

/** How Redis tells this process that an entry changed. See docs/redis.md, "Tracking". */
export type Tracking = 'keys' | 'broadcast' | 'pubsub' | 'off'

export interface RedisOptions extends AddressOptions {
  /**
   * How many connections carry commands. One is enough for most; more help where values are large.
   *
   * @default 1
   */
  readonly poolSize?: number

  /**
   * How long a TCP connection may take to come about.
   *
   * @default '10s'
   */
  readonly connectTimeout?: Duration

  /**
   * How long TLS, authentication and the set-up of tracking may take together.
   *
   * @default '2s'
   */
  readonly handshakeTimeout?: Duration

  /**
   * How long a reader waits for Redis before going on without it.
   *
   * @default 150
   */
  readonly commandTimeout?: Duration

  /**
   * How long a write or an invalidation waits for Redis.
   *
   * @default 300
   */
  readonly writeTimeout?: Duration

  /**
   * How many more attempts to connect may fail after the first before `cache.ready()` rejects. They
   * go on all the same.
   *
   * @default 3
   */
  readonly maxRetries?: number

  /**
   * How Redis tells this process that an entry changed: for each key it has read (`'keys'`), for
   * all keys of the namespace (`'broadcast'`, fewer bytes in the server, more messages), by messages
   * among processes for servers without tracking (`'pubsub'`), or not at all (`'off'`).
   *
   * @default 'keys'
   */
  readonly tracking?: Tracking

  /**
   * For how long entries in memory are served when changes cannot be heard of. A process that is
   * cut off cannot know what others invalidate: this is the bound.
   *
   * @default '5s'
   */
  readonly maxUnverified?: Duration

  /**
   * Whether such entries may afterwards still be served as stale ones, while a reload runs or has
   * failed. Availability before consistency.
   *
   * @default false
   */
  readonly serveUnverified?: boolean

  /**
   * How long the process that loads a key may go without a sign of life before another one loads.
   *
   * @default '2s'
   */
  readonly leaseTtl?: Duration

  /**
   * The longest time for which one process keeps the others waiting by a load that does not end.
   *
   * @default '30s'
   */
  readonly maxLease?: Duration

  /**
   * How long the error of a failed load waits for those who wait for that load.
   *
   * @default '1s'
   */
  readonly errorTtl?: Duration

  /**
   * The longest lifetime of an entry in Redis, grace included; longer ones are cut. The numbers of
   * invalidated tags are kept for as long.
   *
   * @default '30d'
   */
  readonly maxLifetime?: Duration

  /**
   * Failures in a row after which Redis is left alone for a moment.
   *
   * @default 3
   */
  readonly breakerFailures?: number

  /**
   * How long it is left alone before it is probed.
   *
   * @default 250
   */
  readonly breakerCooldown?: Duration
}

export interface ResolvedRedis {
  readonly address: Address
  readonly poolSize: number
  readonly connectTimeoutMs: number
  readonly handshakeTimeoutMs: number
  readonly commandTimeoutMs: number
  readonly writeTimeoutMs: number
  readonly maxRetries: number
  readonly tracking: Tracking
  readonly maxUnverifiedMs: number
  readonly serveUnverified: boolean
  readonly leaseTtlMs: number
  readonly maxLeaseMs: number
  readonly errorTtlMs: number
  readonly maxLifetimeMs: number
  readonly breakerFailures: number
  readonly breakerCooldownMs: number
}

/** The only place where a default is written. A test holds the `@default` tags above against it. */
export const REDIS_DEFAULTS: Required<Omit<RedisOptions, keyof AddressOptions>> = {
  poolSize: 1,
  connectTimeout: '10s',
  handshakeTimeout: '2s',
  commandTimeout: 150,
  writeTimeout: 300,
  maxRetries: 3,
  tracking: 'keys',
  maxUnverified: '5s',
  serveUnverified: false,
  leaseTtl: '2s',
  maxLease: '30s',
  errorTtl: '1s',
  maxLifetime: '30d',
  breakerFailures: 3,
  breakerCooldown: 250,
}

const REDIS_NAMES = [...ADDRESS_NAMES, ...Object.keys(REDIS_DEFAULTS)]

const TRACKING: readonly Tracking[] = ['keys', 'broadcast', 'pubsub', 'off']

/** @throws {CacheError} ERR_OPTION, naming the option */
export function resolveRedisOptions(options: RedisOptions): ResolvedRedis {
  checkNames('redis', options, REDIS_NAMES)
  const given = Object.entries(options).filter(([, value]) => value !== undefined)
  const all = { ...REDIS_DEFAULTS, ...(Object.fromEntries(given) as RedisOptions) }
  if (!TRACKING.includes(all.tracking)) {
    throw optionError('redis.tracking', "'keys', 'broadcast', 'pubsub' or 'off'", all.tracking)
  }
  return Object.freeze({
    address: addressFrom(options),
    poolSize: count('poolSize', all.poolSize, 1, 64),
    connectTimeoutMs: positiveMs('connectTimeout', all.connectTimeout),
    handshakeTimeoutMs: positiveMs('handshakeTimeout', all.handshakeTimeout),
    commandTimeoutMs: positiveMs('commandTimeout', all.commandTimeout),
    writeTimeoutMs: positiveMs('writeTimeout', all.writeTimeout),
    maxRetries: count('maxRetries', all.maxRetries, 0, 1_000),
    tracking: all.tracking,
    maxUnverifiedMs: toMs('redis.maxUnverified', all.maxUnverified),
    serveUnverified: flag('serveUnverified', all.serveUnverified),
    leaseTtlMs: positiveMs('leaseTtl', all.leaseTtl),
    maxLeaseMs: positiveMs('maxLease', all.maxLease),
    errorTtlMs: positiveMs('errorTtl', all.errorTtl),
    maxLifetimeMs: positiveMs('maxLifetime', all.maxLifetime),
    breakerFailures: count('breakerFailures', all.breakerFailures, 1, 1_000),
    breakerCooldownMs: positiveMs('breakerCooldown', all.breakerCooldown),
  })
}

function positiveMs(name: string, value: Duration): number {
  const ms = toMs(`redis.${name}`, value)
  if (ms < 1) throw optionError(`redis.${name}`, 'at least one millisecond', value)
  return ms
}

function count(name: string, value: unknown, least: number, most: number): number {
  if (Number.isInteger(value) && Number(value) >= least && Number(value) <= most) {
    return Number(value)
  }
  throw optionError(`redis.${name}`, `a whole number from ${least} to ${most}`, value)
}

function flag(name: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value
  throw optionError(`redis.${name}`, 'true or false', value)
}
