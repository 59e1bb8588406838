import { describe, expect, test, vi } from 'vitest'
import { isCacheError } from '../../src/index.ts'
import { manualLoader, openCache } from './support.ts'

describe('a definition', () => {
  test('loads once and serves from memory until the ttl is over', async () => {
    const { cache, clock } = openCache()
    const load = vi.fn((id: string) => `product ${id}`)
    const products = cache.define({ name: 'product', load, ttl: '10s', earlyRefresh: 0 })

    expect(await products.get('42')).toBe('product 42')
    clock.advance(9_999)
    expect(await products.get('42')).toBe('product 42')
    expect(load).toHaveBeenCalledTimes(1)

    clock.advance(1)
    expect(await products.get('42')).toBe('product 42')
    expect(load).toHaveBeenCalledTimes(2)
  })

  test('tells entries apart by their params, whatever the order of properties', async () => {
    const { cache } = openCache()
    const load = vi.fn(({ city, guests }: { city: string; guests: number }) => city + guests)
    const search = cache.define({ name: 'search', load })

    expect(await search.get({ city: 'Kiel', guests: 2 })).toBe('Kiel2')
    expect(await search.get({ guests: 2, city: 'Kiel' })).toBe('Kiel2')
    expect(await search.get({ city: 'Kiel', guests: 3 })).toBe('Kiel3')
    expect(load).toHaveBeenCalledTimes(2)
  })

  test('takes the key that it is told to take', async () => {
    const { cache } = openCache()
    const load = vi.fn((user: { id: number; seenAt: number }) => user.seenAt)
    const users = cache.define({ name: 'user', key: ({ id }) => id, load })

    expect(await users.get({ id: 1, seenAt: 10 })).toBe(10)
    expect(await users.get({ id: 1, seenAt: 20 })).toBe(10)
  })

  test('rejects where a key cannot be made', async () => {
    const { cache } = openCache()
    const load = (): number => 1
    const broken = cache.define<string, number>({
      name: 'broken',
      load,
      key: () => {
        throw new Error('no key')
      },
    })
    const bad = cache.define<unknown, number>({ name: 'bad', load })

    await expect(broken.get('1')).rejects.toThrow('no key')
    await expect(bad.get(() => {})).rejects.toMatchObject({ code: 'ERR_KEY' })
    await expect(bad.get('\ud800')).rejects.toMatchObject({ code: 'ERR_KEY' })
    await expect(bad.getMany([Symbol('x')])).rejects.toMatchObject({ code: 'ERR_KEY' })
  })

  test('keeps its own keys apart from those of others', async () => {
    const { cache } = openCache()
    const one = cache.define({ name: 'one', load: (id: string) => `one ${id}` })
    const two = cache.define({ name: 'two', load: (id: string) => `two ${id}` })
    await cache.set('1', 'low-level')

    expect([await one.get('1'), await two.get('1'), await cache.get('1')]).toEqual([
      'one 1',
      'two 1',
      'low-level',
    ])
  })

  test('has a name of its own', () => {
    const { cache } = openCache()
    cache.define({ name: 'product', load: () => 1 })

    expect(() => cache.define({ name: 'product', load: () => 2 })).toThrow(
      "A definition named 'product' exists already.",
    )
  })
})

describe('one load', () => {
  test('serves ten thousand callers', async () => {
    const { cache } = openCache()
    const { load, calls, answer } = manualLoader<string>()
    const products = cache.define<string, string>({ name: 'product', load })

    const reads = Array.from({ length: 10_000 }, () => products.get('42'))
    await answer(0, 'one')
    const values = new Set(await Promise.all(reads))

    expect(values).toEqual(new Set(['one']))
    expect(calls).toHaveLength(1)
    expect(cache.stats()).toMatchObject({ loads: 1, misses: 10_000, collapsed: 9_999 })
  })

  test('fails for all who wait for it, and is tried again by those who come later', async () => {
    const { cache } = openCache()
    const { load, calls, answer, fail } = manualLoader<string>()
    const products = cache.define<string, string>({ name: 'product', load })

    const down = new Error('the database is down')
    const reads = Promise.allSettled(Array.from({ length: 1_000 }, () => products.get('42')))
    await fail(0, down)
    const outcomes = await reads

    expect(calls).toHaveLength(1)
    const reasons = outcomes.map((outcome) => (outcome as PromiseRejectedResult).reason)
    expect(reasons.every((error) => isCacheError(error, 'ERR_LOAD'))).toBe(true)
    expect(reasons.every((error) => error.cause === down)).toBe(true)
    expect(String(reasons[0])).toContain("'product' failed: the database is down")

    const again = products.get('42')
    await answer(1, 'up')
    expect(await again).toBe('up')
    expect(cache.stats()).toMatchObject({ loads: 2, loadErrors: 1 })
  })

  test('may throw at once, or reject with anything', async () => {
    const { cache } = openCache()
    const throws = (error: unknown) => () => {
      throw error
    }

    for (const error of [new Error('x'), 'a text', undefined, null, 42]) {
      const read = cache.getOrSet('key', throws(error))
      await expect(read).rejects.toMatchObject({ code: 'ERR_LOAD', cause: error })
    }
  })

  test('that never ends holds up nobody else', async () => {
    const { cache, clock } = openCache({ hardTimeout: '1s' })
    const { load } = manualLoader<string>()
    const slow = cache.getOrSet('slow', load)
    const failed = expect(slow).rejects.toMatchObject({ code: 'ERR_LOAD_TIMEOUT' })

    expect(await cache.getOrSet('quick', () => 'quick')).toBe('quick')
    await clock.advanceAsync(1_000)
    await failed
  })
})

