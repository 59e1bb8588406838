import { expect, test } from 'vitest'
import { commandCalls, PATIENT, range, settles, until, useRig, warmUp } from './rig.ts'

const rig = useRig(PATIENT)

test('speaks over a unix socket', async () => {
  const server = await rig.redis({ tcp: false })
  const { cache } = await rig.ready(server)

  expect((await cache.set('a', 1)).applied).toBe('all')
  expect(await server.command('EXISTS', 'test:kv:{a}')).toBe(1)
})

test('keeps to the database it was given', async () => {
  const server = await rig.redis()
  const { cache } = await rig.ready(`redis://127.0.0.1:${server.port}/3`)
  await cache.set('a', 1)

  expect(await server.command('DBSIZE')).toBe(0)
  expect(await server.client({ db: 3 }).exists('test:kv:{a}')).toBe(1)
})

test('refuses a database that the server does not have, rather than use another', async () => {
  const server = await rig.redis()
  const { cache } = rig.cache(`redis://127.0.0.1:${server.port}/99`)

  await expect(settles(cache.ready())).rejects.toMatchObject({
    code: 'ERR_CONFIG',
    message: expect.stringContaining('DB index is out of range'),
  })
  expect(await settles(cache.getOrSet('a', () => 'loaded'))).toBe('loaded')
  expect(await server.command('DBSIZE')).toBe(0)
})

test('spreads its commands over as many connections as it was given', async () => {
  const server = await rig.redis()
  const here = await rig.ready(server, { redis: { poolSize: 4 } })
  const reader = await rig.ready(server, { redis: { poolSize: 4 }, memory: false })
  await warmUp(here, 'key-', 300)

  const keys = range(300).map((i) => `key-${i}`)
  expect(await reader.cache.getMany(keys)).toEqual(range(300))
  expect(await Promise.all(keys.map((key) => reader.cache.get(key)))).toEqual(range(300))

  const clients = String(await server.command('CLIENT', 'LIST'))
  expect(clients.match(/name=cachetier /g)).toHaveLength(8)
  expect(clients.match(/name=cachetier-subscriber/g)).toHaveLength(2)
})

test('hears of changes to what any of its connections has read', async () => {
  const server = await rig.redis()
  const here = await rig.ready(server, { redis: { poolSize: 4 } })
  const other = await rig.ready(server)
  await warmUp(other, 'key-', 40)
  const keys = range(40).map((i) => `key-${i}`)
  expect(await Promise.all(keys.map((key) => here.cache.get(key)))).toEqual(range(40))

  await Promise.all(keys.map((key) => other.cache.set(key, 'new')))

  await until(() => keys.every((key) => here.cache.peek(key) === undefined))
})

test('asks for the single reads of one turn together', async () => {
  const server = await rig.redis()
  const { cache } = await rig.ready(server, { memory: false })

  await Promise.all(range(100).map((i) => cache.get(`key-${i}`)))

  expect(await commandCalls(server, 'mget')).toBe(1)
})

test('takes a namespace in while it is connected, and while it is not', async () => {
  const server = await rig.redis()
  const here = rig.cache(server)
  const early = here.cache.namespace('early')
  expect((await settles(early.set('a', 'unsent'))).applied).toBe('local')
  await here.cache.ready()
  await until(() => early.stats().shared?.isAvailable === true)
  const late = here.cache.namespace('late')
  const first = await settles(late.set('a', 1))
  await until(() => late.stats().shared?.isAvailable === true)

  expect(['all', 'local']).toContain(first.applied)
  expect((await early.set('a', 1)).applied).toBe('all')
  expect((await late.set('b', 1)).applied).toBe('all')
  expect(early.stats().unstorable + late.stats().unstorable).toBe(0)
  expect(here.said.error).toEqual([])
})

test('rejects ready after maxRetries attempts where nobody listens, and goes on trying', async () => {
  const server = await rig.redis()
  const proxy = await rig.proxy(server, { faults: { refuse: true } })
  const here = rig.cache(proxy, { redis: { maxRetries: 1 } })

  await expect(settles(here.cache.ready())).rejects.toMatchObject({
    code: 'ERR_STORE',
    message: expect.stringContaining('ECONNREFUSED'),
  })
  await proxy.heal()

  await until(() => here.cache.stats().shared?.isAvailable === true)
})
