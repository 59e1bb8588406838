import { inspect } from 'node:util'
import { describe, expect, test, vi } from 'vitest'
import { isCacheError } from '../../src/base/errors.ts'
import type { Tracking } from '../../src/redis/options.ts'
import type { RedisServer } from '../support/redis-server.ts'
import {
  commandCalls,
  PATIENT,
  range,
  settles,
  shiftingClock,
  until,
  useRig,
  type Watched,
} from './rig.ts'
import { COMMANDS, patternsFor } from './rights.ts'

const rig = useRig(PATIENT)
const SECRET = 's3cret-w0rd'
const MODES: Tracking[] = ['keys', 'broadcast', 'pubsub', 'off']

async function allow(server: RedisServer, ...rules: readonly string[]): Promise<void> {
  await server.command('ACL', 'SETUSER', 'app', 'reset', 'on', `>${SECRET}`, ...rules)
}

function login(tracking: Tracking = 'keys'): { readonly redis: object } {
  return { redis: { username: 'app', password: SECRET, tracking, maxRetries: 0 } }
}

/** Uses every command that the tier ever sends. */
async function useAll({ cache }: Watched): Promise<void> {
  await cache.clear()
  await cache.set('a', 1, { tags: ['red'], grace: '1h' })
  await cache.getMany(['a', 'b', 'c'])
  await cache.getOrSet('b', () => 2, { tags: ['red'] })
  await cache.getOrSet('c', () => Promise.reject(new Error('no'))).catch(() => {})
  await cache.expire('a')
  await cache.delete('b')
  await cache.invalidateTags(['red'])
  await cache.invalidatePattern('x*')
  const { number } = await cache.invalidateTags(['blue'])
  await cache.get('a', { after: number })
}

describe.each(MODES)('with tracking %s', (tracking) => {
  test('the rights of the docs suffice for everything', async () => {
    const server = await rig.redis()
    await allow(server, ...COMMANDS[tracking], ...patternsFor('test', tracking))
    await server.command('ACL', 'LOG', 'RESET')
    const here = await rig.ready(server, login(tracking))

    await useAll(here)
    expect(here.said.error).toEqual([])
    const refused = (await server.command('ACL', 'LOG')) as unknown[]
    expect(refused.map(String).filter((entry) => !entry.includes('client|setname'))).toEqual([])
  })

  test('none of the rights of the docs is idle', async () => {
    const server = await rig.redis()
    const clock = shiftingClock()
    const here = await rig.ready(server, { clock, redis: { tracking } })
    await useAll(here)
    // As if tags had been invalidated a very long time ago.
    await server.command('HSET', 'test:{test}:clock', 'd1', '1')
    await server.command('ZADD', 'test:{test}:tags', '1', 'old')
    // Patterns are let go a while after they were swept.
    await until(async () => (await commandCalls(server, 'scan')) > 0)
    clock.shift(60_000)

    const used = COMMANDS[tracking].map((right) => right.slice(1))
    await until(async () => {
      const calls = await Promise.all(used.map((name) => commandCalls(server, name)))
      expect(used.filter((_, i) => calls[i] === 0)).toEqual([])
      return true
    })
  })

  test('no right may be missing to be reached at all: keys, channel, scripts', async () => {
    const server = await rig.redis()
    const patterns = patternsFor('test', tracking)
    const all = COMMANDS[tracking]
    const needed = ['+evalsha', '+hset', ...(tracking === 'off' ? [] : ['+subscribe'])]

    for (const right of needed) {
      await allow(server, ...all.filter((each) => each !== right), ...patterns)
      const { cache } = rig.cache(server, login(tracking))
      await expect(settles(cache.ready()), right).rejects.toMatchObject({ code: 'ERR_CONFIG' })
    }
    await allow(server, ...all, ...patterns.slice(1))
    const blind = rig.cache(server, login(tracking))
    await expect(settles(blind.cache.ready())).rejects.toMatchObject({ code: 'ERR_CONFIG' })
  })
})

test('A11 says which right is missing, and serves on', async () => {
  const server = await rig.redis()
  const some = COMMANDS.keys.filter((right) => right !== '+mget')
  await allow(server, ...some, ...patternsFor('test', 'keys'))
  const here = await rig.ready(server, { memory: false, ...login() })

  expect(await settles(here.cache.getOrSet('a', () => 'loaded'))).toBe('loaded')

  const [report] = here.said.error
  expect(isCacheError(report?.error, 'ERR_CONFIG')).toBe(true)
  expect(report?.error.message).toContain("'mget'")
  expect(here.said.connection.map(({ state }) => state)).toEqual(['connected'])
})

