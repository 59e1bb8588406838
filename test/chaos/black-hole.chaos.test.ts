import { expect, test } from 'vitest'
import type { Faults } from '../../src/testing/chaos-pipe.ts'
import { range, settles, until, untilShared, useRig } from '../redis/rig.ts'

const rig = useRig()
const HOLES: Faults['blackHole'][] = ['both', 'toClient', 'toServer']

test.each(HOLES)(
  'A03 answers from memory and the loader in a black hole (%s)',
  async (blackHole) => {
    const server = await rig.redis()
    const proxy = await rig.proxy(server)
    const { cache } = await rig.ready(proxy)
    await cache.set('warm', 'kept')
    await proxy.set({ blackHole })

    const cold = range(500).map((i) => cache.getOrSet(`cold-${i}`, () => i))

    expect(await settles(cache.getOrSet('warm', () => 'not needed'))).toBe('kept')
    expect(await settles(Promise.all(cold))).toEqual(range(500))
  },
)

test.each(HOLES)(
  'A03 destroys a socket that fell silent, and makes another (%s)',
  async (blackHole) => {
    const server = await rig.redis()
    const proxy = await rig.proxy(server)
    const here = await rig.ready(proxy)
    const { accepted } = proxy
    await proxy.set({ blackHole })

    await until(() => here.said.connection.at(-1)?.state === 'disconnected')
    await until(() => proxy.accepted > accepted)
    await proxy.heal()
    await untilShared(here)

    expect((await here.cache.set('a', 1)).applied).toBe('all')
  },
)

test('B06 trusts memory no longer than maxUnverified once changes cannot be heard', async () => {
  const server = await rig.redis()
  const proxy = await rig.proxy(server)
  const cutOff = await rig.ready(proxy, { redis: { maxUnverified: 500 } })
  const other = await rig.ready(server)
  await other.cache.set('a', 'old')
  expect(await cutOff.cache.get('a')).toBe('old')

  await proxy.set({ blackHole: 'both' })
  await other.cache.set('a', 'new')

  await until(() => cutOff.cache.peek('a') === undefined)
  expect(await settles(cutOff.cache.getOrSet('a', () => 'loaded'))).toBe('loaded')
})

test('B06 keeps serving the rest as stale where availability was chosen', async () => {
  const server = await rig.redis()
  const proxy = await rig.proxy(server)
  const redis = { maxUnverified: 500, serveUnverified: true }
  const { cache } = await rig.ready(proxy, { redis, grace: '1h' })
  await cache.set('a', 'old')

  await proxy.set({ blackHole: 'both' })
  await until(() => cache.peek('a') === undefined)
  const failing = (): Promise<string> => Promise.reject(new Error('the database is down too'))

  expect(await settles(cache.getOrSet('a', failing))).toBe('old')
  expect(cache.stats().stale).toBeGreaterThan(0)
})

test('A03 finds the connection dead that only brings changes', async () => {
  const server = await rig.redis()
  const direct = await rig.ready(server)
  const here = await rig.ready(server)
  await direct.cache.set('a', 'old')
  expect(await here.cache.get('a')).toBe('old')

  await server.command('CLIENT', 'KILL', 'TYPE', 'pubsub')
  await until(() => here.said.connection.at(-1)?.state === 'disconnected')
  await untilShared(here)
  await untilShared(direct)

  await direct.cache.set('a', 'new')
  await until(async () => (await here.cache.get('a')) === 'new')
})

test('B05 stays coherent while the connection that brings changes is cut again and again', async () => {
  const server = await rig.redis()
  const reader = await rig.ready(server)
  const writer = await rig.ready(server)
  await writer.cache.set('a', 0)

  for (const round of range(5)) {
    await reader.cache.get('a')
    await server.command('CLIENT', 'KILL', 'TYPE', 'pubsub')
    await until(() => writer.said.connection.filter(isLost).length > round)
    await untilShared(writer)
    await writer.cache.set('a', round + 1)
    await until(async () => (await reader.cache.get('a')) === round + 1)
  }
})

function isLost({ state }: { readonly state: string }): boolean {
  return state === 'disconnected'
}
