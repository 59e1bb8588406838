import { expect, test } from 'vitest'
import { isCacheError } from '../../src/base/errors.ts'
import type { Entry } from '../../src/store/entry.ts'
import { chaosStore } from '../../src/testing/chaos-store.ts'
import { FAKE_START, fakeClock } from '../../src/testing/fake-clock.ts'
import { mapStore } from '../support/map-store.ts'

const entry: Entry = {
  value: 1,
  createdAt: FAKE_START,
  freshUntil: FAKE_START + 1_000,
  staleUntil: FAKE_START + 2_000,
  loadMs: 0,
  tags: [],
  stamp: 0,
}

test('fails every call when told to, and works again once healed', async () => {
  const store = chaosStore(mapStore(fakeClock()), { fail: 1 })

  const error = await store.get('key').catch((thrown: unknown) => thrown)
  expect(isCacheError(error, 'ERR_STORE')).toBe(true)
  await expect(store.set('key', entry)).rejects.toThrow('failed to set')
  await expect(store.delete('key')).rejects.toThrow('failed to delete')

  store.heal()
  await store.set('key', entry)
  expect(await store.get('key')).toBe(entry)
  expect(store.calls).toBe(5)
})

test('fails about as often as told, and the same calls for the same seed', async () => {
  const outcomes = async (seed: number): Promise<boolean[]> => {
    const store = chaosStore(mapStore(fakeClock()), { fail: 0.3, seed })
    const calls = Array.from({ length: 1_000 }, () => store.get('key'))
    const settled = await Promise.allSettled(calls)
    return settled.map(({ status }) => status === 'rejected')
  }

  const failed = await outcomes(1)

  expect(failed.filter(Boolean).length).toBeGreaterThan(250)
  expect(failed.filter(Boolean).length).toBeLessThan(350)
  expect(await outcomes(1)).toEqual(failed)
  expect(await outcomes(2)).not.toEqual(failed)
})

test('reaches the store late', async () => {
  const clock = fakeClock()
  const inner = mapStore(clock)
  const store = chaosStore(inner, { delayMs: 50, clock })

  const written = store.set('key', entry)
  await clock.advanceAsync(49)
  expect(await inner.get('key')).toBeUndefined()

  await clock.advanceAsync(1)
  await written
  expect(await inner.get('key')).toBe(entry)
})

test('hangs until it is healed', async () => {
  const store = chaosStore(mapStore(fakeClock()))
  store.change({ hang: 1 })
  expect(store.faults).toEqual({ fail: 0, hang: 1, delayMs: 0 })

  const reading = store.get('key')
  expect(store.hanging).toBe(1)

  store.heal()
  expect(await reading).toBeUndefined()
  expect(store.hanging).toBe(0)
})

test('rejects what hangs when it is closed', async () => {
  const store = chaosStore(mapStore(fakeClock()), { hang: 1 })
  const reading = store.get('key')
  const seen = expect(reading).rejects.toMatchObject({ code: 'ERR_CLOSED' })

  await store.close()

  await seen
})
