import { expect, test } from 'vitest'
import { counted, range, settles, until, untilShared, useRig } from '../redis/rig.ts'

const rig = useRig()
const CLOCK = 'test:{test}:clock'

test('A05 settles what was in flight when the server is killed, and runs nothing twice', async () => {
  const server = await rig.redis({ config: { appendonly: 'yes', appendfsync: 'always' } })
  const here = await rig.ready(server)
  const client = here.cache.redis
  expect(client).toBeDefined()
  const counts = range(1_000).map((i) => client?.incr(`count-${i}`).catch(() => 'failed'))
  const loads = range(100).map((i) => here.cache.getOrSet(`key-${i}`, () => i))
  const deleted = range(20).map((i) => here.cache.delete(`gone-${i}`))

  await server.kill()

  await settles(Promise.all(counts))
  expect(await settles(Promise.all(loads))).toEqual(range(100))
  await settles(Promise.all(deleted))
  await server.restart()
  await untilShared(here)
  const after = await Promise.all(range(1_000).map((i) => here.cache.redis?.get(`count-${i}`)))
  expect(after.filter((count) => Number(count ?? 0) > 1)).toEqual([])
})

test('A05 is available again after the server was killed and came back', async () => {
  const server = await rig.redis()
  const here = await rig.ready(server)
  await here.cache.set('a', 'before')

  await server.kill()
  expect(await settles(here.cache.getOrSet('b', () => 'loaded'))).toBe('loaded')
  await server.restart()
  await untilShared(here)

  expect(here.said.connection.map(({ state }) => state).slice(0, 2)).toEqual([
    'connected',
    'disconnected',
  ])
  expect(await here.cache.getOrSet('a', () => 'after')).toBe('after')
})

test('A06 sends an invalidation whose answer was lost once more, and no more than that', async () => {
  const server = await rig.redis()
  const proxy = await rig.proxy(server)
  const here = await rig.ready(proxy)
  // A server that does not know the script yet would not run it: its question would be lost.
  await here.cache.invalidateTags(['known'])
  const before = Number(await server.command('HGET', CLOCK, 'n'))
  await proxy.set({ blackHole: 'toClient' })

  const answers = await settles(
    Promise.all(range(3).map((i) => here.cache.invalidateTags([`tag-${i}`]))),
  )
  expect(answers.map(({ applied }) => applied)).toEqual(['local', 'local', 'local'])
  expect(Number(await server.command('HGET', CLOCK, 'n'))).toBe(before + 3)
  await proxy.heal()
  await untilShared(here)

  expect(Number(await server.command('HGET', CLOCK, 'n'))).toBe(before + 6)
})

test('A06 never repeats a command of its own accord when answers are lost', async () => {
  const server = await rig.redis()
  const proxy = await rig.proxy(server)
  const here = await rig.ready(proxy)
  await proxy.set({ blackHole: 'toClient' })

  const lost = range(1_000).map((i) =>
    settles(here.cache.redis?.incr(`count-${i}`).catch(() => 'lost') ?? Promise.resolve('')),
  )
  await Promise.all(lost)
  await proxy.heal()
  await untilShared(here)

  const counts = await Promise.all(range(1_000).map((i) => here.cache.redis?.get(`count-${i}`)))
  expect(new Set(counts)).toEqual(new Set(['1']))
})

test('A06 deletes on the server what a set may have left there when its answer was lost', async () => {
  const server = await rig.redis()
  const proxy = await rig.proxy(server)
  const here = await rig.ready(proxy)
  const other = await rig.ready(server)
  await here.cache.set('known', 1)
  await proxy.set({ blackHole: 'toClient' })

  expect((await settles(here.cache.set('a', 'unsure'))).applied).toBe('local')
  await proxy.heal()
  await untilShared(here)

  expect(await other.cache.get('a')).toBeUndefined()
})

test('A06 loads once though the answer to the fill was lost', async () => {
  const server = await rig.redis()
  const proxy = await rig.proxy(server)
  const { cache } = await rig.ready(proxy)
  await cache.getOrSet('known', () => 1)
  const load = counted(async () => {
    await proxy.set({ blackHole: 'toClient' })
    return 'loaded'
  })

  expect(await settles(cache.getOrSet('a', load))).toBe('loaded')

  expect(load.runs).toBe(1)
  await until(async () => (await server.command('EXISTS', 'test:kv:{a}')) === 1)
})