test('A11 needs no right to walk through the keys of others', async () => {
  const server = await rig.redis()
  const some = COMMANDS.keys.filter((right) => right !== '+scan')
  await allow(server, ...some, ...patternsFor('test', 'keys'))
  const here = await rig.ready(server, login())
  await here.cache.set('apple', 1)

  await here.cache.invalidatePattern('a*')
  await until(() => here.said.error.some(({ error }) => error.message.includes("'scan'")))

  expect(await here.cache.get('apple')).toBeUndefined()
  expect(here.said.connection.map(({ state }) => state)).toEqual(['connected'])
})

test('A11 rejects a wrong password at once, with its cause and without the password', async () => {
  const server = await rig.redis()
  await allow(server, '+@all', '~*', '&*')
  const output = captured()
  const url = `redis://app:${SECRET}X@127.0.0.1:${server.port}`
  const here = rig.cache(url, { debug: true })

  const error = await settles(here.cache.ready()).catch((thrown: unknown) => thrown)
  await settles(here.cache.getOrSet('a', () => 1))
  await here.cache.close()

  expect(isCacheError(error, 'ERR_CONFIG')).toBe(true)
  expect(inspect(error)).toContain('WRONGPASS')
  expect(inspect(error)).toContain('Check the user name and the password.')
  const shown = [inspect(error, { depth: 20, showHidden: true }), ...output(), inspect(here.said)]
  expect(shown.join('\n')).not.toContain(SECRET)
})

test('A11 tries again slowly where it is refused', async () => {
  const server = await rig.redis()
  const waits: number[] = []
  const here = rig.cache(`redis://app:wrong@127.0.0.1:${server.port}`, {
    clock: shiftingClock(waits),
  })
  await expect(settles(here.cache.ready())).rejects.toMatchObject({ code: 'ERR_CONFIG' })

  await until(() => waits.some((ms) => ms >= 2_000 && ms <= 5_000))

  expect(here.said.connection).toHaveLength(1)
})

test('A11 needs a password where the server wants one', async () => {
  const server = await rig.redis({
    config: { requirepass: SECRET },
    admin: { password: SECRET },
  })
  const { cache } = rig.cache(server)

  await expect(settles(cache.ready())).rejects.toThrow('NOAUTH')
  const right = rig.cache(server, { redis: { password: SECRET } })
  await settles(right.cache.ready())
})

test('D11 a tenant reads, hears and changes nothing of another', async () => {
  const server = await rig.redis()
  const rules = COMMANDS.keys.filter((right) => right !== '+scan')
  await allow(server, ...rules, ...patternsFor('mine', 'keys'))
  const other = await rig.ready(server, { namespace: 'theirs' })
  await other.cache.set('a', 'private')
  const here = await rig.ready(server, { namespace: 'mine', ...login() })
  const client = here.cache.redis
  expect(client).toBeDefined()
  const entry = 'theirs:kv:{a}'

  const attempts = [
    client?.mget(entry),
    client?.set(entry, 'x'),
    client?.unlink(entry),
    client?.eval("return redis.call('GET', KEYS[1])", 1, entry),
    client?.eval(`return redis.call('GET', '${entry}')`, 0),
    client?.publish('theirs:{theirs}:changes', 'x'),
    client?.keys('*'),
    client?.scan('0'),
    client?.flushall(),
    client?.config('GET', '*'),
    client?.call('MONITOR'),
  ]
  const outcomes = await Promise.allSettled(attempts)

  expect(outcomes.map(({ status }) => status)).toEqual(range(attempts.length).map(() => 'rejected'))
  expect(await other.cache.get('a')).toBe('private')
  expect(await here.cache.get('a')).toBeUndefined()
})

/** @returns asks for all that was printed since */
function captured(): () => string[] {
  const lines: string[] = []
  const record = (...words: unknown[]): boolean => {
    lines.push(words.map((word) => (typeof word === 'string' ? word : inspect(word))).join(' '))
    return true
  }
  const spies = [
    vi.spyOn(console, 'error').mockImplementation(record),
    vi.spyOn(console, 'warn').mockImplementation(record),
    vi.spyOn(console, 'log').mockImplementation(record),
  ]
  return () => {
    for (const spy of spies) spy.mockRestore()
    return lines
  }
}
