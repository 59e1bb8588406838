import { describe, expect, test } from 'vitest'
import { isSettled, openCache } from './support.ts'

interface Run {
  readonly signal: AbortSignal
  readonly answer: (value: string) => void
}

/** A loader that ends when its signal says so, and not before it is answered. */
function obedientLoader() {
  const runs: Run[] = []
  const load = (_id: string, { signal }: { readonly signal: AbortSignal }): Promise<string> =>
    new Promise((resolve, reject) => {
      runs.push({ signal, answer: resolve })
      signal.addEventListener('abort', () => reject(signal.reason))
    })
  return { load, runs }
}

describe('a caller who leaves', () => {
  test('gets the reason of its signal, and the others get the value', async () => {
    const { cache } = openCache()
    const { load, runs } = obedientLoader()
    const products = cache.define({ name: 'product', load })
    const controller = new AbortController()

    const leaves = products.get('42', { signal: controller.signal })
    const stays = products.get('42')
    const left = expect(leaves).rejects.toThrow('enough')
    await isSettled(stays)
    controller.abort(new Error('enough'))
    await left
    runs[0]?.answer('value')

    expect(await stays).toBe('value')
    expect(runs).toHaveLength(1)
    expect(runs[0]?.signal.aborted).toBe(false)
  })

  test('as the last one stops the loader; who comes then begins anew', async () => {
    const { cache } = openCache()
    const { load, runs } = obedientLoader()
    const products = cache.define({ name: 'product', load })
    const controllers = [new AbortController(), new AbortController()]

    const reads = controllers.map(({ signal }) => products.get('42', { signal }))
    const left = Promise.all(reads.map((read) => expect(read).rejects.toThrow('enough')))
    await isSettled(reads[0] as Promise<string>)
    for (const controller of controllers) controller.abort(new Error('enough'))
    const newcomer = products.get('42')
    await left
    await isSettled(newcomer)

    expect(runs.map(({ signal }) => signal.aborted)).toEqual([true, false])
    runs[1]?.answer('new')
    expect(await newcomer).toBe('new')
    expect(products.peek('42')).toBe('new')
  })

  test('before it came loads nothing', async () => {
    const { cache } = openCache()
    const { load, runs } = obedientLoader()
    const products = cache.define({ name: 'product', load })
    const signal = AbortSignal.abort(new Error('too late'))

    await expect(products.get('42', { signal })).rejects.toThrow('too late')
    await expect(products.getMany(['1', '2'], { signal })).rejects.toThrow('too late')
    await expect(cache.get('42', { signal })).rejects.toThrow('too late')
    expect(runs).toEqual([])
  })

  test('does not keep a stale value from those who can be served one', async () => {
    const { cache, clock } = openCache({ ttl: '1s', grace: '1h' })
    const { load, runs } = obedientLoader()
    const products = cache.define({ name: 'product', load })
    await products.set('42', 'old')
    clock.advance(1_000)
    const controller = new AbortController()

    expect(await products.get('42', { signal: controller.signal })).toBe('old')
    await clock.settle()
    controller.abort()
    runs[0]?.answer('new')
    await clock.settle()

    expect(products.peek('42')).toBe('new')
  })

  test('leaves no listener behind at its signal', async () => {
    const { cache } = openCache()
    const controller = new AbortController()
    const { signal } = controller
    let listeners = 0
    const add = signal.addEventListener.bind(signal)
    const remove = signal.removeEventListener.bind(signal)
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      listeners += 1
      add(...args)
    }
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      listeners -= 1
      remove(...args)
    }

    for (let i = 0; i < 10; i += 1) await cache.getOrSet(`k${i}`, () => i, { signal })

    expect(listeners).toBe(0)
  })
})

describe('a cache that is closed', () => {
  test('refuses every call', async () => {
    const { cache } = openCache()
    const products = cache.define({ name: 'product', load: String })
    const child = cache.namespace('child')
    await products.get('42')
    await cache.close()
    await cache.close()

    const calls = [
      () => products.get('42'),
      () => products.getMany(['42', '43']),
      () => products.set('42', 'x'),
      () => products.delete('42'),
      () => cache.get('a'),
      () => cache.getOrSet('a', () => 1),
      () => cache.getOrSetMany(['a', 'b'], (keys) => [...keys]),
      () => cache.set('a', 1),
      () => cache.has('a'),
      () => cache.delete('a'),
      () => cache.expire('a'),
      () => cache.invalidateTags(['a']),
      () => cache.invalidatePattern('a'),
      () => cache.clear(),
      () => child.getOrSet('a', () => 1),
    ]
    const outcomes = await Promise.allSettled(calls.map((call) => call()))

    const codes = outcomes.map((outcome) => (outcome as PromiseRejectedResult).reason?.code)
    expect(codes).toEqual(calls.map(() => 'ERR_CLOSED'))
    expect(products.peek('42')).toBeUndefined()
  })

  test('tells loaders to stop', async () => {
    const { cache } = openCache()
    const { load, runs } = obedientLoader()
    const products = cache.define({ name: 'product', load })
    const read = products.get('42')
    const ended = expect(read).rejects.toMatchObject({ code: 'ERR_CLOSED' })
    await isSettled(read)

    await cache.close()

    await ended
    expect(runs[0]?.signal.reason).toMatchObject({ code: 'ERR_CLOSED' })
  })
})
