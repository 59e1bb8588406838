import { describe, expect, test } from 'vitest'
import { manualLoader, openCache, turn } from './support.ts'

describe('warm', () => {
  test('loads what it is given, and nothing that is fresh', async () => {
    const { cache } = openCache()
    const loaded: string[] = []
    const products = cache.define({
      name: 'product',
      load: async (id: string) => {
        loaded.push(id)
        return id
      },
    })
    await products.get('2')

    const progress = await products.warm(['1', '2', '3'])

    expect(progress).toEqual({ warmed: 3, failed: 0 })
    expect(loaded).toEqual(['2', '1', '3'])
    expect(products.peek('3')).toBe('3')
  })

  test('takes a set that is found while it is gone through', async () => {
    const { cache } = openCache()
    const products = cache.define({ name: 'product', load: async (id: number) => id })
    async function* ids(): AsyncGenerator<number> {
      yield 1
      yield 2
    }

    expect(await products.warm(ids())).toEqual({ warmed: 2, failed: 0 })
    expect(products.peek(2)).toBe(2)
  })

  test('counts what fails and goes on, telling how far it is', async () => {
    const { cache } = openCache()
    const products = cache.define({
      name: 'product',
      load: async (id: number) => {
        if (id === 2) throw new Error('gone')
        return id
      },
    })
    const told: number[] = []

    const progress = await products.warm([1, 2, 3], {
      concurrency: 1,
      onProgress: ({ warmed, failed }) => told.push(warmed + failed),
    })

    expect(progress).toEqual({ warmed: 2, failed: 1 })
    expect(told).toEqual([1, 2, 3])
  })

  test('never asks for more at once than it is told', async () => {
    const { cache } = openCache()
    const { load, answer, calls } = manualLoader<number>()
    const products = cache.define({ name: 'product', load })

    const warming = products.warm([1, 2, 3, 4, 5], { concurrency: 3 })
    await turn()
    expect(calls).toHaveLength(3)

    await answer(0, 1)
    expect(calls).toHaveLength(4)
    for (const i of [1, 2, 3]) await answer(i, 1)
    await answer(4, 1)
    expect(await warming).toEqual({ warmed: 5, failed: 0 })
  })

  test('of the cache loads the sets of all definitions that have one', async () => {
    const { cache } = openCache()
    const kinds = cache.define({
      name: 'kind',
      load: async (id: string) => id,
      warm: () => ['a', 'b'],
    })
    cache.define({ name: 'other', load: async (id: string) => id })

    expect(await cache.warm()).toEqual({ warmed: 2, failed: 0 })
    expect(kinds.peek('b')).toBe('b')
  })

  test('stops when it is told to', async () => {
    const { cache } = openCache()
    const stop = new AbortController()
    const products = cache.define({ name: 'product', load: async (id: number) => id })

    const progress = await products.warm([1, 2, 3], {
      concurrency: 1,
      signal: stop.signal,
      onProgress: () => stop.abort(),
    })

    expect(progress).toEqual({ warmed: 1, failed: 0 })
  })

  test('refuses a concurrency that cannot work', async () => {
    const { cache } = openCache()
    const products = cache.define({ name: 'product', load: async (id: number) => id })

    await expect(products.warm([1], { concurrency: 0 })).rejects.toMatchObject({
      code: 'ERR_OPTION',
    })
  })
})
