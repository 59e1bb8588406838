import { afterEach, describe, expect, test } from 'vitest'
import { type Cache, type CacheOptions, createCache } from '../src/index.ts'
import { fakeClock } from '../src/testing/fake-clock.ts'

const open: Cache[] = []

function cacheWith(options: CacheOptions): Cache {
  const cache = createCache(options)
  open.push(cache)
  return cache
}

afterEach(async () => {
  for (const cache of open.splice(0)) await cache.close()
})

describe('createCache', () => {
  test('works without any option', async () => {
    const cache = cacheWith({})

    expect(await cache.getOrSet('a', () => 1)).toBe(1)
    expect(await cache.get('a')).toBe(1)
    await cache.ready()
  })

  test('keeps nothing in memory when it is told to', async () => {
    const cache = cacheWith({ memory: false })
    let loads = 0
    const load = (): number => {
      loads += 1
      return loads
    }

    await cache.getOrSet('a', load)
    await cache.getOrSet('a', load)

    expect(loads).toBe(2)
    expect(cache.stats().memory.entries).toBe(0)
  })

  test.each([
    [{ namspace: 'x' }, /'namespace'/],
    [{ namespace: 'a b' }, /`namespace`/],
    [{ ttl: 'soon' }, /`ttl` to be a duration such as 500, '30s' or '5m', got 'soon'/],
    [{ jitter: 2 }, /`jitter` to be a number from 0 to 1, got 2/],
    [{ memory: { maxEntries: 0 } }, /`maxEntries`/],
    [{ memory: { maxBytes: 'big' } }, /`maxBytes`/],
    [{ redis: { url: 'nonsense' } }, /`redis.url`/],
    [{ redis: { host: 'a', port: 70_000 } }, /`redis.port` to be a whole number from 1 to 65535/],
    [{ redis: { host: 'a', poolSize: 0 } }, /`redis.poolSize`/],
    [{ redis: { host: 'a', tracking: 'always' } }, /`redis.tracking`/],
    [{ codec: 'xml' }, /`codec`/],
    [{ maxConcurrentLoads: 0 }, /`maxConcurrentLoads`/],
    [{ enabled: 'yes' }, /`enabled`/],
  ])('refuses %o and says what was expected', (options, message) => {
    expect(() => createCache(options as CacheOptions)).toThrow(
      expect.objectContaining({ code: 'ERR_OPTION', message: expect.stringMatching(message) }),
    )
  })

  test.each(['maxConcurrentLoads', 'maxQueuedLoads'])(
    'refuses a definition whose %s lets nothing through',
    (name) => {
      const define = (): unknown =>
        cacheWith({}).define({ name: 'a', load: async (id: string) => id, [name]: 0 })

      expect(define).toThrow(new RegExp(`Expected \`${name}\` to be a whole number`))
    },
  )

  test('lets ttls by name win over those of the definitions', async () => {
    const clock = fakeClock()
    const cache = cacheWith({ clock, ttls: { 'product-search': '1s' } })
    let loads = 0
    const search = cache.define({
      name: 'productSearch',
      load: async (query: string) => {
        loads += 1
        return query
      },
      ttl: '1h',
    })

    await search.get('sea')
    clock.advance(1_000)
    await search.get('sea')

    expect(loads).toBe(2)
  })

  test('keeps namespaces apart, and closes those below with itself', async () => {
    const cache = cacheWith({ namespace: 'stays' })
    const child = cache.namespace('web')

    await cache.set('a', 1, { tags: ['t'] })
    await child.set('a', 2, { tags: ['t'] })
    await child.invalidateTags(['t'])

    expect(child.name).toBe('stays:web')
    expect(cache.namespace('web')).toBe(child)
    expect(await cache.get('a')).toBe(1)
    expect(await child.get('a')).toBeUndefined()
    await cache.close()
    await expect(child.get('a')).rejects.toMatchObject({ code: 'ERR_CLOSED' })
  })

  test('closing a namespace leaves the cache above it open', async () => {
    const cache = cacheWith({ namespace: 'stays' })
    const child = cache.namespace('web')

    await child.close()

    await expect(child.get('a')).rejects.toMatchObject({ code: 'ERR_CLOSED' })
    expect(await cache.getOrSet('a', () => 1)).toBe(1)
  })
})
