import { expect, test } from 'vitest'
import type { RedisServer } from '../support/redis-server.ts'
import type { MemberHandlers } from './fixtures/member.ts'
import { range, shiftingClock, until, untilShared, useRig, type Watched } from './rig.ts'

/* What others put under our names in Redis, be it by mistake or by a later version. */

const rig = useRig()
const MEMBER = new URL('./fixtures/member.ts', import.meta.url)
const CHANNEL = 'test:{test}:changes'
const CLOCK = 'test:{test}:clock'
const BANS = 'test:{test}:bans'
/** Longer than this version can match. */
const UNREADABLE = 'p'.repeat(2_000)

/** Publishes a change that carries the next number, or the one that is given. */
async function publish(server: RedisServer, body: string, number?: number): Promise<void> {
  const [epoch, last] = (await server.command('HMGET', CLOCK, 'e', 'n')) as string[]
  const message = `${number ?? Number(last) + 1}|${epoch}|stranger|${body}`
  await server.command('PUBLISH', CHANNEL, message)
}

/** Bans a pattern as a later version would: numbered, recorded and told. */
async function ban(server: RedisServer, pattern: string): Promise<void> {
  const number = Number(await server.command('HINCRBY', CLOCK, 'n', 1))
  await server.command('ZADD', BANS, number, pattern)
  await publish(server, `pattern${JSON.stringify([pattern])}`, number)
}

/** Another process's invalidation still arrives, and what is set reaches every tier. */
async function expectCoherent(one: Watched, other: Watched): Promise<void> {
  await untilShared(one)
  await untilShared(other)
  expect((await one.cache.set('coherent', 'old', { tags: ['blue'] })).applied).toBe('all')
  expect(await other.cache.get('coherent')).toBe('old')
  expect((await one.cache.invalidateTags(['blue'])).applied).toBe('all')
  await until(() => other.cache.peek('coherent') === undefined)
  expect(await other.cache.get('coherent')).toBeUndefined()
}

test('a message that cannot be read ends no process', async () => {
  const server = await rig.redis()
  const member = await rig.worker<MemberHandlers>(MEMBER, { env: { REDIS_URL: server.url } })
  const here = await rig.ready(server)
  await member.call('ready')
  await member.call('set', 'a', 'old', ['red'])

  await publish(server, `pattern["${UNREADABLE}"]`)

  await here.cache.invalidateTags(['red'])
  await until(async () => (await member.call('peek', 'a')) === undefined)
  expect(await member.call('get', 'a')).toBeNull()
  await until(async () => (await member.call('set', 'a', 'new')) !== undefined)
  await until(async () => (await here.cache.get('a')) === 'new')
})

test.each([
  ['a pattern beyond every bound', `pattern["${UNREADABLE}"]`],
  ['a sweep up to no number', 'swept["a*"]'],
  ['a sweep up to nonsense', 'swept["a*","b"]'],
  ['a kind of change that is not known', 'later["a"]'],
  ['tags that are no texts', 'tags[{"toString":1}]'],
  ['a list without an end', 'tags["a"'],
])('%s on the channel holds nothing up', async (_name, body) => {
  const server = await rig.redis()
  const here = await rig.ready(server)
  const other = await rig.ready(server)

  await publish(server, body)

  await expectCoherent(here, other)
  // A load may be stored as before: by the other process it is found, not loaded.
  expect(await here.cache.getOrSet('loaded', () => 'here', { tags: ['red'] })).toBe('here')
  expect(await other.cache.getOrSet('loaded', () => 'there', { tags: ['red'] })).toBe('here')
  expect(here.said.error).toEqual([])
  expect(here.said.connection.map(({ state }) => state)).toEqual(['connected'])
})

test('noise on the channels holds nothing up', async () => {
  const server = await rig.redis()
  const here = await rig.ready(server)
  const other = await rig.ready(server)

  for (const noise of ['', '@', '@|', '|||', 'x', '1|e|s', '\u{fffd}\u{0}']) {
    await server.command('PUBLISH', CHANNEL, noise)
  }
  await server.command('PUBLISH', '__redis__:invalidate', 'x')

  await expectCoherent(here, other)
})

test('a pattern that this version cannot match counts as a clear, for who is there and who joins', async () => {
  const server = await rig.redis()
  const here = await rig.ready(server)
  await here.cache.set('a', 'old')
  await here.cache.set('b', 'old')

  await ban(server, UNREADABLE)

  await until(() => here.cache.peek('a') === undefined)
  await untilShared(here)
  expect(await here.cache.get('a')).toBeUndefined()
  const late = await rig.ready(server)
  expect(await late.cache.get('b')).toBeUndefined()
  await expectCoherent(here, late)
})

test('a key of a foreign type stays, and keeps nothing else from being swept', async () => {
  const server = await rig.redis()
  const clock = shiftingClock()
  const here = await rig.ready(server, { clock })
  await Promise.all(range(20).map((i) => here.cache.set(`apple-${i}`, i)))
  await server.command('RPUSH', 'test:kv:{apple-list}', 'x')

  await here.cache.invalidatePattern('apple-*')

  const left = (): Promise<unknown> => server.command('KEYS', 'test:kv:*')
  await until(async () => ((await left()) as unknown[]).length === 1)
  expect(await left()).toEqual(['test:kv:{apple-list}'])
  // The pattern is forgotten only after a pass that came to its end.
  clock.shift(60_000)
  await until(async () => (await server.command('ZCARD', BANS)) === 1)
  expect(here.said.error).toEqual([])
})

test.each([
  ['clock', ['SET', CLOCK, 'x']],
  ['tags', ['SET', 'test:{test}:tags', 'x']],
  ['bans', ['SET', BANS, 'x']],
  ['clock', ['HDEL', CLOCK, 'n']],
] as const)('%s of the state in a form that is not ours: begins anew', async (_key, command) => {
  const server = await rig.redis()
  const here = await rig.ready(server)
  const other = await rig.ready(server)
  await here.cache.set('a', 'old')
  expect(await other.cache.get('a')).toBe('old')

  await server.command(...command)

  // The next change finds it, whoever makes it; nobody has to repair anything.
  expect((await here.cache.invalidateTags(['red'])).applied).toBe('all')
  await until(async () => (await other.cache.get('a')) === undefined)
  await expectCoherent(here, other)
})
