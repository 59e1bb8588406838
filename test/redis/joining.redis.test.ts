import { expect, test } from 'vitest'
import type { RedisServer } from '../support/redis-server.ts'
import {
  type CacheSettings,
  commandCalls,
  range,
  shiftingClock,
  until,
  untilShared,
  useRig,
} from './rig.ts'

/* Those who come late: a namespace to an open connection, a process to a fleet that has history. */

const rig = useRig()
/** For a machine that is busy: where it only matters what is sent, not how fast it is answered. */
const PATIENT: CacheSettings = { redis: { commandTimeout: '10s', writeTimeout: '10s' } }

test('a namespace that joined late serves nothing unheard for longer than maxUnverified', async () => {
  const server = await rig.redis()
  const proxy = await rig.proxy(server)
  const clock = shiftingClock()
  const here = await rig.ready(proxy, { clock, redis: { maxUnverified: '1m' } })
  const other = (await rig.ready(server)).cache.namespace('late')
  await until(() => other.stats().shared?.isAvailable === true)
  await other.set('a', 'old')
  const late = here.cache.namespace('late')
  await until(() => late.stats().shared?.isAvailable === true)
  expect(await late.get('a')).toBe('old')

  await proxy.set({ refuse: true })
  proxy.reset()
  await untilShared(here, false)
  expect((await other.delete('a')).applied).toBe('all')

  // Nobody can tell it yet; from then on it must not believe what it has.
  expect(late.peek('a')).toBe('old')
  clock.shift(60_000)
  expect(late.peek('a')).toBeUndefined()
  expect(await late.get('a')).toBeUndefined()
  expect(await late.getOrSet('a', () => 'new')).toBe('new')
})

/** Entries of tags of their own, and one change since then that they have nothing to do with. */
async function history(server: RedisServer, count: number): Promise<string[]> {
  const { cache } = await rig.ready(server, PATIENT)
  const keys = range(count).map((i) => `key-${i}`)
  await Promise.all(keys.map((key) => cache.set(key, key, { tags: [`tag-of-${key}`] })))
  await cache.invalidateTags(['unrelated', 'tag-of-key-7'])
  return keys
}

test.each(['getMany', 'get'] as const)(
  'a process that has just joined asks for the tags of many entries at once: %s',
  async (read) => {
    const server = await rig.redis()
    const keys = await history(server, 400)
    const cold = await rig.ready(server, PATIENT)
    await server.command('CONFIG', 'RESETSTAT')

    const values =
      read === 'getMany'
        ? await cold.cache.getMany(keys)
        : await Promise.all(keys.map((key) => cold.cache.get(key)))

    expect(values).toEqual(keys.map((key) => (key === 'key-7' ? undefined : key)))
    // One would do; heartbeats run the same command.
    expect(await commandCalls(server, 'evalsha')).toBeLessThan(20)
  },
)

/** As many copies of one stored entry: stored one by one they would take longer than the test. */
async function copies(server: RedisServer, count: number): Promise<string[]> {
  const { cache } = await rig.ready(server)
  await cache.set('copy', 'stored')
  const script = `
    local bytes = redis.call('GET', KEYS[1])
    for i = 0, ARGV[1] - 1 do redis.call('SET', 'test:kv:{copy-' .. i .. '}', bytes) end`
  await server.command('EVAL', script, 1, 'test:kv:{copy}', count)
  return range(count).map((i) => `copy-${i}`)
}

test('a large read finds everything that is there, and loads nothing', async () => {
  const server = await rig.redis()
  const keys = await copies(server, 10_000)
  const here = await rig.ready(server, { ...PATIENT, memory: false })
  let loaded = 0

  const values = await here.cache.getOrSetMany(keys, (missing) => {
    loaded += missing.length
    return missing.map(() => 'loaded')
  })

  expect(new Set(values)).toEqual(new Set(['stored']))
  expect(values).toHaveLength(keys.length)
  expect(loaded).toBe(0)
  expect(here.said.breaker).toEqual([])
})

test('of a large read few commands are under way: the time of the last is not spent on the first', async () => {
  const server = await rig.redis()
  const here = await rig.ready(server, { memory: false })
  await server.command('CONFIG', 'RESETSTAT')
  await untilShared(here)
  server.pause()

  // Nothing answers, so that what arrives afterwards is what was sent at once.
  await here.cache.getMany(range(10_000).map((i) => `key-${i}`))

  server.resume()
  await untilShared(here)
  // Those that are sent before the third failure opens the breaker; all would be 79.
  const sent = await commandCalls(server, 'mget')
  expect(sent).toBeGreaterThan(0)
  expect(sent).toBeLessThan(20)
})
