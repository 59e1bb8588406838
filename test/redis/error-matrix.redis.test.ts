import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { freePort } from '../support/redis-process.ts'
import type { RedisServer } from '../support/redis-server.ts'
import { PATIENT, range, settles, until, untilShared, useRig, type Watched } from './rig.ts'

/* Every refusal that a server knows, from a real one: callers get their values all the same. */

const rig = useRig()

/** Everything a caller may do still works, and nothing hangs or throws. */
async function expectServed({ cache }: Watched): Promise<void> {
  const loads = range(20).map((i) => settles(cache.getOrSet(`served-${i}`, () => i)))
  expect(await Promise.all(loads)).toEqual(range(20))
  await settles(cache.set('served', 1))
  await settles(cache.getMany(['served', 'unknown']))
  await settles(cache.delete('served'))
}

function messages({ said }: Watched): string {
  const lost = said.connection.map(({ error }) => error?.message ?? '')
  return [...said.error.map(({ error }) => error.message), ...lost].join('\n')
}

async function expectReported(watched: Watched, text: string): Promise<void> {
  await until(() => messages(watched).includes(text))
}

test('A10 OOM: serves, deletes and invalidates; stores nothing and leaves no old value', async () => {
  const server = await rig.redis()
  const here = await rig.ready(server, { redis: PATIENT })
  await here.cache.set('a', 'old')
  await server.config({ maxmemory: '1mb' })

  await expectServed(here)
  expect((await here.cache.set('a', 'new')).applied).toBe('local')
  await untilShared(here)

  await expectReported(here, 'OOM')
  expect(await server.command('EXISTS', 'test:kv:{a}')).toBe(0)
  expect((await here.cache.invalidateTags(['red'])).applied).toBe('all')
  expect((await here.cache.invalidatePattern('b*')).applied).toBe('all')
  expect((await here.cache.delete('a')).applied).toBe('all')
  expect(here.said.breaker).toEqual([])
  expect(here.cache.stats().unstorable + here.said.error.length).toBeGreaterThan(0)
})

test('A10 OOM: writes nothing beyond the limit, however many sets come', async () => {
  const server = await rig.redis()
  const here = await rig.ready(server)
  await server.config({ maxmemory: '1mb' })

  await Promise.all(range(50).map((i) => here.cache.set(`big-${i}`, 'x'.repeat(10_000))))
  await untilShared(here)

  expect(await server.command('KEYS', 'test:kv:*')).toEqual([])
})

test('A15 READONLY: connects anew, and is back once the server takes writes', async () => {
  const server = await rig.redis()
  const here = await rig.ready(server)
  await server.command('REPLICAOF', '127.0.0.1', await freePort())

  await expectServed(here)
  await expectReported(here, 'READONLY')
  await server.command('REPLICAOF', 'NO', 'ONE')
  await untilShared(here)

  expect((await here.cache.set('a', 1)).applied).toBe('all')
})

test('A14 LOADING: goes without the server until its data is there', async () => {
  const server = await rig.redis({
    config: { 'key-load-delay': '6000', 'loading-process-events-interval-bytes': '1024' },
  })
  const here = await rig.ready(server)
  const client = server.client()
  await Promise.all(range(500).map((i) => client.set(`filler-${i}`, 'x'.repeat(100))))
  await here.cache.set('a', 'kept')

  const restarted = server.restart({ keepData: true })
  await until(() => messages(here).includes('LOADING'))
  await expectServed(here)
  await restarted
  await untilShared(here)

  expect(await here.cache.get('a')).toBe('kept')
})

test('A14 BUSY: waits for no script of others', async () => {
  const server = await rig.redis({ config: { 'busy-reply-threshold': '50' } })
  const here = await rig.ready(server)
  const busy = server.client().eval('while true do end', 0)
  const killed = busy.catch(String)

  await expectServed(here)
  expect(here.said.error.length).toBeGreaterThan(0)
  await until(() => server.command('SCRIPT', 'KILL').then(() => true))
  expect(await killed).toContain('killed')
  await untilShared(here)
})

test('A10 MASTERDOWN: serves on', async () => {
  const server = await rig.redis()
  const here = await rig.ready(server)
  await server.config({ 'replica-serve-stale-data': 'no' })
  await server.command('REPLICAOF', '127.0.0.1', await freePort())

  await expectServed(here)
  await expectReported(here, 'MASTERDOWN')
  await server.command('REPLICAOF', 'NO', 'ONE')
  await untilShared(here)
})

test('A10 NOREPLICAS: serves on', async () => {
  const server = await rig.redis()
  const here = await rig.ready(server)
  await server.config({ 'min-replicas-to-write': 1 })

  await expectServed(here)
  await expectReported(here, 'NOREPLICAS')
  await server.config({ 'min-replicas-to-write': 0 })
  await untilShared(here)
})

test('A10 MISCONF: serves on', async () => {
  const server = await rig.redis({ config: { save: '3600 1' } })
  const here = await rig.ready(server)
  mkdirSync(join(server.folder, 'data.rdb'))
  await server.command('BGSAVE')
  await until(() => isRefusingWrites(server))

  await expectServed(here)
  await expectReported(here, 'MISCONF')
  await server.config({ 'stop-writes-on-bgsave-error': 'no' })
  await untilShared(here)
})

test('A10 NOAUTH: says so, serves on, and is back when the password fits', async () => {
  const server = await rig.redis({ admin: { password: 'late' } })
  const here = await rig.ready(server)
  await server.client().config('SET', 'requirepass', 'late')
  await server.command('CLIENT', 'KILL', 'TYPE', 'normal')

  await expectServed(here)
  await expectReported(here, 'NOAUTH')
  await server.command('CONFIG', 'SET', 'requirepass', '')
  await untilShared(here)
})

test('A18 maxclients: leaves those alone who are connected; others go without', async () => {
  const server = await rig.redis()
  const here = await rig.ready(server, { redis: PATIENT })
  const client = server.client()
  await client.config('SET', 'maxclients', '3')

  const late = rig.cache(server)
  await expectServed(late)
  await expectReported(late, 'max number of clients')
  await expectServed(here)
  expect((await here.cache.set('a', 1)).applied).toBe('all')
  expect(here.said.error).toEqual([])

  await client.config('SET', 'maxclients', '100')
  await untilShared(late)
})

test('A10 a key of another type counts as absent and is replaced', async () => {
  const server = await rig.redis()
  const here = await rig.ready(server, { memory: false, redis: PATIENT })
  await server.command('RPUSH', 'test:kv:{a}', 'x', 'y')
  await server.command('RPUSH', 'test:kv:{a}:l', 'x', 'y')

  expect(await here.cache.getOrSet('a', () => 'loaded')).toBe('loaded')

  expect(await here.cache.get('a')).toBe('loaded')
  expect(here.said.error).toEqual([])
})

async function isRefusingWrites(server: RedisServer): Promise<boolean> {
  const info = String(await server.command('INFO', 'persistence'))
  return info.includes('rdb_last_bgsave_status:err')
}
