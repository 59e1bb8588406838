import { describe, expect, test, vi } from 'vitest'
import { isSettled, manualLoader, openCache } from './support.ts'

describe('a stale entry', () => {
  test('is served at once while one reload runs', async () => {
    const { cache, clock } = openCache({ ttl: '1s', grace: '1h' })
    const { load, calls, answer } = manualLoader<string>()
    const products = cache.define<string, string>({ name: 'product', load })
    const first = products.get('42')
    await answer(0, 'old')
    await first
    clock.advance(1_000)

    const reads = await Promise.all([products.get('42'), products.get('42'), products.get('42')])
    expect(reads).toEqual(['old', 'old', 'old'])
    await clock.settle()
    expect(calls).toHaveLength(2)

    await answer(1, 'new')
    await clock.settle()
    expect(await products.get('42')).toBe('new')
    expect(cache.stats()).toMatchObject({ stale: 3, misses: 1, localHits: 1, loads: 2 })
  })

  test('is served after a failed reload, with the next attempt not before the back-off', async () => {
    const { cache, clock } = openCache({ ttl: '1s', grace: '1h', graceBackoff: '10s' })
    const load = vi.fn((): string => {
      throw new Error('down')
    })
    await cache.set('42', 'old')
    clock.advance(1_000)

    expect(await cache.getOrSet('42', load)).toBe('old')
    await clock.settle()
    for (let i = 0; i < 5; i += 1) expect(await cache.getOrSet('42', load)).toBe('old')
    expect(load).toHaveBeenCalledTimes(1)

    clock.advance(10_000)
    expect(await cache.getOrSet('42', load)).toBe('old')
    await clock.settle()
    expect(load).toHaveBeenCalledTimes(2)
  })

  test('is gone when its grace is over', async () => {
    const { cache, clock } = openCache()
    await cache.set('42', 'old', { ttl: '1s', grace: '9s' })

    clock.advance(9_999)
    expect(await cache.get('42')).toBe('old')
    clock.advance(1)
    expect(await cache.get('42')).toBeUndefined()
    await expect(
      cache.getOrSet('42', () => {
        throw new Error('down')
      }),
    ).rejects.toMatchObject({ code: 'ERR_LOAD' })
  })

  test('is handed to its loader, for a conditional request', async () => {
    const { cache, clock } = openCache({ ttl: '1s', grace: '1h' })
    const seen: unknown[] = []
    const products = cache.define<string, number>({
      name: 'product',
      load: (_id, { stale }) => {
        seen.push(stale)
        return (stale ?? 0) + 1
      },
    })

    await products.get('42')
    clock.advance(1_000)
    await products.get('42')
    await clock.settle()

    expect(seen).toEqual([undefined, 1])
    expect(products.peek('42')).toBe(2)
  })

  test('stays for many keys too: they are served, and reloaded together', async () => {
    const { cache, clock } = openCache({ ttl: '1s', grace: '1h' })
    const loadMany = vi.fn((ids: readonly string[]) => ids.map((id) => `new ${id}`))
    const products = cache.define<string, string>({ name: 'p', load: String, loadMany })
    await products.setMany([
      ['1', 'old 1'],
      ['2', 'old 2'],
    ])
    clock.advance(1_000)

    expect(await products.getMany(['1', '2', '3'])).toEqual(['old 1', 'old 2', 'new 3'])
    await clock.settle()
    expect(await products.getMany(['1', '2'])).toEqual(['new 1', 'new 2'])
    expect(loadMany.mock.calls.map(([ids]) => ids)).toEqual([['1', '2', '3']])
  })
})

