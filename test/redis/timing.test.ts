import { expect, test } from 'vitest'
import { withDeadline } from '../../src/redis/deadline.ts'
import { HeldLeases } from '../../src/redis/held-leases.ts'
import { ServerTime } from '../../src/redis/server-time.ts'
import { fakeClock } from '../../src/testing/fake-clock.ts'

test('a deadline passes on what comes in time, and stops its timer', async () => {
  const clock = fakeClock()

  expect(await withDeadline(clock, 100, 'a test', Promise.resolve(1))).toBe(1)
  await expect(withDeadline(clock, 100, 'a test', Promise.reject(new Error('no')))).rejects.toThrow(
    'no',
  )

  expect(clock.pending).toBe(0)
})

test('a deadline gives up when its time is over', async () => {
  const clock = fakeClock()
  const late = withDeadline(clock, 100, 'a test', new Promise(() => {}))
  const outcome = expect(late).rejects.toMatchObject({ code: 'ERR_STORE_TIMEOUT' })

  await clock.advanceAsync(100)

  await outcome
})

test('A07 a deadline that is over still takes what had already arrived', async () => {
  const clock = fakeClock()
  let arrive = (_value: string): void => {}
  const answer = new Promise<string>((resolve) => {
    arrive = resolve
  })
  const outcome = withDeadline(clock, 100, 'a test', answer)
  // The timer fires first; what lies in the socket is handled right after it.
  clock.schedule(100, () => clock.afterInput(() => {}))
  clock.schedule(100, () => arrive('in the socket'))

  await clock.advanceAsync(100)

  expect(await outcome).toBe('in the socket')
})

test('B11 the clock of the server is known by the shortest exchange', () => {
  const time = new ServerTime()
  time.observe(1_000, 1_200, 51_100)
  time.observe(2_000, 2_010, 52_005)
  time.observe(3_000, 3_500, 54_000)

  expect(time.toServer(5_000)).toBe(55_000)
  expect(time.toLocal(55_000)).toBe(5_000)
  expect(time.toServer(0)).toBe(0)
  expect(time.toLocal(0)).toBe(0)
})

test('B11 another server has another clock', () => {
  const time = new ServerTime()
  time.observe(0, 2, 50_001)
  time.reset()
  time.observe(1_000, 1_400, 1_200)

  expect(time.toServer(2_000)).toBe(2_000)
})

test('a held lease is renewed three times in its life, until it is let go', async () => {
  const clock = fakeClock()
  const renewed: string[] = []
  const held = new HeldLeases(clock, 900, 60_000, async (key, token) => {
    renewed.push(`${key} ${token}`)
  })
  held.keep('a:l', 'one')

  await clock.advanceAsync(950)
  expect(renewed).toEqual(['a:l one', 'a:l one', 'a:l one'])
  held.letGo('one')
  await clock.advanceAsync(5_000)

  expect(renewed).toHaveLength(3)
  expect([held.size, clock.pending]).toEqual([0, 0])
})

test('a held lease is renewed for so long and no longer, also where renewing fails', async () => {
  const clock = fakeClock()
  let renewals = 0
  const held = new HeldLeases(clock, 300, 1_000, () => {
    renewals += 1
    return Promise.reject(new Error('down'))
  })
  held.keep('a:l', 'one')
  held.keep('b:l', 'two')

  await clock.advanceAsync(10_000)

  expect(renewals).toBe(18)
  expect([held.size, clock.pending]).toEqual([0, 0])
})

test('all leases are let go at once', () => {
  const clock = fakeClock()
  const held = new HeldLeases(clock, 300, 1_000, async () => {})
  for (const token of ['one', 'two']) held.keep('a:l', token)

  held.letGoAll()

  expect([held.size, clock.pending]).toEqual([0, 0])
})
