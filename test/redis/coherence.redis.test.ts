import { describe, expect, test } from 'vitest'
import type { Tracking } from '../../src/redis/options.ts'
import { PATIENT, range, settles, until, useRig, type Watched } from './rig.ts'

/*
 * What one process does reaches the memory of another, in each way in which it may hear of it.
 * Without tracking nothing is heard: memory then answers for no longer than maxUnverified.
 */

const rig = useRig(PATIENT)
const MODES: Tracking[] = ['keys', 'broadcast', 'pubsub', 'off']

interface Pair {
  readonly here: Watched
  readonly there: Watched
}

async function pair(tracking: Tracking): Promise<Pair> {
  const server = await rig.redis()
  // Where changes are heard, nothing here may hang on the bound of what is not.
  const maxUnverified = tracking === 'off' ? 200 : '1h'
  const settings = { redis: { tracking, maxUnverified }, grace: '1h' } as const
  return { here: await rig.ready(server, settings), there: await rig.ready(server, settings) }
}

/** Both have it in memory. */
async function share({ here, there }: Pair, key: string, tags: string[] = []): Promise<void> {
  await there.cache.set(key, 'old', { tags })
  expect(await here.cache.get(key)).toBe('old')
  expect(here.cache.peek(key)).toBe('old')
}

/** The other process reads the new value, however it hears of it. */
function untilRead({ cache }: Watched, key: string, value: unknown): Promise<boolean> {
  return until(async () => (await cache.get(key)) === value)
}

describe.each(MODES)('B03 with tracking %s, another process', (tracking) => {
  test('reads what was set', async () => {
    const both = await pair(tracking)
    await share(both, 'a')

    await both.there.cache.set('a', 'new')

    await untilRead(both.here, 'a', 'new')
  })

  test('no longer finds what was deleted', async () => {
    const both = await pair(tracking)
    await share(both, 'a')

    await both.there.cache.delete('a')

    await untilRead(both.here, 'a', undefined)
  })

  test('finds stale what was expired', async () => {
    const both = await pair(tracking)
    await share(both, 'a')

    await both.there.cache.expire('a')
    await until(() => both.here.cache.peek('a') === undefined)

    expect(await both.here.cache.get('a')).toBe('old')
    expect(both.here.cache.stats().stale).toBe(1)
  })

  test('no longer finds what carried an invalidated tag', async () => {
    const both = await pair(tracking)
    await share(both, 'a', ['red'])
    await share(both, 'b', ['blue'])

    await both.there.cache.invalidateTags(['red'])

    await untilRead(both.here, 'a', undefined)
    expect(await both.here.cache.get('b')).toBe('old')
  })

  test('no longer finds what a pattern matched', async () => {
    const both = await pair(tracking)
    await share(both, 'apple')
    await share(both, 'pear')

    await both.there.cache.invalidatePattern('a*')

    await untilRead(both.here, 'apple', undefined)
    expect(await both.here.cache.get('pear')).toBe('old')
  })

  test('no longer finds anything after a clear', async () => {
    const both = await pair(tracking)
    await share(both, 'a')

    await both.there.cache.clear()

    await untilRead(both.here, 'a', undefined)
  })

  test('reads what a refresh has filled in', async () => {
    const both = await pair(tracking)
    await share(both, 'a')
    await both.there.cache.expire('a')

    await both.there.cache.getOrSet('a', () => 'new')

    await untilRead(both.here, 'a', 'new')
  })

  test('hears of foreign writes after a write of its own', async () => {
    const both = await pair(tracking)
    await both.here.cache.set('a', 'own')

    await both.there.cache.set('a', 'foreign')
    await untilRead(both.here, 'a', 'foreign')
    await both.here.cache.getOrSet('b', () => 'own')
    await both.there.cache.set('b', 'foreign')
    await untilRead(both.here, 'b', 'foreign')
  })

  test('reads its own and newer state, given the number of an invalidation', async () => {
    const both = await pair(tracking)
    await share(both, 'a', ['red'])
    await share(both, 'b')

    for (const round of range(20)) {
      const { number } = await both.there.cache.invalidateTags(['red'])
      const value = await both.here.cache.getOrSet('a', () => round, {
        after: number,
        tags: ['red'],
      })
      expect(value).toBe(round)
      const deleted = await both.there.cache.delete('b')
      const other = await both.here.cache.getOrSet('b', () => round, { after: deleted.number })
      expect(other).toBe(round)
    }
  })

  test('is told of invalidations by an event, in their order', async () => {
    const both = await pair(tracking)
    const applied = await Promise.all([
      both.there.cache.invalidateTags(['red', 'blue']),
      both.there.cache.invalidatePattern('x*'),
    ])
    await settles(both.here.cache.get('x', { after: applied[1].number }))

    const remote = both.here.said.invalidate.filter(({ origin }) => origin === 'remote')
    const targets = remote.flatMap((event) => event.targets)
    expect(targets.toSorted()).toEqual(['blue', 'red', 'x*'])
    expect(remote.map(({ number }) => number)).toEqual(
      remote.map(({ number }) => number).toSorted((a, b) => Number(a) - Number(b)),
    )
  })
})

