import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Cache, createCache } from '../../src/index.ts'
import { eventually } from '../support/eventually.ts'
import { type RedisServer, startRedis } from '../support/redis-server.ts'

let redis: RedisServer
const open: Cache[] = []

beforeAll(async () => {
  redis = await startRedis()
})

afterEach(async () => {
  for (const cache of open.splice(0)) await cache.close()
})

afterAll(() => redis.stop())

async function connect(namespace: string): Promise<Cache> {
  const cache = createCache({ namespace, redis: { url: redis.url }, maxConcurrentLoads: 1 })
  open.push(cache)
  await cache.ready()
  return cache
}

/** A loader that never ends by itself, and stops when it is told to. */
function stubborn(context: { signal: AbortSignal }): Promise<string> {
  return new Promise((_, reject) => {
    context.signal.addEventListener('abort', () => reject(context.signal.reason))
  })
}

test('a caller who leaves takes nobody along who waits for the load elsewhere', async () => {
  const [one, two] = [await connect('leaving'), await connect('leaving')]
  const leaving = new AbortController()
  const first = one.getOrSet('k', stubborn, { signal: leaving.signal })
  await eventually(() => one.stats().loads === 1)
  const second = two.getOrSet('k', () => 'from two')
  await eventually(() => two.stats().leaseWaits > 0)

  leaving.abort(new Error('gone'))

  await expect(first).rejects.toThrow('gone')
  expect(await second).toBe('from two')
})

test('a process that closes takes nobody along who waits for its load', async () => {
  const [one, two] = [await connect('closing'), await connect('closing')]
  const first = one.getOrSet('k', stubborn)
  await eventually(() => one.stats().loads === 1)
  const second = two.getOrSet('k', () => 'from two')
  await eventually(() => two.stats().leaseWaits > 0)

  const closing = one.close()

  await expect(first).rejects.toMatchObject({ code: 'ERR_CLOSED' })
  await closing
  expect(await second).toBe('from two')
})

test('a key of a foreign type is freed by an expire, and holds nothing up', async () => {
  const cache = await connect('foreign')
  await redis.command('LPUSH', 'foreign:kv:{k}', 'x')

  expect(await cache.expire('k')).toMatchObject({ applied: 'all' })

  expect(await redis.command('EXISTS', 'foreign:kv:{k}')).toBe(0)
  expect(cache.stats().shared?.isAvailable).toBe(true)
})

test('a value whose tag was forgotten while it was loaded is loaded anew', async () => {
  const cache = createCache({ namespace: 'forgotten' })
  open.push(cache)
  let source = 'old'
  let proceed = (): void => {}
  const held = new Promise<void>((resolve) => {
    proceed = resolve
  })
  const products = cache.define({
    name: 'product',
    load: async (_id: string) => {
      const value = source
      if (value === 'old') await held
      return value
    },
    tags: (id) => [id],
  })
  const read = products.get('42')
  await eventually(() => products.stats().loads === 1)
  source = 'new'

  // More than a process remembers, so that the tag of the load is forgotten again.
  await cache.invalidateTags(['42', ...Array.from({ length: 100_001 }, (_, i) => `tag ${i}`)])
  proceed()

  expect(await read).toBe('new')
  expect(products.peek('42')).toBe('new')
})

test('a set in another process has the last word over a load that is under way', async () => {
  const [one, two] = [await connect('last-word'), await connect('last-word')]
  let proceed = (): void => {}
  const held = new Promise<void>((resolve) => {
    proceed = resolve
  })
  const loading = one.getOrSet('k', async () => {
    await held
    return 'loaded'
  })
  await eventually(() => one.stats().loads === 1)

  await two.set('k', 'set')
  proceed()

  expect(await loading).toBe('set')
  expect(await one.get('k')).toBe('set')
  expect(await (await connect('last-word')).get('k')).toBe('set')
})
