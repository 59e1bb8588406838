import { expect, test } from 'vitest'
import { isSettled, manualLoader, openCache, turn } from './support.ts'

const CLOSED = { code: 'ERR_CLOSED' }

test('a load of a namespace that was closed leaves nothing in the one opened anew', async () => {
  const { cache } = openCache()
  const first = cache.namespace('sub')
  const slow = manualLoader<string>()
  const before = first.define({ name: 'product', load: slow.load })
  const read = expect(before.get('42')).rejects.toMatchObject(CLOSED)
  await turn()
  await first.close()
  const second = cache.namespace('sub')
  const products = second.define({ name: 'product', load: () => 'new' })
  expect(await products.delete('42')).toMatchObject({ applied: 'all' })

  await slow.answer(0, 'old')

  await read
  expect(products.peek('42')).toBeUndefined()
  expect(await products.get('42')).toBe('new')
})

test('a reload in the background that outlives its namespace stores nothing either', async () => {
  const { cache, clock } = openCache({ ttl: '1m', grace: '1h' })
  const first = cache.namespace('sub')
  const slow = manualLoader<string>()
  const before = first.define({ name: 'product', load: slow.load })
  await before.set('42', 'first')
  clock.advance(60_000)
  expect(await before.get('42')).toBe('first')
  await turn()
  expect(slow.calls).toHaveLength(1)
  await first.close()
  const products = cache.namespace('sub').define({ name: 'product', load: () => 'new' })

  await slow.answer(0, 'old')

  expect(products.peek('42')).toBeUndefined()
  expect(await products.get('42')).toBe('new')
})

test('loads that wait for their turn never begin once the cache is closed', async () => {
  const { cache } = openCache({ maxConcurrentLoads: 1 })
  const slow = manualLoader<string>()
  const reads = ['a', 'b', 'c'].map((key) => cache.getOrSet(key, slow.load))
  const refused = reads.map((read) => expect(read).rejects.toMatchObject(CLOSED))
  await turn()

  await cache.close()
  await slow.answer(0, 'late')

  expect(slow.calls).toHaveLength(1)
  await Promise.all(refused)
  expect(cache.stats().loads).toBe(1)
})

test('a namespace that closes tells its loads to stop, and leaves those of others alone', async () => {
  const { cache } = openCache()
  const child = cache.namespace('sub')
  const signals: AbortSignal[] = []
  const slow = manualLoader<string>()
  const load = ({ signal }: { readonly signal: AbortSignal }): Promise<string> => {
    signals.push(signal)
    return slow.load()
  }
  const refused = expect(child.getOrSet('a', load)).rejects.toMatchObject(CLOSED)
  await turn()
  const staying = cache.getOrSet('a', load)
  await turn()

  await child.close()

  expect(signals.map(({ aborted }) => aborted)).toEqual([true, false])
  expect(await isSettled(staying)).toBe(false)
  await slow.answer(0, 'too late')
  await slow.answer(1, 'value')
  await refused
  expect(await staying).toBe('value')
})
