import { describe, expect, test, vi } from 'vitest'
import { isSettled, manualLoader, openCache } from './support.ts'

describe('a loader may choose', () => {
  test('the ttl and the grace of its entry', async () => {
    const { cache, clock } = openCache({ ttl: '1h', earlyRefresh: 0 })
    await cache.getOrSet('42', (context) => {
      context.ttl = '1s'
      context.grace = '9s'
      return 'value'
    })

    clock.advance(999)
    expect(cache.peek('42')).toBe('value')
    clock.advance(1)
    expect(cache.peek('42')).toBeUndefined()
    expect(await cache.get('42')).toBe('value')
    clock.advance(9_000)
    expect(await cache.get('42')).toBeUndefined()
  })

  test('to keep nothing', async () => {
    const { cache } = openCache()
    const load = vi.fn(({ skip }: { skip(): void }) => {
      skip()
      return 'value'
    })
    const viaContext = (context: { skip(): void }): string => load({ skip: () => context.skip() })

    expect(await cache.getOrSet('42', viaContext)).toBe('value')
    expect(await cache.getOrSet('42', viaContext)).toBe('value')
    expect(load).toHaveBeenCalledTimes(2)
  })

  test.each([
    ['ttl', 'soon'],
    ['grace', -1],
  ] as const)('no %s of %s', async (name, value) => {
    const { cache } = openCache()

    const read = cache.getOrSet('42', (context) => {
      Object.assign(context, { [name]: value })
      return 1
    })

    await expect(read).rejects.toThrow(`Expected \`ctx.${name}\` to be a duration`)
  })
})

describe('no more loads run at once than allowed', () => {
  test('the others wait for their turn', async () => {
    const { cache } = openCache({ maxConcurrentLoads: 2 })
    const { load, calls, answer } = manualLoader<number>()
    const reads = [0, 1, 2, 3].map((i) => cache.getOrSet(`k${i}`, load))
    await isSettled(reads[0] as Promise<number>)
    expect(calls).toHaveLength(2)

    await answer(0, 0)
    expect(calls).toHaveLength(3)
    await answer(1, 1)
    await answer(2, 2)
    await answer(3, 3)

    expect(await Promise.all(reads)).toEqual([0, 1, 2, 3])
  })

  test('and beyond the queue a read fails at once', async () => {
    const { cache } = openCache({ maxConcurrentLoads: 1, maxQueuedLoads: 1 })
    const { load, answer } = manualLoader<number>()
    const reads = [0, 1].map((i) => cache.getOrSet(`k${i}`, load))

    await expect(cache.getOrSet('k2', load)).rejects.toMatchObject({ code: 'ERR_OVERLOAD' })
    await answer(0, 0)
    await answer(1, 1)
    expect(await Promise.all(reads)).toEqual([0, 1])
    const late = cache.getOrSet('k2', load)
    await answer(2, 2)
    expect(await late).toBe(2)
  })

  test('counted for each definition', async () => {
    const { cache } = openCache({ maxConcurrentLoads: 1 })
    const { load, calls, answer } = manualLoader<string>()
    const one = cache.define<string, string>({ name: 'one', load })
    const two = cache.define<string, string>({ name: 'two', load, maxConcurrentLoads: 2 })
    const reads = [one.get('1'), one.get('2'), two.get('1'), two.get('2')]
    await isSettled(reads[0] as Promise<string>)

    expect(calls).toHaveLength(3)
    for (let i = 0; i < 4; i += 1) await answer(i, 'x')
    await Promise.all(reads)
  })
})

describe('switched off', () => {
  test('every read goes to its loader, and nothing is kept', async () => {
    const { cache } = openCache({ grace: '1h' })
    const load = vi.fn((id: string) => `v${load.mock.calls.length} of ${id}`)
    const products = cache.define({ name: 'product', load })
    await products.get('42')

    cache.enabled = false
    expect(await products.get('42')).toBe('v2 of 42')
    expect(await products.getMany(['42'])).toEqual(['v3 of 42'])
    expect(await cache.getOrSet('a', () => 'loaded')).toBe('loaded')
    expect([await cache.get('a'), await cache.has('a')]).toEqual([undefined, false])
    expect(products.peek('42')).toBeUndefined()

    cache.enabled = true
    expect(await products.get('42')).toBe('v1 of 42')
    expect(await cache.get('a')).toBeUndefined()
  })

  test('invalidations hold for what comes back', async () => {
    const { cache } = openCache()
    await cache.set('a', 1, { tags: ['t'] })
    await cache.set('b', 2)

    cache.enabled = false
    await cache.invalidateTags(['t'])
    await cache.delete('b')
    cache.enabled = true

    expect(await cache.getMany(['a', 'b'])).toEqual([undefined, undefined])
  })

  test('namespaces follow, old and new ones', async () => {
    const { cache } = openCache()
    const before = cache.namespace('before')
    cache.enabled = false
    const after = cache.namespace('after')

    await Promise.all([before, after].map((each) => each.getOrSet('a', () => 1)))

    expect([before.peek('a'), after.peek('a')]).toEqual([undefined, undefined])
    expect(await before.getOrSet('a', () => 2)).toBe(2)
  })
})