describe('low-level entries', () => {
  test('are set, read, listed as there, and deleted', async () => {
    const { cache } = openCache()

    expect(await cache.set('a', 1)).toEqual({ applied: 'all', number: undefined })
    await cache.setMany([
      ['b', 2],
      ['c', { three: 3 }],
    ])

    expect(await cache.get('a')).toBe(1)
    expect(await cache.getMany(['c', 'nothing', 'b', 'c'])).toEqual([
      { three: 3 },
      undefined,
      2,
      { three: 3 },
    ])
    expect([await cache.has('a'), await cache.has('nothing')]).toEqual([true, false])

    await cache.delete('a', 'b')
    expect(await cache.getMany(['a', 'b', 'c'])).toEqual([undefined, undefined, { three: 3 }])
  })

  test('are loaded where they are absent', async () => {
    const { cache } = openCache()
    const load = vi.fn(() => 'hello')

    expect(await cache.getOrSet('greeting', load, { ttl: '10s' })).toBe('hello')
    expect(await cache.getOrSet('greeting', load)).toBe('hello')
    expect(await cache.get('greeting')).toBe('hello')
    expect(load).toHaveBeenCalledTimes(1)
  })

  test('have a key that is no plain text too', async () => {
    const { cache } = openCache()

    for (const key of ['', '~', '}', '{a}', 'ä', '*', 'x'.repeat(5_000), '~"a"']) {
      await cache.set(key, `value of ${key}`)
      expect(await cache.get(key)).toBe(`value of ${key}`)
      expect(cache.peek(key)).toBe(`value of ${key}`)
      expect(await cache.getOrSet(key, () => 'loaded')).toBe(`value of ${key}`)
    }
  })

  test('end with their ttl', async () => {
    const { cache, clock } = openCache()
    await cache.set('short', 1, { ttl: '1s' })
    await cache.set('long', 1, { ttl: '90d' })

    clock.advance(1_000)
    expect([await cache.get('short'), await cache.get('long')]).toEqual([undefined, 1])

    clock.advance(60 * 86_400_000)
    expect(await cache.get('long')).toBe(1)
  })
})

describe('peek', () => {
  test('shows what memory has fresh, and waits for nothing', async () => {
    const { cache, clock } = openCache({ grace: '1h' })
    const load = vi.fn((id: string) => id)
    const products = cache.define({ name: 'product', load, ttl: '1s' })

    expect(products.peek('42')).toBeUndefined()
    await products.get('42')
    expect(products.peek('42')).toBe('42')

    clock.advance(1_000)
    expect(products.peek('42')).toBeUndefined()
    expect(load).toHaveBeenCalledTimes(1)
  })
})

describe('what is absent', () => {
  test('is kept like any value', async () => {
    const { cache } = openCache()
    const load = vi.fn((id: string) => (id === 'null' ? null : undefined))
    const products = cache.define({ name: 'product', load })

    for (const id of ['null', 'undefined', 'null', 'undefined']) await products.get(id)

    expect(load).toHaveBeenCalledTimes(2)
  })

  test('is kept for its own time', async () => {
    const { cache, clock } = openCache()
    const load = vi.fn((id: string) => (id === 'none' ? null : id))
    const products = cache.define({ name: 'product', load, ttl: '1h', negativeTtl: '1s' })
    await products.getMany(['none', 'some'])

    clock.advance(1_000)
    await products.getMany(['none', 'some'])

    expect(load.mock.calls.map(([id]) => id)).toEqual(['none', 'some', 'none'])
  })

  test('is not kept where that time is 0', async () => {
    const { cache } = openCache()
    const load = vi.fn(() => null)
    const products = cache.define<string, null>({ name: 'product', load, negativeTtl: 0 })

    expect([await products.get('1'), await products.get('1')]).toEqual([null, null])
    expect(load).toHaveBeenCalledTimes(2)
  })
})

test('a ttl of 0 serves and keeps nothing, and a value set so deletes', async () => {
  const { cache } = openCache()
  const load = vi.fn(() => 1)

  await cache.getOrSet('a', load, { ttl: 0 })
  await cache.getOrSet('a', load, { ttl: 0 })
  expect(load).toHaveBeenCalledTimes(2)

  await cache.set('b', 1)
  await cache.set('b', 2, { ttl: 0 })
  expect(await cache.get('b')).toBeUndefined()
})

test('a ttl is shortened by chance, by its jitter at most', async () => {
  const { cache, clock } = openCache({ jitter: 0.1, ttl: '100s', earlyRefresh: 0 })
  clock.setRandom(0.5)
  await cache.set('half', 1)
  clock.setRandom(0)
  await cache.set('not at all', 1)

  clock.advance(94_999)
  expect(await cache.getMany(['half', 'not at all'])).toEqual([1, 1])
  clock.advance(1)
  expect(await cache.getMany(['half', 'not at all'])).toEqual([undefined, 1])
})

test('a hundred thousand keys of one ttl end spread over the jitter', async () => {
  const { cache, clock } = openCache({ jitter: 0.1, ttl: '100s', memory: { maxEntries: 200_000 } })
  const keys = Array.from({ length: 100_000 }, (_, i) => `k${i}`)
  await cache.setMany(keys.map((key) => [key, 1] as const))

  clock.advance(90_000)
  const left: number[] = []
  for (let tenth = 0; tenth <= 10; tenth += 1) {
    left.push(keys.filter((key) => cache.peek(key) !== undefined).length)
    clock.advance(1_000)
  }
  const ended = left.slice(1).map((count, i) => (left[i] as number) - count)

  expect(Math.max(...ended)).toBeLessThan(12_000)
  expect(left.at(-1)).toBe(0)
})
