import { describe, expect, test, vi } from 'vitest'
import type { Cache } from '../../src/index.ts'
import { isSettled, manualLoader, openCache } from './support.ts'

const INVALIDATIONS: readonly (readonly [string, (cache: Cache) => Promise<unknown>])[] = [
  ['a tag', (cache) => cache.invalidateTags(['product:42'])],
  ['one of several tags', (cache) => cache.invalidateTags(['other', 'all'])],
  ['a pattern', (cache) => cache.invalidatePattern('product:4?')],
  ['a clear', (cache) => cache.clear()],
]

function defineProduct(cache: Cache, load: (id: string) => string | Promise<string>) {
  const tags = (id: string): string[] => [`product:${id}`, 'all']
  return cache.define({ name: 'product', load, tags, grace: '1h' })
}

describe.each(INVALIDATIONS)('%s', (_name, invalidate) => {
  test('takes stored entries away, with their grace', async () => {
    const { cache } = openCache()
    const load = vi.fn((id: string) => `${id} v${load.mock.calls.length}`)
    const products = defineProduct(cache, load)
    await products.get('42')

    await invalidate(cache)

    expect(products.peek('42')).toBeUndefined()
    expect(await products.get('42')).toBe('42 v2')
  })

  test('overtakes a load: what it made is neither stored nor handed out', async () => {
    const { cache } = openCache()
    const { load, calls, answer } = manualLoader<string>()
    const products = defineProduct(cache, load)

    const before = products.get('42')
    await isSettled(before)
    await invalidate(cache)
    const after = products.get('42')
    await answer(0, 'old')
    expect(products.peek('42')).toBeUndefined()
    expect(await isSettled(before)).toBe(false)
    await answer(1, 'new')

    expect(await Promise.all([before, after])).toEqual(['new', 'new'])
    expect(calls).toHaveLength(2)
    expect(cache.stats()).toMatchObject({ reloads: 1, loads: 2 })
  })

  test('overtakes a reload in the background', async () => {
    const { cache, clock } = openCache({ ttl: '1s' })
    const { load, answer } = manualLoader<string>()
    const products = defineProduct(cache, load)
    await products.set('42', 'oldest')
    clock.advance(1_000)
    await products.get('42')

    await invalidate(cache)
    const read = products.get('42')
    await answer(0, 'old')
    await answer(1, 'new')

    expect(await read).toBe('new')
    expect(products.peek('42')).toBe('new')
  })
})

test('an invalidation leaves alone what it does not name', async () => {
  const { cache } = openCache()
  await cache.set('42', 1, { tags: ['a'] })
  await cache.set('43', 2, { tags: ['b'] })
  const products = defineProduct(cache, (id) => id)
  await products.get('42')

  await cache.invalidateTags(['b'])
  await cache.invalidatePattern('product:43')
  await cache.invalidatePattern('product')

  expect([cache.peek('42'), cache.peek('43'), products.peek('42')]).toEqual([1, undefined, '42'])
})

test('invalidations are numbered', async () => {
  const { cache } = openCache()

  expect(await cache.invalidateTags(['a', 'a'])).toEqual({ applied: 'all', number: 1 })
  expect(await cache.invalidatePattern('*')).toEqual({ applied: 'all', number: 2 })
  expect(await cache.clear()).toEqual({ applied: 'all', number: 3 })
  expect(await cache.delete('a')).toEqual({ applied: 'all', number: 4 })
  expect(await cache.expire('a')).toEqual({ applied: 'all', number: 5 })
  expect(await cache.getOrSet('a', () => 1, { after: 5 })).toBe(1)
})

test('a number that is none is refused', async () => {
  const { cache } = openCache()

  for (const after of [-1, 1.5, Number.NaN, '1' as unknown as number]) {
    await expect(cache.getOrSet('a', () => 1, { after })).rejects.toThrow(
      'Expected `after` to be the number that an invalidation returned',
    )
  }
})

describe('a delete', () => {
  test('overtakes a load', async () => {
    const { cache } = openCache()
    const { load, answer } = manualLoader<string>()
    const products = defineProduct(cache, load)

    const read = products.get('42')
    await isSettled(read)
    await products.delete('42', '43')
    await answer(0, 'old')
    await answer(1, 'new')

    expect(await read).toBe('new')
  })

  test('that is repeated without end lets the reader go in the end, and stores nothing', async () => {
    const { cache } = openCache()
    const load = vi.fn(async (id: string) => {
      await cache.delete(id)
      return `v${load.mock.calls.length}`
    })

    expect(await cache.getOrSet('42', () => load('42'))).toBe('v8')
    expect(cache.peek('42')).toBeUndefined()
  })

  test('needs to be told of what', async () => {
    const { cache } = openCache()
    const products = defineProduct(cache, (id) => id)

    await expect(products.delete()).rejects.toMatchObject({ code: 'ERR_KEY' })
    await expect(products.expire()).rejects.toMatchObject({ code: 'ERR_KEY' })
  })
})

