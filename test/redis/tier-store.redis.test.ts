import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Clock, systemClock } from '../../src/base/clock.ts'
import { createCache } from '../../src/index.ts'
import { createTierStore } from '../../src/redis/index.ts'
import type { Entry } from '../../src/store/entry.ts'
import type { Store } from '../../src/store/store.ts'
import { FAKE_START } from '../../src/testing/fake-clock.ts'
import { storeSuite } from '../../src/testing/store-suite.ts'
import { type RedisServer, startRedis } from '../support/redis-server.ts'

let redis: RedisServer

beforeAll(async () => {
  redis = await startRedis()
})

afterAll(() => redis.stop())

let opened = 0

// The server's own clock cannot be moved. So a millisecond of the suite is made a minute of the
// server's: no entry expires there before the suite says so, however slow the machine is.
const SCALE = 60_000

storeSuite('Redis', async (clock) => {
  const scaled: Clock = {
    ...realTimers(),
    now: () => scale(clock.now()),
    coarseNow: () => scale(clock.now()),
  }
  opened += 1
  return minutes(await createTierStore({ url: redis.url, namespace: `suite:${opened}` }, scaled))
})

describe('createTierStore', () => {
  test('reads what a cache has stored under a key', async () => {
    const cache = createCache({ namespace: 'tier', redis: { url: redis.url } })
    await cache.ready()
    await cache.set('greeting', 'hello', { tags: ['a'] })

    const store = await createTierStore({ url: redis.url, namespace: 'tier' })

    expect(await store.get('greeting')).toMatchObject({ value: 'hello', tags: ['a'] })
    await store.delete('greeting')
    expect(await store.get('greeting')).toBeUndefined()
    await store.close()
    await cache.close()
  })

  test('says at once that there is no server', async () => {
    const opening = createTierStore({ socketPath: '/nowhere', namespace: 'tier', maxRetries: 0 })

    await expect(opening).rejects.toMatchObject({ code: 'ERR_STORE' })
  })
})

function realTimers(): Pick<Clock, 'random' | 'schedule' | 'afterInput'> {
  return {
    random: () => systemClock.random(),
    schedule: (ms, run) => systemClock.schedule(ms, run),
    afterInput: (run) => systemClock.afterInput(run),
  }
}

function scale(time: number): number {
  return FAKE_START + (time - FAKE_START) * SCALE
}

function unscale(time: number): number {
  return FAKE_START + (time - FAKE_START) / SCALE
}

/** The same store to those who count its minutes as milliseconds. */
function minutes(store: Store): Store {
  return {
    get: async (key) => withTimes(await store.get(key), unscale),
    set: (key, entry) => store.set(key, withTimes(entry, scale) as Entry),
    delete: (key) => store.delete(key),
    close: () => store.close(),
  }
}

function withTimes(entry: Entry | undefined, convert: (time: number) => number): Entry | undefined {
  return (
    entry && {
      ...entry,
      createdAt: convert(entry.createdAt),
      freshUntil: convert(entry.freshUntil),
      staleUntil: convert(entry.staleUntil),
    }
  )
}
