import { describe, expect, test } from 'vitest'
import { fromEnv } from '../src/index.ts'

describe('fromEnv', () => {
  test('leaves everything to the defaults where nothing is set', () => {
    expect(fromEnv({})).toEqual({})
  })

  test('takes REDIS_URL before REDIS_PRIVATE_URL before the single variables', () => {
    const parts = { REDIS_HOST: 'cache', REDIS_PORT: '6380' }
    const priv = { REDIS_PRIVATE_URL: 'redis://private:1' }

    expect(fromEnv({ ...parts, ...priv, REDIS_URL: 'redis://public:1' }).redis).toEqual({
      url: 'redis://public:1',
    })
    expect(fromEnv({ ...parts, ...priv }).redis).toEqual({ url: 'redis://private:1' })
    expect(fromEnv(parts).redis).toEqual({ host: 'cache', port: 6380 })
  })

  test('reads who we are, the database and TLS', () => {
    const env = {
      REDIS_HOST: 'cache',
      REDIS_USERNAME: 'app',
      REDIS_PASSWORD: 'secret',
      REDIS_DB: '2',
      REDIS_TLS_ENABLED: 'true',
    }

    expect(fromEnv(env).redis).toEqual({
      host: 'cache',
      username: 'app',
      password: 'secret',
      db: 2,
      tls: true,
    })
  })

  test('takes user and password beside the URL of a socket, which has no place for them', () => {
    const env = { REDIS_URL: 'unix:///run/redis.sock', REDIS_PASSWORD: 'secret' }

    expect(fromEnv(env).redis).toEqual({ url: 'unix:///run/redis.sock', password: 'secret' })
  })

  test('reads the limits of the connection', () => {
    const env = {
      REDIS_URL: 'redis://cache',
      REDIS_MAX_RETRIES: '5',
      REDIS_CONNECTION_TIMEOUT: '2000',
      REDIS_COMMAND_TIMEOUT: '80',
      REDIS_POOL_SIZE: '10',
      REDIS_POOL_TIMEOUT: '5.0',
    }

    expect(fromEnv(env).redis).toEqual({
      url: 'redis://cache',
      maxRetries: 5,
      connectTimeout: 2_000,
      commandTimeout: 80,
      poolSize: 10,
    })
  })

  test('reads the ttl of all and of single definitions, in both spellings', () => {
    const env = {
      CACHE_DEFAULT_TTL_S: '60',
      CACHE_TTL_PRODUCT_SEARCH: '300',
      CACHE_REVIEWS_TTL_S: '180',
    }

    expect(fromEnv(env)).toEqual({
      ttl: 60_000,
      ttls: { 'product-search': 300_000, reviews: 180_000 },
    })
  })

  test.each([
    ['CACHE_ENABLED', 'false', { enabled: false }],
    ['ENABLE_REDIS_CACHE', '0', { enabled: false }],
    ['CACHE_ENABLED', 'ON', { enabled: true }],
    ['CACHE_NAMESPACE', 'stays', { namespace: 'stays' }],
    ['REDIS_DEBUG', '1', { debug: true }],
    ['CACHE_NAMESPACE', '', {}],
  ])('%s=%s', (name, value, options) => {
    expect(fromEnv({ [name]: value })).toEqual(options)
  })

  test.each([
    ['REDIS_PORT', 'many'],
    ['REDIS_COMMAND_TIMEOUT', '-1'],
    ['CACHE_DEFAULT_TTL_S', '5m'],
    ['CACHE_TTL_SEARCH', 'NaN'],
    ['CACHE_ENABLED', 'maybe'],
  ])('names %s when it cannot be read', (name, value) => {
    expect(() => fromEnv({ REDIS_HOST: 'cache', [name]: value })).toThrow(
      expect.objectContaining({ code: 'ERR_OPTION', message: expect.stringContaining(name) }),
    )
  })

  test('names the variable of a bad URL, and never shows it', () => {
    const read = (): unknown => fromEnv({ REDIS_URL: 'http://user:hunter2@cache' })

    expect(read).toThrow(/Expected `REDIS_URL` to be like/)
    expect(read).not.toThrow(/hunter2/)
  })

  test.each([
    ['REDIS_PORT', '70000'],
    ['REDIS_DB', '1.5'],
    ['REDIS_POOL_SIZE', '0'],
    ['CACHE_NAMESPACE', 'a b'],
  ])('names %s when %s is out of its range', (name, value) => {
    const env = { REDIS_HOST: 'cache', [name]: value }

    expect(() => fromEnv(env)).toThrow(new RegExp(`Expected \`${name}\``))
  })

  test.each(['REDIS_CLUSTER_NODES', 'REDIS_SENTINELS', 'UPSTASH_REDIS_REST_URL'])(
    'says that %s is not supported yet, instead of running without it',
    (name) => {
      expect(() => fromEnv({ [name]: 'a:1,b:2' })).toThrow(/not supported yet/)
    },
  )
})
