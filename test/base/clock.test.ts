import { afterEach, describe, expect, test, vi } from 'vitest'
import { sleep, systemClock } from '../../src/base/clock.ts'
import { fakeClock } from '../../src/testing/fake-clock.ts'
import { openResources } from '../support/invariants.ts'

const DAY_MS = 86_400_000

describe('on real time', () => {
  test('tells the time since the epoch, never backwards', () => {
    const before = Date.now()

    const times = Array.from({ length: 1_000 }, () => systemClock.now())

    expect(times).toEqual([...times].sort((a, b) => a - b))
    // A wall clock that was set since the process began would show here; an hour is generous.
    expect(Math.abs((times[0] as number) - before)).toBeLessThan(3_600_000)
  })

  test('never shows a coarse time that is ahead of the exact one', () => {
    for (let i = 0; i < 1_000; i++) {
      expect(systemClock.coarseNow()).toBeLessThanOrEqual(systemClock.now())
    }
  })

  test('moves the coarse time on in a loop that never yields', () => {
    const first = systemClock.coarseNow()
    const exact = systemClock.now()
    while (systemClock.now() < exact + 2);

    const later = Array.from({ length: 200 }, () => systemClock.coarseNow())

    expect(later.at(-1)).toBeGreaterThan(first)
  })

  test('keeps the coarse time within a turn of timers', async () => {
    const first = systemClock.coarseNow()

    await sleep(systemClock, 5)

    expect(systemClock.coarseNow()).toBeGreaterThan(first)
  })

  test('draws chance in [0, 1)', () => {
    const draws = Array.from({ length: 1_000 }, () => systemClock.random())

    expect(Math.min(...draws)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...draws)).toBeLessThan(1)
    expect(new Set(draws).size).toBeGreaterThan(990)
  })

  test('lets input come first', async () => {
    const order: string[] = []

    await new Promise<void>((resolve) => {
      systemClock.afterInput(() => {
        order.push('after input')
        resolve()
      })
      process.nextTick(() => order.push('tick'))
      queueMicrotask(() => order.push('job'))
    })

    expect(order).toHaveLength(3)
    expect(order.at(-1)).toBe('after input')
  })

  test('does not keep the process alive', () => {
    const before = openResources()

    const cancel = systemClock.schedule(DAY_MS, () => {})

    expect(openResources()).toEqual(before)
    cancel()
    cancel()
  })
})

describe('with timers that are moved by hand', () => {
  afterEach(() => {
    vi.useRealTimers()
  })

  test('waits longer than setTimeout can', () => {
    vi.useFakeTimers()
    const run = vi.fn()
    systemClock.schedule(60 * DAY_MS, run)

    vi.advanceTimersByTime(60 * DAY_MS - 1)
    expect(run).not.toHaveBeenCalled()

    vi.advanceTimersByTime(1)
    expect(run).toHaveBeenCalledOnce()
  })

  test('cancels a long wait in any of its stretches', () => {
    vi.useFakeTimers()
    const run = vi.fn()
    const cancelFirst = systemClock.schedule(60 * DAY_MS, run)
    const cancelSecond = systemClock.schedule(60 * DAY_MS, run)

    cancelFirst()
    vi.advanceTimersByTime(30 * DAY_MS)
    cancelSecond()
    vi.advanceTimersByTime(60 * DAY_MS)

    expect(run).not.toHaveBeenCalled()
    expect(vi.getTimerCount()).toBe(0)
  })
})

test('sleeps on any clock', async () => {
  const clock = fakeClock()
  let isAwake = false
  void sleep(clock, 10).then(() => {
    isAwake = true
  })

  await clock.advanceAsync(9)
  expect(isAwake).toBe(false)

  await clock.advanceAsync(1)
  expect(isAwake).toBe(true)
})
