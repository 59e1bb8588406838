import { expect, test } from 'vitest'
import { range, settles, until, untilShared, useRig, type Watched } from '../redis/rig.ts'
import { type ManualLoader, manualLoader } from './support.ts'

/* Readers who bring the number of a change, when nobody can tell us whether we know of it. */

const rig = useRig()

/** A process that was cut off before the change was made whose number its readers bring. */
async function cutOff(): Promise<{ here: Watched; after: number }> {
  const server = await rig.redis()
  const proxy = await rig.proxy(server)
  const here = await rig.ready(proxy, { maxConcurrentLoads: 1_000 })
  const other = await rig.ready(server)
  await proxy.set({ refuse: true })
  proxy.reset()
  await untilShared(here, false)
  const { number } = await other.cache.delete('42')
  return { here, after: number as number }
}

async function begun(slow: ManualLoader<string>, count: number): Promise<void> {
  await until(() => slow.calls.length >= count)
}

test('readers of a number share loads in an outage', async () => {
  const { here, after } = await cutOff()
  const slow = manualLoader<string>()
  const products = here.cache.define({ name: 'product', load: slow.load })
  const reads = range(300).map(() => products.get('42', { after }))
  await begun(slow, 1)
  await slow.answer(0, 'first')
  await begun(slow, 2)
  await slow.answer(1, 'second')

  const values = await settles(Promise.all(reads))

  expect(slow.calls).toHaveLength(2)
  expect(values[0]).toBe('first')
  expect(new Set(values.slice(1))).toEqual(new Set(['second']))
  expect(products.stats().loads).toBe(2)
})

test('a reader of a number is given no load that began before he came', async () => {
  const { here, after } = await cutOff()
  const slow = manualLoader<string>()
  const products = here.cache.define({ name: 'product', load: slow.load })
  const early = products.get('42', { after })
  await begun(slow, 1)

  const late = products.get('42', { after })
  await slow.answer(0, 'read before he came')
  await begun(slow, 2)
  await slow.answer(1, 'read after he came')

  expect(await early).toBe('read before he came')
  expect(await late).toBe('read after he came')
})

test('a reader of a number is not given the load of those who bring none', async () => {
  const { here, after } = await cutOff()
  const slow = manualLoader<string>()
  const products = here.cache.define({ name: 'product', load: slow.load })
  const without = range(10).map(() => products.get('42'))
  await begun(slow, 1)

  const late = products.get('42', { after })
  await begun(slow, 2)
  await slow.answer(1, 'new')
  await slow.answer(0, 'old')

  expect(await late).toBe('new')
  await settles(Promise.all(without))
})

test('a load that fails in an outage fails for its readers alone', async () => {
  const { here, after } = await cutOff()
  const slow = manualLoader<string>()
  const products = here.cache.define({ name: 'product', load: slow.load })
  const failed = expect(products.get('42', { after })).rejects.toMatchObject({ code: 'ERR_LOAD' })
  await begun(slow, 1)
  const next = products.get('42', { after })

  await slow.fail(0, new Error('the database is down'))
  await begun(slow, 2)
  await slow.answer(1, 'value')

  await failed
  expect(await next).toBe('value')
})
