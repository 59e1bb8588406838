import { expect, test } from 'vitest'
import type { RedisServer } from '../support/redis-server.ts'
import type { MemberHandlers } from './fixtures/member.ts'
import { range, shiftingClock, until, useRig, type Watched } from './rig.ts'

/* What others put under our names in Redis, be it by mistake or by a later version. */

const rig = useRig()
const MEMBER = new URL('./fixtures/member.ts', import.meta.url)
const CHANNEL = 'test:{test}:changes'
const CLOCK = 'test:{test}:clock'
const BANS = 'test:{test}:bans'
/** Longer than this version can match. */
const UNREADABLE = 'p'.repeat(2_000)

/** Tells a change that is numbered, as a later version would. @returns its number */
async function tell(server: RedisServer, body: string): Promise<number> {
  const number = Number(await server.command('HINCRBY', CLOCK, 'n', 1))
  const epoch = String(await server.command('HGET', CLOCK, 'e'))
  await server.command('PUBLISH', CHANNEL, `${number}|${epoch}|stranger|${body}`)
  return number
}

/** What is stored is found by the other process, and what is invalidated is not. */
async function expectCoherent({ cache: one }: Watched, { cache: other }: Watched): Promise<void> {
  // Either may be asking for what it has missed just now.
  await until(async () => (await one.set('a', 'stored', { tags: ['blue'] })).applied === 'all')
  await until(async () => (await other.get('a')) === 'stored')
  await until(async () => (await one.invalidateTags(['blue'])).applied === 'all')
  await until(async () => (await other.get('a')) === undefined)
  expect(await one.get('a')).toBeUndefined()
}

test('a message that cannot be read ends no process', async () => {
  const server = await rig.redis()
  const member = await rig.worker<MemberHandlers>(MEMBER, { env: { REDIS_URL: server.url } })
  const here = await rig.ready(server)
  await member.call('ready')
  await member.call('set', 'a', 'old', ['red'])

  await tell(server, `pattern["${UNREADABLE}"]`)

  await until(async () => (await here.cache.invalidateTags(['red'])).applied === 'all')
  await until(async () => (await member.call('get', 'a')) === undefined)
  await member.call('set', 'b', 'new')
  await until(async () => (await here.cache.get('b')) === 'new')
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

  await tell(server, body)

  await expectCoherent(here, other)
  // A load may be stored as before: the other process finds it.
  await here.cache.getOrSet('b', () => 'loaded', { tags: ['red'] })
  await until(async () => (await other.cache.get('b')) === 'loaded')
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

test('a pattern that cannot be matched counts as a clear, for who is there and who joins', async () => {
  const server = await rig.redis()
  const here = await rig.ready(server)
  await here.cache.set('a', 'old')
  await here.cache.set('b', 'old')

  const number = await tell(server, 'none')
  await server.command('ZADD', BANS, number, UNREADABLE)
  await tell(server, `pattern["${UNREADABLE}"]`)

  await until(async () => (await here.cache.get('a')) === undefined)
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
})

test.each([
  { key: 'clock', command: ['SET', CLOCK, 'x'] },
  { key: 'tags', command: ['SET', 'test:{test}:tags', 'x'] },
  { key: 'bans', command: ['SET', BANS, 'x'] },
  { key: 'number', command: ['HDEL', CLOCK, 'n'] },
] as const)('state whose $key is not what it should be begins anew', async ({ command }) => {
  const server = await rig.redis()
  const here = await rig.ready(server)
  const other = await rig.ready(server)
  await here.cache.set('old', 'old')
  expect(await other.cache.get('old')).toBe('old')

  await server.command(...(command as readonly [string, ...string[]]))

  // The next change finds it, whoever makes it: nobody has to repair anything.
  await until(async () => (await here.cache.invalidateTags(['red'])).applied === 'all')
  await until(async () => (await other.cache.get('old')) === undefined)
  await expectCoherent(here, other)
})