describe('a set', () => {
  test('has the last word over a load that is under way', async () => {
    const { cache } = openCache()
    const { load, answer, calls } = manualLoader<string>()
    const products = defineProduct(cache, load)

    const read = products.get('42')
    await isSettled(read)
    await products.set('42', 'set')
    await answer(0, 'loaded')

    expect(await read).toBe('set')
    expect(products.peek('42')).toBe('set')
    expect(calls).toHaveLength(1)
  })

  test('takes the tags of the definition and its own', async () => {
    const { cache } = openCache()
    const products = defineProduct(cache, (id) => id)
    await products.set('42', 'a', { tags: ['mine'] })

    await cache.invalidateTags(['mine'])
    expect(products.peek('42')).toBeUndefined()

    await products.set('42', 'b')
    await cache.invalidateTags(['product:42'])
    expect(products.peek('42')).toBeUndefined()
  })
})

describe('an expire', () => {
  test('leaves an entry to its grace: served once more, and reloaded', async () => {
    const { cache, clock } = openCache()
    const products = defineProduct(cache, () => 'new')
    await products.set('42', 'old')

    await products.expire('42')

    expect(products.peek('42')).toBeUndefined()
    expect(await products.get('42')).toBe('old')
    await clock.settle()
    expect(products.peek('42')).toBe('new')
  })

  test('deletes an entry that has no grace', async () => {
    const { cache } = openCache()
    await cache.set('42', 'old')

    await cache.expire('42')

    expect(await cache.get('42')).toBeUndefined()
    expect(await cache.getOrSet('42', () => 'new')).toBe('new')
  })

  test('overtakes a load', async () => {
    const { cache } = openCache()
    const { load, answer } = manualLoader<string>()

    const read = cache.getOrSet('42', load)
    await isSettled(read)
    await cache.expire('42')
    await answer(0, 'old')
    await answer(1, 'new')

    expect(await read).toBe('new')
  })
})

test('tags that the loader adds count as well', async () => {
  const { cache } = openCache()
  await cache.getOrSet('a', ({ tags }) => {
    tags.push('added')
    return 1
  })
  await cache.getOrSet('b', (context) => {
    context.tags = ['replaced']
    return 2
  })

  await cache.invalidateTags(['added', 'replaced'])

  expect([cache.peek('a'), cache.peek('b')]).toEqual([undefined, undefined])
})

test('what cannot be a tag or a pattern is refused', async () => {
  const { cache } = openCache()
  const bad = ['', 'x'.repeat(513), '\ud800', 42 as unknown as string]

  for (const text of bad) {
    await expect(cache.invalidateTags([text])).rejects.toMatchObject({ code: 'ERR_OPTION' })
    await expect(cache.invalidatePattern(text)).rejects.toMatchObject({ code: 'ERR_OPTION' })
    await expect(cache.set('a', 1, { tags: [text] })).rejects.toThrow('Expected a tag to be')
  }
  const many = Array.from({ length: 129 }, (_, i) => `t${i}`)
  await expect(cache.set('a', 1, { tags: many })).rejects.toThrow('128 tags, not 129')
  await expect(cache.getOrSet('a', () => 1, { tags: many })).rejects.toThrow('128 tags, not 129')
})

describe('namespaces', () => {
  test('are caches of their own', async () => {
    const { cache } = openCache({ namespace: 'stays' })
    const one = cache.namespace('one')
    const two = cache.namespace('two')
    for (const each of [cache, one, two]) await each.set('a', each.name, { tags: ['t'] })

    await one.invalidateTags(['t'])
    expect([cache.peek('a'), one.peek('a'), two.peek('a')]).toEqual([
      'stays',
      undefined,
      'stays:two',
    ])

    await cache.clear()
    expect([cache.peek('a'), two.peek('a')]).toEqual([undefined, 'stays:two'])
  })

  test('of the same name are the same', async () => {
    const { cache } = openCache()

    expect(cache.namespace('one')).toBe(cache.namespace('one'))
    expect(() => cache.namespace('a b')).toThrow('Expected `namespace` to be')
  })

  test('keep definitions of the same name apart', async () => {
    const { cache } = openCache()
    const here = cache.define({ name: 'product', load: () => 'here' })
    const there = cache.namespace('sub').define({ name: 'product', load: () => 'there' })

    expect([await here.get('1'), await there.get('1')]).toEqual(['here', 'there'])
  })
})
