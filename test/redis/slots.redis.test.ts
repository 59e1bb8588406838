import { expect, test } from 'vitest'
import { createCache } from '../../src/index.ts'
import { eventually } from '../support/eventually.ts'
import { startRedis } from '../support/redis-server.ts'

test('a server that takes one slot at a time is asked slot by slot', async () => {
  await using redis = await startRedis({
    tcp: { port: 17_311 },
    config: { 'cluster-enabled': 'yes' },
  })
  await redis.command('CLUSTER', 'ADDSLOTSRANGE', 0, 16_383)
  await eventually(async () =>
    String(await redis.command('CLUSTER', 'INFO')).includes('cluster_state:ok'),
  )
  const cache = createCache({ namespace: 'slots', memory: false, redis: { url: redis.url } })
  await cache.ready()
  let loads = 0
  const numbers = cache.define({
    name: 'number',
    load: async (id: number) => {
      loads += 1
      return id
    },
    tags: (id) => [`n:${id}`],
  })
  const ids = Array.from({ length: 50 }, (_, i) => i)

  await numbers.getMany(ids)
  expect(await numbers.getMany(ids)).toEqual(ids)
  expect(await Promise.all(ids.map((id) => numbers.get(id)))).toEqual(ids)
  expect(loads).toBe(50)

  expect(await numbers.delete(1, 2, 3)).toMatchObject({ applied: 'all' })
  expect(await cache.invalidateTags(['n:4'])).toMatchObject({ applied: 'all' })
  await numbers.getMany(ids)
  expect(loads).toBe(54)
  expect(cache.stats().shared?.isAvailable).toBe(true)
  await cache.close()
})
