import { expect, test } from 'vitest'
import {
  commandCalls,
  IS_NIGHTLY,
  PATIENT,
  range,
  settles,
  shiftingClock,
  until,
  untilShared,
  useRig,
  warmUp,
} from './rig.ts'

/* Clocks that disagree, tags by the thousand, and what is tidied up in the background. */

const rig = useRig(PATIENT)
const HOUR_MS = 3_600_000
const BANS = 'test:{test}:bans'
const TAGS = 'test:{test}:tags'

test.each([-HOUR_MS, HOUR_MS])(
  'B11 a clock that is off by %i ms changes no freshness',
  async (off) => {
    const server = await rig.redis()
    const here = await rig.ready(server, { ttl: '10m' })
    const skewed = await rig.ready(server, { ttl: '10m', clock: shiftingClock([], off) })
    await here.cache.set('a', 'from here')
    await skewed.cache.set('b', 'from there')

    expect(await skewed.cache.getOrSet('a', () => 'loaded')).toBe('from here')
    expect(await here.cache.getOrSet('b', () => 'loaded')).toBe('from there')
    expect(skewed.cache.stats().stale + here.cache.stats().stale).toBe(0)
    const left = Number(await server.command('PTTL', 'test:kv:{b}'))
    expect(left).toBeGreaterThan(9 * 60_000)
    expect(left).toBeLessThanOrEqual(10 * 60_000)

    await here.cache.set('short', 'x', { ttl: 100 })
    await skewed.cache.get('short')
    await until(async () => (await skewed.cache.get('short')) === undefined)
  },
)

test('B11 an entry goes stale for all at once, whatever their clocks say', async () => {
  const server = await rig.redis()
  const clock = shiftingClock([], HOUR_MS)
  const here = await rig.ready(server, { grace: '1h' })
  const skewed = await rig.ready(server, { grace: '1h', clock })
  await skewed.cache.set('a', 'old', { ttl: 200 })

  await until(async () => {
    await here.cache.get('a')
    return here.cache.stats().stale > 0
  })
  await skewed.cache.get('a')

  expect(skewed.cache.stats().stale).toBe(1)
})

test('B13 invalidating a tag costs one step, however many entries carry it', async () => {
  const server = await rig.redis()
  const here = await rig.ready(server, { memory: false })
  const count = IS_NIGHTLY ? 100_000 : 5_000
  for (const from of range(count / 500)) {
    const some = range(500).map((i) => [`key-${from * 500 + i}`, i] as const)
    await here.cache.setMany(some, { tags: ['all'] })
  }
  await untilShared(here)
  await server.command('CONFIG', 'RESETSTAT')

  expect((await here.cache.invalidateTags(['all'])).applied).toBe('all')

  expect(await commandCalls(server, 'zadd')).toBe(1)
  expect(await commandCalls(server, 'evalsha')).toBeLessThanOrEqual(3)
  const values = await here.cache.getMany(range(500).map((i) => `key-${i * 7}`))
  expect(values.every((value) => value === undefined)).toBe(true)
})

test('B13 more tags than are remembered are asked for, and stay invalid', async () => {
  const server = await rig.redis()
  const here = await rig.ready(server)
  const tags = range(5_000).map((i) => `tag-${i}`)
  await here.cache.set('a', 'old', { tags: ['tag-1'] })
  await here.cache.invalidateTags(tags)
  const late = await rig.ready(server)

  expect(await late.cache.get('a')).toBeUndefined()
  await late.cache.set('b', 'new', { tags: ['tag-2'] })
  expect(await here.cache.get('b')).toBe('new')
})

test('the sweeper frees what a pattern made invalid, and nothing else', async () => {
  const server = await rig.redis()
  const here = await rig.ready(server)
  await warmUp(here, 'apple-', 300)
  await warmUp(here, 'pear-', 50)
  const child = here.cache.namespace('child')
  await until(() => child.stats().shared?.isAvailable === true)
  await child.set('apple-1', 'not ours')

  await here.cache.invalidatePattern('apple-*')
  await here.cache.set('apple-new', 1)

  await until(async () => (await server.command('EXISTS', 'test:kv:{apple-1}')) === 0)
  await until(
    async () => ((await server.command('KEYS', 'test:kv:{apple-*')) as unknown[]).length === 1,
  )
  expect((await server.command('KEYS', 'test:kv:{pear-*')) as unknown[]).toHaveLength(50)
  expect(await here.cache.get('apple-new')).toBe(1)
  expect(await child.get('apple-1')).toBe('not ours')
})

test('a pattern is forgotten once it was swept long after it came, by every process', async () => {
  const server = await rig.redis()
  const clock = shiftingClock()
  const here = await rig.ready(server, { clock })
  await here.cache.set('apple', 'old')
  await here.cache.invalidatePattern('apple')
  await until(async () => (await server.command('EXISTS', 'test:kv:{apple}')) === 0)
  expect(await server.command('ZCARD', BANS)).toBe(2)
  const there = await rig.ready(server)

  clock.shift(60_000)

  await until(async () => (await server.command('ZCARD', BANS)) === 1)
  await there.cache.set('apple', 'new')
  expect(await there.cache.get('apple')).toBe('new')
})

test('more patterns than can be matched on each read become one clear', async () => {
  const server = await rig.redis()
  const here = await rig.ready(server)
  await here.cache.set('unrelated', 'old')

  for (const i of range(260)) await here.cache.invalidatePattern(`p${i}*`)

  expect(Number(await server.command('ZCARD', BANS))).toBeLessThan(257)
  await until(async () => (await here.cache.get('unrelated')) === undefined)
})

test('tags that no entry can carry any more are forgotten', async () => {
  const server = await rig.redis()
  const writer = await rig.ready(server)
  await writer.cache.invalidateTags(['old-1', 'old-2'])
  const { number } = await writer.cache.invalidateTags(['old-3'])
  await server.command('HSET', 'test:{test}:clock', 'd1', Number(number))
  await writer.cache.invalidateTags(['recent'])

  const later = await rig.ready(server)
  await until(async () => (await server.command('ZCARD', TAGS)) === 2)

  expect(await server.command('ZRANGE', TAGS, 0, -1)).toEqual(['', 'recent'])
  expect(await settles(later.cache.getOrSet('a', () => 1, { tags: ['old-1'] }))).toBe(1)
})

test('idle state outlives every entry, and then goes', async () => {
  const server = await rig.redis()
  await rig.ready(server, { redis: { maxLifetime: '1h' } })

  const left = Number(await server.command('PTTL', 'test:{test}:clock'))

  expect(left).toBeGreaterThan(HOUR_MS)
  expect(left).toBeLessThanOrEqual(2 * HOUR_MS)
})

test('an entry lives no longer in Redis than maxLifetime, whatever its grace', async () => {
  const server = await rig.redis()
  const { cache } = await rig.ready(server, { redis: { maxLifetime: '1h' } })

  await cache.set('a', 1, { ttl: '10d', grace: '10d' })

  expect(Number(await server.command('PTTL', 'test:kv:{a}'))).toBeLessThanOrEqual(HOUR_MS)
})