describe('softTimeout', () => {
  test('waits so long for the new value', async () => {
    const { cache, clock } = openCache({ ttl: '1s', grace: '1h', softTimeout: 50 })
    const { load, answer } = manualLoader<string>()
    await cache.set('42', 'old')
    clock.advance(1_000)

    const read = cache.getOrSet('42', load)
    await clock.advanceAsync(49)
    expect(await isSettled(read)).toBe(false)
    await answer(0, 'new')

    expect(await read).toBe('new')
  })

  test('serves the old value afterwards, and the new one fills the cache', async () => {
    const { cache, clock } = openCache({ ttl: '1s', grace: '1h', softTimeout: 50 })
    const { load, answer } = manualLoader<string>()
    await cache.set('42', 'old')
    clock.advance(1_000)

    const read = cache.getOrSet('42', load)
    await clock.advanceAsync(50)
    expect(await read).toBe('old')

    await answer(0, 'new')
    await clock.settle()
    expect(cache.peek('42')).toBe('new')
  })

  test('serves the old value as soon as the reload has failed', async () => {
    const { cache, clock } = openCache({ ttl: '1s', grace: '1h', softTimeout: 50 })
    const { load, fail } = manualLoader<string>()
    await cache.set('42', 'old')
    clock.advance(1_000)

    const read = cache.getOrSet('42', load)
    await clock.settle()
    await fail(0, new Error('down'))

    expect(await read).toBe('old')
  })
})

describe('hardTimeout', () => {
  test('ends the wait, not the load', async () => {
    const { cache, clock } = openCache({ hardTimeout: '2s' })
    const { load, calls, answer } = manualLoader<string>()

    const read = cache.getOrSet('42', load)
    const failed = expect(read).rejects.toMatchObject({
      code: 'ERR_LOAD_TIMEOUT',
      message: expect.stringContaining('hardTimeout (2000 ms)'),
    })
    await clock.advanceAsync(2_000)
    await failed

    await answer(0, 'late')
    await clock.settle()
    expect(cache.peek('42')).toBe('late')
    expect(calls).toHaveLength(1)
    expect(cache.stats()).toMatchObject({ timeouts: 1, misses: 1 })
  })

  test('lets a later caller share the same load', async () => {
    const { cache, clock } = openCache({ hardTimeout: '2s' })
    const { load, calls, answer } = manualLoader<string>()
    const first = expect(cache.getOrSet('42', load)).rejects.toThrow('hardTimeout')
    await clock.advanceAsync(2_000)
    await first

    const second = cache.getOrSet('42', load)
    await clock.settle()
    await answer(0, 'late')

    expect(await second).toBe('late')
    expect(calls).toHaveLength(1)
  })

  test('of 0 waits for ever', async () => {
    const { cache, clock } = openCache({ hardTimeout: 0 })
    const { load, answer } = manualLoader<string>()
    const read = cache.getOrSet('42', load)

    await clock.advanceAsync(86_400_000)
    expect(await isSettled(read)).toBe(false)

    await answer(0, 'at last')
    expect(await read).toBe('at last')
  })
})

describe('early refresh', () => {
  test('reloads before the expiry, with nobody waiting', async () => {
    const { cache, clock } = openCache({ ttl: '100s' })
    const { load, answer } = manualLoader<number>()
    const first = cache.getOrSet('42', load)
    await clock.advanceAsync(1_000)
    await answer(0, 1)
    await first

    clock.advance(99_000)
    clock.setRandom(0.9)
    expect(await cache.getOrSet('42', load)).toBe(1)
    await answer(1, 2)

    expect(cache.peek('42')).toBe(2)
    expect(cache.stats()).toMatchObject({ earlyRefreshes: 1, loads: 2, misses: 1, localHits: 1 })
  })

  test('does not reload where the draw says no, or it is switched off', async () => {
    const { cache, clock } = openCache({ ttl: '100s' })
    const load = vi.fn(() => {
      clock.advance(1_000)
      return 1
    })
    await cache.getOrSet('drawn', load)
    await cache.getOrSet('off', load, { earlyRefresh: 0 })
    clock.advance(98_000)

    clock.setRandom(0.1)
    await cache.getOrSet('drawn', load)
    clock.setRandom(0.999_999)
    await cache.getOrSet('off', load, { earlyRefresh: 0 })
    await clock.settle()

    expect(load).toHaveBeenCalledTimes(2)
  })
})
