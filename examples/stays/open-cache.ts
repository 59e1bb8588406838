import { type Cache, createCache, fromEnv, isCacheError } from '../../src/index.ts'
import { type PrivateRedis, startPrivateRedis } from './private-redis.ts'

export interface OpenCache {
  readonly cache: Cache
  /** What the start-up message says about it. Never holds a password. */
  readonly description: string
  close(): Promise<void>
}

const MEMORY = '64mb'

/**
 * The cache that the environment asks for: in front of its Redis, else of a private one, else in
 * memory alone.
 *
 * @throws {CacheError} ERR_OPTION for a variable that cannot be read, ERR_CONFIG when Redis refuses us
 */
export async function openCache(environment: NodeJS.ProcessEnv): Promise<OpenCache> {
  const wanted = fromEnv(environment)
  const isOn = wanted.enabled ?? true
  const own =
    wanted.redis || !isOn ? undefined : await startPrivateRedis(environment.REDIS_SERVER_BIN)
  const redis = wanted.redis ?? (own && { url: own.url })
  const cache = createCache({ namespace: 'stays', memory: { maxBytes: MEMORY }, ...wanted, redis })
  const close = async (): Promise<void> => {
    await cache.close()
    await own?.stop()
  }
  try {
    const isReached = await reached(cache)
    const hasRedis = wanted.redis !== undefined
    return { cache, description: describe({ isOn, hasRedis, own, isReached }), close }
  } catch (error) {
    await close()
    throw error
  }
}

/** A Redis that is away may come back; one that refuses us will not. */
async function reached(cache: Cache): Promise<boolean> {
  try {
    await cache.ready()
    return true
  } catch (error) {
    if (isCacheError(error, 'ERR_STORE')) return false
    throw error
  }
}

function describe(parts: {
  readonly isOn: boolean
  readonly hasRedis: boolean
  readonly own: PrivateRedis | undefined
  readonly isReached: boolean
}): string {
  if (!parts.isOn) return 'switched off (CACHE_ENABLED): every read goes to the database'
  const memory = `memory (${MEMORY})`
  if (parts.own) return `${memory} in front of a private redis-server at ${parts.own.url}`
  if (!parts.hasRedis) return `${memory} alone: no REDIS_URL, and no redis-server is installed here`
  if (parts.isReached) return `${memory} in front of the Redis that the environment names`
  return `${memory} alone for now: the Redis that the environment names cannot be reached`
}
