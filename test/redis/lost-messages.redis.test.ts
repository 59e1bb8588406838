import { expect, test } from 'vitest'
import { seededRandom } from '../../src/testing/random.ts'
import { lossyProxy } from './lossy.ts'
import { PATIENT, range, settles, until, untilShared, useRig } from './rig.ts'

/*
 * B04: a message that never arrives shows as a gap in the numbers: at the next message, or at the
 * next heartbeat. (TCP loses nothing between two ends of a connection; a proxy or a server may.)
 */

const rig = useRig(PATIENT)
const isChanges = (channel: string): boolean => channel.endsWith(':changes')

test.each([0.2, 1])(
  'B04 a share of %d of the messages lost costs time, never coherence',
  async (share) => {
    const server = await rig.redis()
    const proxy = await lossyProxy(server.port as number, share, seededRandom(1), isChanges)
    rig.closing(() => proxy.close())
    const here = await rig.ready(proxy.url)
    const there = await rig.ready(server)

    for (const round of range(3)) {
      const keys = range(20).map((i) => `key-${round}-${i}`)
      for (const key of keys) await there.cache.set(key, 'old', { tags: [key] })
      await here.cache.getMany(keys)
      for (const key of keys) await there.cache.invalidateTags([key])

      await until(() => keys.every((key) => here.cache.peek(key) === undefined))
      expect(await here.cache.getMany(keys)).toEqual(keys.map(() => undefined))
    }

    expect(proxy.lost).toBeGreaterThan(3)
  },
)

test('B04 a number that is presented brings what was lost at once', async () => {
  const server = await rig.redis()
  const proxy = await lossyProxy(server.port as number, 1, seededRandom(1), isChanges)
  rig.closing(() => proxy.close())
  const here = await rig.ready(proxy.url)
  const there = await rig.ready(server)

  for (const round of range(20)) {
    await there.cache.set('a', round, { tags: ['red'] })
    await until(async () => (await here.cache.get('a')) === round)
    const { number } = await there.cache.invalidateTags(['red'])
    expect(await here.cache.get('a', { after: number })).toBeUndefined()
  }
})

test('B06 a server that answers heartbeats and nothing else is given up, and memory with it', async () => {
  const server = await rig.redis()
  const proxy = await lossyProxy(server.port as number, 0, Math.random, isChanges)
  rig.closing(() => proxy.close())
  const here = await rig.ready(proxy.url, {
    redis: { maxUnverified: '1s', commandTimeout: 150, writeTimeout: 300 },
  })
  await here.cache.set('a', 'old')

  proxy.mute = /evalsha/i

  await until(() => here.cache.peek('a') === undefined)
  await until(() => here.said.connection.at(-1)?.state === 'disconnected')
  expect(await settles(here.cache.getOrSet('a', () => 'loaded'))).toBe('loaded')
  proxy.mute = undefined
  await untilShared(here)
})
