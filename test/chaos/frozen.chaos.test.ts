import { expect, test } from 'vitest'
import {
  commandCalls,
  counted,
  range,
  settles,
  until,
  untilShared,
  useRig,
  warmUp,
} from '../redis/rig.ts'

const rig = useRig()

/** What a heartbeat costs: with the breaker open, nothing else may be sent. */
const PING_BYTES = '*1\r\n$4\r\nping\r\n'.length

test.each([500, 5_000])(
  'A01 answers %i reads from the loader while the server is frozen',
  async (count) => {
    const server = await rig.redis()
    const here = await rig.ready(server)
    const { cache, said } = here
    await warmUp(here, 'warm-', count)
    server.pause()

    const load = counted(() => 'loaded')
    const warm = range(count).map((i) => cache.getOrSet(`warm-${i}`, () => 'not needed'))
    const cold = range(count).map((i) => cache.getOrSet(`cold-${i}`, load))

    expect(await settles(Promise.all(warm))).toEqual(range(count))
    expect(new Set(await settles(Promise.all(cold)))).toEqual(new Set(['loaded']))
    expect(load.runs).toBe(count)
    await until(() => said.breaker[0]?.state === 'open')
    server.resume()
  },
)

test('A01 answers a batch of 500 keys with one load while the server is frozen', async () => {
  const server = await rig.redis()
  const { cache } = await rig.ready(server)
  server.pause()
  const asked: number[] = []

  const keys = range(500).map((i) => `key-${i}`)
  const values = cache.getOrSetMany(keys, (missing) => {
    asked.push(missing.length)
    return missing.map((key) => key.toUpperCase())
  })

  expect(await settles(values)).toEqual(keys.map((key) => key.toUpperCase()))
  expect(asked).toEqual([500])
  server.resume()
})

test('A01 sends nothing but heartbeats with the breaker open', async () => {
  const server = await rig.redis()
  const proxy = await rig.proxy(server)
  const { cache, said } = await rig.ready(proxy)
  server.pause()
  await settles(Promise.all(range(10).map((i) => cache.getOrSet(`first-${i}`, () => i))))
  await until(() => said.breaker.at(-1)?.state === 'open')
  const before = proxy.bytes.toServer

  await settles(Promise.all(range(1_000).map((i) => cache.getOrSet(`then-${i}`, () => i))))
  await settles(cache.set('a', 1))
  await settles(cache.delete('a'))
  await settles(cache.invalidateTags(['red']))
  await settles(cache.get('unknown'))

  expect((proxy.bytes.toServer - before) % PING_BYTES).toBe(0)
  expect(cache.stats().shared?.isAvailable).toBe(false)
  server.resume()
})

test('A02 uses the server again once it goes on', async () => {
  const server = await rig.redis()
  const { cache, said } = await rig.ready(server, { memory: false })
  await cache.set('kept', 1)
  server.pause()
  await settles(Promise.all(range(10).map((i) => cache.getOrSet(`cold-${i}`, () => i))))
  await until(() => said.breaker.at(-1)?.state === 'open')

  server.resume()
  await untilShared({ cache, said })

  expect(said.breaker.at(-1)?.state).toBe('closed')
  const load = counted(2)
  const values = await Promise.all(range(100).map(() => cache.getOrSet('kept', load)))
  expect(new Set(values)).toEqual(new Set([1]))
  expect(load.runs).toBe(0)
  expect(await commandCalls(server, 'mget')).toBeGreaterThan(0)
})

test('A02 sends what was invalidated meanwhile before it reads again', async () => {
  const server = await rig.redis()
  const here = await rig.ready(server)
  const there = await rig.ready(server)
  await here.cache.set('a', 'old', { tags: ['red'] })
  await there.cache.set('b', 'old')
  await there.cache.get('a')
  server.pause()
  await settles(here.cache.getOrSet('cold', () => 1))

  const tags = await settles(here.cache.invalidateTags(['red']))
  const key = await settles(here.cache.delete('b'))
  expect([tags.applied, key.applied]).toEqual(['local', 'local'])
  server.resume()
  await untilShared(here)

  expect(await here.cache.getOrSet('a', () => 'new')).toBe('new')
  expect(await here.cache.getOrSet('b', () => 'new')).toBe('new')
  await until(() => there.cache.peek('a') === undefined && there.cache.peek('b') === undefined)
})

test('A01 closes at once while the server is frozen, whatever it waits for', async () => {
  const server = await rig.redis()
  const { cache } = await rig.ready(server)
  server.pause()
  const pending = [cache.set('a', 1), cache.delete('b'), cache.getOrSet('c', () => 1)]
  const connecting = rig.cache(server)

  await settles(Promise.all([cache.close(), connecting.cache.close()]))

  await settles(Promise.allSettled(pending))
  await expect(connecting.cache.ready()).rejects.toMatchObject({ code: 'ERR_CLOSED' })
  server.resume()
})
