import type { Duration } from './base/duration.ts'
import { CacheError, optionError } from './base/errors.ts'
import type { CacheOptions } from './create-cache.ts'
import { type RedisOptions, resolveRedisOptions } from './redis/options.ts'
import { validateNamespace } from './store/key.ts'

const MAX_TIMEOUT_MS = 600_000

type Environment = Readonly<Record<string, string | undefined>>

/** So that a deployment that sets one of them does not run on another server without a word. */
const NOT_YET = ['REDIS_CLUSTER_NODES', 'REDIS_SENTINELS', 'UPSTASH_REDIS_REST_URL']

/**
 * The options that the environment names, for `createCache(fromEnv())`. What it does not name is
 * left to the defaults; docs/configuration.md lists the variables.
 *
 * @throws {CacheError} ERR_OPTION, naming the variable and what it expected, never a secret
 */
export function fromEnv(env: Environment = process.env): CacheOptions {
  for (const name of NOT_YET) {
    if (isSet(env, name) && !isSet(env, 'REDIS_URL') && !isSet(env, 'REDIS_PRIVATE_URL')) {
      throw new CacheError('ERR_OPTION', `${name} is not supported yet. Set REDIS_URL instead.`)
    }
  }
  const redis = redisFrom(env)
  const namespace = named('CACHE_NAMESPACE', () => {
    const value = text(env, 'CACHE_NAMESPACE')
    return value === undefined ? undefined : validateNamespace(value)
  })
  const ttlSeconds = number(env, 'CACHE_DEFAULT_TTL_S')
  const enabled = flag(env, 'CACHE_ENABLED') ?? flag(env, 'ENABLE_REDIS_CACHE')
  const debug = flag(env, 'REDIS_DEBUG')
  const ttls = ttlsFrom(env)
  return {
    ...(redis && { redis }),
    ...(namespace !== undefined && { namespace }),
    ...(ttlSeconds !== undefined && { ttl: ttlSeconds * 1_000 }),
    ...(enabled !== undefined && { enabled }),
    ...(debug !== undefined && { debug }),
    ...(Object.keys(ttls).length > 0 && { ttls }),
  }
}

function redisFrom(env: Environment): RedisOptions | undefined {
  const variable = isSet(env, 'REDIS_URL') ? 'REDIS_URL' : 'REDIS_PRIVATE_URL'
  const url = text(env, variable)
  if (url !== undefined) named(variable, () => resolveRedisOptions({ url }))
  const host = text(env, 'REDIS_HOST')
  if (url === undefined && host === undefined) return undefined
  if (url === undefined) return { ...addressFrom(env, host), ...limitsFrom(env) }
  // The URL of a socket has no place for them.
  const who = url.startsWith('unix:') ? whoFrom(env) : {}
  return { url, ...who, ...limitsFrom(env) }
}

function addressFrom(env: Environment, host: string | undefined): RedisOptions {
  const port = whole(env, 'REDIS_PORT', 1, 65_535)
  const db = whole(env, 'REDIS_DB', 0, 65_535)
  const tls = flag(env, 'REDIS_TLS_ENABLED')
  return {
    ...(host !== undefined && { host }),
    ...(port !== undefined && { port }),
    ...whoFrom(env),
    ...(db !== undefined && { db }),
    ...(tls !== undefined && { tls }),
  }
}

function whoFrom(env: Environment): RedisOptions {
  const username = text(env, 'REDIS_USERNAME')
  const password = text(env, 'REDIS_PASSWORD')
  return {
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
  }
}

function limitsFrom(env: Environment): RedisOptions {
  const maxRetries = whole(env, 'REDIS_MAX_RETRIES', 0, 1_000)
  const connectTimeout = whole(env, 'REDIS_CONNECTION_TIMEOUT', 1, MAX_TIMEOUT_MS)
  const commandTimeout = whole(env, 'REDIS_COMMAND_TIMEOUT', 1, MAX_TIMEOUT_MS)
  const poolSize = whole(env, 'REDIS_POOL_SIZE', 1, 64)
  // Connections are shared, so nobody waits for one; the value is checked and has no effect.
  number(env, 'REDIS_POOL_TIMEOUT')
  return {
    ...(maxRetries !== undefined && { maxRetries }),
    ...(connectTimeout !== undefined && { connectTimeout }),
    ...(commandTimeout !== undefined && { commandTimeout }),
    ...(poolSize !== undefined && { poolSize }),
  }
}

/** `CACHE_TTL_PRODUCT_SEARCH` and `CACHE_PRODUCT_SEARCH_TTL_S` both name `product-search`. */
function ttlsFrom(env: Environment): Record<string, Duration> {
  const ttls: Record<string, Duration> = {}
  for (const variable of Object.keys(env)) {
    const match = /^CACHE_TTL_(.+)$/.exec(variable) ?? /^CACHE_(.+)_TTL_S$/.exec(variable)
    const definition = match?.[1]
    if (definition === undefined || definition === 'DEFAULT') continue
    const seconds = number(env, variable)
    if (seconds === undefined) continue
    ttls[definition.toLowerCase().replaceAll('_', '-')] = seconds * 1_000
  }
  return ttls
}

function isSet(env: Environment, name: string): boolean {
  return text(env, name) !== undefined
}

/** An empty variable counts as none: that is how many systems unset one. */
function text(env: Environment, name: string): string | undefined {
  const value = env[name]?.trim()
  return value === undefined || value === '' ? undefined : value
}

function number(env: Environment, name: string): number | undefined {
  const value = text(env, name)
  if (value === undefined) return undefined
  const amount = Number(value)
  if (Number.isFinite(amount) && amount >= 0) return amount
  throw optionError(name, 'a number', value)
}

function whole(env: Environment, name: string, least: number, most: number): number | undefined {
  const amount = number(env, name)
  if (amount === undefined || (Number.isInteger(amount) && amount >= least && amount <= most)) {
    return amount
  }
  throw optionError(name, `a whole number from ${least} to ${most}`, amount)
}

/** What is wrong with an option is said of the variable that it came from. */
function named<T>(variable: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    const sentence = error instanceof Error ? error.message : String(error)
    const renamed = sentence.replace(/`[\w.]+`/, `\`${variable}\``)
    throw new CacheError('ERR_OPTION', renamed, { cause: error })
  }
}

function flag(env: Environment, name: string): boolean | undefined {
  const value = text(env, name)?.toLowerCase()
  if (value === undefined) return undefined
  if (['true', '1', 'yes', 'on'].includes(value)) return true
  if (['false', '0', 'no', 'off'].includes(value)) return false
  throw optionError(name, "'true' or 'false'", value)
}
