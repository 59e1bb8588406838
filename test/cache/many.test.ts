import { describe, expect, test, vi } from 'vitest'
import { isSettled, manualLoader, openCache } from './support.ts'

describe('getMany', () => {
  test('loads together what is missing, each key once, and answers in order', async () => {
    const { cache } = openCache()
    const load = vi.fn(String)
    const loadMany = vi.fn((ids: readonly number[]) => ids.map((id) => `many ${id}`))
    const products = cache.define<number, string>({ name: 'product', load, loadMany })
    await products.set(2, 'set 2')

    expect(await products.getMany([3, 2, 1, 3])).toEqual(['many 3', 'set 2', 'many 1', 'many 3'])
    expect(loadMany.mock.calls.map(([ids]) => ids)).toEqual([[3, 1]])
    expect(load).not.toHaveBeenCalled()
    expect(await products.getMany([1, 2, 3])).toEqual(['many 1', 'set 2', 'many 3'])
    expect(loadMany).toHaveBeenCalledTimes(1)
  })

  test('answers nothing to nothing', async () => {
    const { cache } = openCache()
    const loadMany = vi.fn(() => [])
    const products = cache.define<number, string>({ name: 'product', load: String, loadMany })

    expect(await products.getMany([])).toEqual([])
    expect(loadMany).not.toHaveBeenCalled()
  })

  test('loads one by one without loadMany', async () => {
    const { cache } = openCache()
    const load = vi.fn((id: number) => id * 2)
    const products = cache.define({ name: 'product', load })

    expect(await products.getMany([1, 2, 3])).toEqual([2, 4, 6])
    expect(load).toHaveBeenCalledTimes(3)
  })

  test('leaves out of its load what others load already', async () => {
    const { cache } = openCache()
    const { load, answer } = manualLoader<string>()
    const loadMany = vi.fn((ids: readonly string[]) => ids.map((id) => `many ${id}`))
    const products = cache.define<string, string>({ name: 'product', load, loadMany })

    const one = products.get('1')
    const many = products.getMany(['1', '2', '3'])
    await isSettled(many)
    await answer(0, 'one 1')

    expect(await one).toBe('one 1')
    expect(await many).toEqual(['one 1', 'many 2', 'many 3'])
    expect(loadMany.mock.calls.map(([ids]) => ids)).toEqual([['2', '3']])
  })

  test('fails with the key that failed; the others are kept', async () => {
    const { cache } = openCache()
    const down = new Error('no such product')
    const loadMany = vi.fn((ids: readonly number[]) =>
      ids.map((id) => (id === 2 ? down : `many ${id}`)),
    )
    const products = cache.define<number, string>({ name: 'product', load: String, loadMany })

    await expect(products.getMany([1, 2, 3])).rejects.toMatchObject({
      code: 'ERR_LOAD',
      cause: down,
    })
    expect([products.peek(1), products.peek(2), products.peek(3)]).toEqual([
      'many 1',
      undefined,
      'many 3',
    ])
  })

  test.each([
    ['too few', ['a']],
    ['too many', ['a', 'b', 'c']],
    ['no list', 'ab'],
    ['nothing', undefined],
  ])('refuses a loadMany that returns %s', async (_name, values) => {
    const { cache } = openCache()
    const loadMany = () => values as string[]
    const products = cache.define<number, string>({ name: 'product', load: String, loadMany })

    await expect(products.getMany([1, 2])).rejects.toThrow('loadMany must return 2 values')
  })

  test('begins anew, by itself, for a key that was deleted while it was loaded', async () => {
    const { cache } = openCache()
    const { load: loadMany, answer, calls } = manualLoader<string[]>()
    const products = cache.define<number, string>({ name: 'product', load: String, loadMany })

    const read = products.getMany([1, 2])
    await isSettled(read)
    await products.delete(2)
    await answer(0, ['old 1', 'old 2'])
    await answer(1, ['new 2'])

    expect(await read).toEqual(['old 1', 'new 2'])
    expect(calls).toHaveLength(2)
  })

  test('tells its loader to stop once nobody waits', async () => {
    const { cache } = openCache()
    const signals: AbortSignal[] = []
    const loadMany = (_ids: readonly number[], { signal }: { signal: AbortSignal }) => {
      signals.push(signal)
      return new Promise<string[]>((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason))
      })
    }
    const products = cache.define<number, string>({ name: 'product', load: String, loadMany })
    const controller = new AbortController()

    const read = products.getMany([1, 2], { signal: controller.signal })
    const failed = expect(read).rejects.toThrow('changed my mind')
    await isSettled(read)
    controller.abort(new Error('changed my mind'))
    await failed

    expect(signals.map(({ aborted }) => aborted)).toEqual([true])
  })
})

describe('getOrSetMany', () => {
  test('loads together what is missing', async () => {
    const { cache } = openCache()
    await cache.set('b', 'set b')
    const load = vi.fn((keys: readonly string[]) => keys.map((key) => `loaded ${key}`))

    expect(await cache.getOrSetMany(['a', 'b', 'c', 'a'], load, { tags: ['t'] })).toEqual([
      'loaded a',
      'set b',
      'loaded c',
      'loaded a',
    ])
    expect(load.mock.calls.map(([keys]) => keys)).toEqual([['a', 'c']])

    await cache.invalidateTags(['t'])
    expect(await cache.getMany(['a', 'b', 'c'])).toEqual([undefined, 'set b', undefined])
  })

  test('takes one turn among the loads, however many keys it has', async () => {
    const { cache } = openCache({ maxConcurrentLoads: 1, maxQueuedLoads: 1 })
    const keys = Array.from({ length: 100 }, (_, i) => `k${i}`)

    expect(await cache.getOrSetMany(keys, (missing) => [...missing])).toEqual(keys)
  })
})
