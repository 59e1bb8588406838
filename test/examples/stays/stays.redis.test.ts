import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Database } from '../../../examples/stays/db/database.ts'
import { openCache } from '../../../examples/stays/open-cache.ts'
import { eventually } from '../../support/eventually.ts'
import { type RedisServer, startRedis } from '../../support/redis-server.ts'
import { farNights, findHouse, openMarket, openShop, type Shop } from './shop.ts'

describe('two processes of stays on one Redis', () => {
  let market: Database
  let redis: RedisServer
  let here: Shop
  let there: Shop

  beforeAll(async () => {
    redis = await startRedis()
    market = (await openMarket()).database
    here = await openShop(market, { redis: { url: redis.url } })
    there = await openShop(market, { redis: { url: redis.url } })
    await Promise.all([here.cache.ready(), there.cache.ready()])
  }, 60_000)
  afterAll(async () => {
    await Promise.all([here.close(), there.close()])
    await market.close()
    await redis.stop()
  })

  test('what one has loaded the other need not ask for', async () => {
    const path = '/api/products/search?q=balcony&guests=2'
    const first = await here.ask(path)

    const queries = await there.queriesOf(async () => {
      expect((await there.ask(path)).body).toEqual(first.body)
    })

    expect(queries).toBe(0)
  })

  test('a change at one shows at the other', async () => {
    const house = await findHouse(market)
    const path = `/api/products/${house.id}`
    const host = await here.logIn(house.hostEmail)
    await Promise.all([here.ask(path), there.ask(path)])

    const body = { name: 'Renamed here, read there' }
    await here.ask(path, { method: 'PATCH', token: host, body })

    await eventually(async () => {
      expect((await there.ask(path)).body.name).toBe('Renamed here, read there')
    })
  })

  test('a booking at one is known to the other', async () => {
    const house = await findHouse(market, 1)
    const token = await here.logIn('guest1@stays.example')
    const { from, to } = farNights(1)
    const path = `/api/products/${house.id}/availability?from=${from}&to=${to}`
    await there.ask(path)

    const body = {
      productId: house.id,
      roomId: house.roomId,
      checkIn: from,
      checkOut: to,
      guests: 1,
    }
    await here.ask('/api/bookings', { method: 'POST', token, body })

    await eventually(async () => {
      expect((await there.ask(path)).body.rooms[0].freeUnits).toBe(0)
    })
  })

  test('who logs out at one is out at the other', async () => {
    const token = await here.logIn('guest2@stays.example')
    await Promise.all([here, there].map((shop) => shop.ask('/api/sessions/me', { token })))

    await here.ask('/api/sessions/me', { method: 'DELETE', token })

    await eventually(async () => {
      expect((await there.ask('/api/sessions/me', { token })).status).toBe(401)
    })
  })

  test('a session read from Redis still knows when it ends', async () => {
    const token = await here.logIn('guest3@stays.example')
    const first = await here.ask('/api/sessions/me', { token })

    expect((await there.ask('/api/sessions/me', { token })).body).toEqual(first.body)
  })

  test('no token ever is a key or a value in Redis', async () => {
    const token = await here.logIn('guest4@stays.example')
    await here.ask('/api/sessions/me', { token })
    const client = redis.client()

    const keys = await client.keys('*')
    const values = await Promise.all(
      keys.map((key) => client.getBuffer(key).catch(() => Buffer.alloc(0))),
    )
    client.disconnect()

    expect(keys.some((key) => key.includes(':sessions:'))).toBe(true)
    expect(keys.filter((key) => key.includes(token))).toEqual([])
    expect(values.filter((value) => value?.includes(token))).toEqual([])
  })
})

describe('the cache that stays opens', () => {
  test('starts a private redis-server where the environment names none', async () => {
    const { cache, description, close } = await openCache({})
    await cache.set('greeting', 'hello')

    expect(description).toContain('private redis-server')
    expect(cache.stats().shared?.isAvailable).toBe(true)
    await close()
  })

  test('goes without one where none is installed', async () => {
    const environment = { REDIS_SERVER_BIN: '/nowhere/redis-server' }
    const { cache, description, close } = await openCache(environment)

    expect(description).toContain('memory (64mb) alone')
    expect(cache.stats().shared).toBeUndefined()
    await close()
  })

  test('is switched off by the environment', async () => {
    const { cache, description, close } = await openCache({ CACHE_ENABLED: 'false' })

    expect(cache.enabled).toBe(false)
    expect(description).toContain('switched off')
    await close()
  })
})