test('B08 expiry, eviction and FLUSHALL on the server reach memory', async () => {
  const server = await rig.redis()
  const here = await rig.ready(server)
  const there = await rig.ready(server)
  const keys = ['expires', 'evicted', 'flushed']
  await Promise.all(keys.map((key) => there.cache.set(key, 'old')))
  await Promise.all(keys.map((key) => here.cache.get(key)))

  await server.command('PEXPIRE', 'test:kv:{expires}', 1)
  await until(() => here.cache.peek('expires') === undefined)
  await server.command('UNLINK', 'test:kv:{evicted}')
  await until(() => here.cache.peek('evicted') === undefined)
  await server.command('FLUSHALL')
  await until(() => here.cache.peek('flushed') === undefined)

  expect(await here.cache.getOrSet('flushed', () => 'new')).toBe('new')
})

test('B08 an eviction under memory pressure reaches memory', async () => {
  const server = await rig.redis()
  const here = await rig.ready(server)
  await here.cache.set('a', 'old')
  await here.cache.set('a', 'old')
  expect(here.cache.peek('a')).toBe('old')

  await server.config({ 'maxmemory-policy': 'allkeys-random', maxmemory: '1mb' })
  await server
    .client()
    .set('filler', 'x')
    .catch(() => {})

  await until(() => here.cache.peek('a') === undefined)
})

test('B07 a tracking table that overflows costs reads, never coherence', async () => {
  const server = await rig.redis({ config: { 'tracking-table-max-keys': '100' } })
  const here = await rig.ready(server)
  const there = await rig.ready(server)
  const keys = range(500).map((i) => `key-${i}`)
  await there.cache.setMany(keys.map((key) => [key, 'old'] as const))
  await here.cache.getMany(keys)

  await there.cache.setMany(keys.map((key) => [key, 'new'] as const))

  await until(async () => {
    const values = await here.cache.getMany(keys)
    return values.every((value) => value === 'new')
  })
})

test('B10 a subscriber that the server dropped for being slow hears of nothing old', async () => {
  const server = await rig.redis({
    config: { 'client-output-buffer-limit': 'pubsub 256kb 256kb 0' },
  })
  const proxy = await rig.proxy(server)
  const here = await rig.ready(proxy)
  const there = await rig.ready(server)
  await there.cache.set('a', 'old')
  expect(await here.cache.get('a')).toBe('old')

  await proxy.set({ blackHole: 'toClient' })
  const tags = (round: number): string[] => range(900).map((i) => `${'t'.repeat(200)}${round}-${i}`)
  for (const round of range(60)) await there.cache.invalidateTags(tags(round))
  await there.cache.set('a', 'new')
  await until(async () => {
    const clients = String(await server.command('CLIENT', 'LIST', 'TYPE', 'pubsub'))
    return clients.trim().split('\n').length < 2
  })
  await proxy.heal()

  await until(async () => (await here.cache.get('a')) === 'new')
})
