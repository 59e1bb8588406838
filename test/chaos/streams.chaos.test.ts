import { expect, test } from 'vitest'
import {
  IS_NIGHTLY,
  range,
  settles,
  until,
  untilShared,
  useRig,
  type Watched,
} from '../redis/rig.ts'

/* A13: streams that arrive in pieces, end in the middle or carry a wrong byte. */

const rig = useRig()
const KEYS = 20

/** What each key holds; anything else that a reader gets is a wrong value. */
function expected(i: number): string {
  return `${i}-`.repeat(20 + i)
}

async function readAll({ cache }: Watched): Promise<unknown[]> {
  const reads = range(KEYS).map((i) => cache.getOrSet(`key-${i}`, () => expected(i)))
  return settles(Promise.all(reads))
}

test('A13 reads right values that arrive byte by byte', async () => {
  const server = await rig.redis()
  const proxy = await rig.proxy(server)
  const writer = await rig.ready(server)
  for (const i of range(KEYS)) await writer.cache.set(`key-${i}`, expected(i))
  const here = await rig.ready(proxy, {
    memory: false,
    redis: { commandTimeout: '10s', writeTimeout: '10s' },
  })

  await proxy.set({ chunkBytes: 1 })

  expect(await readAll(here)).toEqual(range(KEYS).map(expected))
  expect(here.cache.stats().loads).toBe(0)
  expect((await here.cache.invalidateTags(['red'])).applied).toBe('all')
  expect(here.said.error).toEqual([])
})

test('A13 returns no wrong value when an answer is cut at any byte', async () => {
  const server = await rig.redis()
  const proxy = await rig.proxy(server)
  const writer = await rig.ready(server)
  for (const i of range(KEYS)) await writer.cache.set(`key-${i}`, expected(i))
  const step = IS_NIGHTLY ? 1 : 41

  for (let at = 1; at <= 2_000; at += step) {
    // One of its own for each: the pause before a second connection would add up.
    const here = await rig.ready(proxy, { memory: false })
    await proxy.set({ cut: { direction: 'toClient', at } })
    expect(await readAll(here)).toEqual(range(KEYS).map(expected))
    await here.cache.close()
    await proxy.heal()
  }
})

test('A13 returns no wrong value when a byte of an answer is changed', async () => {
  const server = await rig.redis()
  const proxy = await rig.proxy(server)
  const writer = await rig.ready(server)
  for (const i of range(KEYS)) await writer.cache.set(`key-${i}`, expected(i))
  const here = await rig.ready(proxy, { memory: false })
  const step = IS_NIGHTLY ? 1 : 41

  for (let at = 0; at < 2_000; at += step) {
    await until(() => here.cache.stats().shared?.isAvailable === true)
    await proxy.set({ corrupt: { direction: 'toClient', at } })
    expect(await readAll(here)).toEqual(range(KEYS).map(expected))
    await proxy.set({ corrupt: undefined })
  }
})

test('A13 survives questions that are cut at any byte', async () => {
  const server = await rig.redis()
  const proxy = await rig.proxy(server)
  const step = IS_NIGHTLY ? 1 : 41

  for (let at = 1; at <= 1_000; at += step) {
    const here = await rig.ready(proxy, { memory: false })
    await proxy.set({ cut: { direction: 'toServer', at } })
    await settles(here.cache.set('a', at))
    expect(await settles(here.cache.getOrSet('b', () => 'loaded'))).toBe('loaded')
    await settles(here.cache.invalidateTags(['red']))
    await here.cache.close()
    await proxy.heal()
  }
})

test('A13 is back after its stream was cut, again and again', async () => {
  const server = await rig.redis()
  const proxy = await rig.proxy(server)
  const here = await rig.ready(proxy)

  for (const at of [1, 40, 400]) {
    await untilShared(here)
    await proxy.set({ cut: { direction: 'toClient', at } })
    await settles(here.cache.set('a', at))
    await until(() => here.said.connection.at(-1)?.state === 'disconnected')
  }
  await untilShared(here)
})
