import { expect, test } from 'vitest'
import { PATIENT, range, settles, until, untilShared, useRig, type Watched } from './rig.ts'

/*
 * What follows when the server forgets: nothing can be proved any longer, so nothing older is
 * served. A new epoch says so to every process.
 */

const rig = useRig(PATIENT)
const STATE = ['clock', 'tags', 'bans'].map((name) => `test:{test}:${name}`)

async function epochOf(server: Awaited<ReturnType<typeof rig.redis>>): Promise<string> {
  return String(await server.command('HGET', STATE[0] as string, 'e'))
}

function lost({ said }: Watched): number {
  return said.connection.filter(({ state }) => state === 'disconnected').length
}

test('B09 serves nothing that is older than a restart which lost everything', async () => {
  const server = await rig.redis()
  const here = await rig.ready(server)
  const there = await rig.ready(server)
  await here.cache.set('a', 'old', { tags: ['red'] })
  await there.cache.get('a')
  await here.cache.invalidateTags(['blue'])
  const before = await epochOf(server)

  await server.restart()
  await untilShared(here)
  await untilShared(there)

  expect(await epochOf(server)).not.toBe(before)
  expect(here.cache.peek('a')).toBeUndefined()
  expect(await there.cache.getOrSet('a', () => 'new')).toBe('new')
})

test('B09 keeps what a restart has kept', async () => {
  const server = await rig.redis()
  const here = await rig.ready(server)
  await here.cache.set('a', 'kept', { tags: ['red'] })
  const before = await epochOf(server)

  await server.restart({ keepData: true })
  await untilShared(here)

  expect(await epochOf(server)).toBe(before)
  expect(await here.cache.get('a')).toBe('kept')
})

test.each(['pubsub', 'normal'])(
  'CLIENT KILL TYPE %s: comes back, and memory is proved anew',
  async (type) => {
    const server = await rig.redis()
    const here = await rig.ready(server)
    const there = await rig.ready(server)
    await there.cache.set('a', 'old')
    await here.cache.get('a')

    await server.command('CLIENT', 'KILL', 'TYPE', type)
    await until(() => lost(here) > 0 && lost(there) > 0)
    expect(await settles(here.cache.getOrSet('b', () => 'loaded'))).toBe('loaded')
    await untilShared(here)
    await untilShared(there)

    await there.cache.set('a', 'new')
    await until(async () => (await here.cache.get('a')) === 'new')
  },
)

test.each(STATE)('the loss of %s alone begins a new epoch, and L1 is dropped', async (key) => {
  const server = await rig.redis()
  const here = await rig.ready(server)
  await here.cache.set('a', 'old', { tags: ['red'] })
  const before = await epochOf(server)

  await server.command('UNLINK', key)

  await until(() => here.cache.peek('a') === undefined)
  expect(await epochOf(server)).not.toBe(before)
  expect(await here.cache.get('a')).toBeUndefined()
  expect((await here.cache.invalidateTags(['red'])).applied).toBe('all')
})

test('an invalidation that finds its state lost counts on, and still holds', async () => {
  const server = await rig.redis()
  const here = await rig.ready(server)
  const there = await rig.ready(server)
  await here.cache.invalidateTags(['red'])
  await here.cache.set('a', 'old', { tags: ['red'] })
  await there.cache.get('a')
  await server.command('UNLINK', ...(STATE as [string, ...string[]]))

  const first = await here.cache.invalidateTags(['red'])
  await untilShared(there)
  const second = await there.cache.invalidateTags(['red'])

  expect(first.applied).toBe('all')
  expect(Number(second.number)).toBeGreaterThan(Number(first.number))
  await until(async () => (await there.cache.get('a', { after: second.number })) === undefined)
})

test('a clock that was set back to an older dump begins a new epoch', async () => {
  const server = await rig.redis()
  const here = await rig.ready(server)
  await here.cache.set('a', 'old', { tags: ['red'] })
  const dumps = await Promise.all(
    STATE.map((key) =>
      server
        .client()
        .dumpBuffer(key)
        .then((dump) => dump as Buffer),
    ),
  )
  await here.cache.invalidateTags(['red'])
  await here.cache.invalidateTags(['red'])
  const before = await epochOf(server)

  const client = server.client()
  await client
    .multi(STATE.map((key, i) => ['restore', key, 0, dumps[i] as Buffer, 'REPLACE']))
    .exec()

  await until(async () => (await epochOf(server)) !== before)
  expect(await here.cache.get('a')).toBeUndefined()
})

test('B16 a server that was restored from an older snapshot serves nothing invalidated since', async () => {
  // A name that the restart does not know, so that it leaves the file alone.
  const server = await rig.redis({ config: { dbfilename: 'snapshot.rdb' } })
  const here = await rig.ready(server)
  await here.cache.set('a', 'old', { tags: ['red'] })
  await server.command('SAVE')
  await here.cache.invalidateTags(['red'])

  await server.kill()
  await server.restart()
  await untilShared(here)

  expect(await here.cache.get('a')).toBeUndefined()
})

test('every process ends up in the same epoch, however many find the state lost', async () => {
  const server = await rig.redis()
  const all = await Promise.all(range(4).map(() => rig.ready(server)))
  await server.command('FLUSHALL')

  await Promise.all(all.map(({ cache }) => cache.invalidateTags(['red'])))
  await all[0]?.cache.set('a', 'new', { tags: ['red'] })

  for (const { cache } of all) await until(async () => (await cache.get('a')) === 'new')
})
