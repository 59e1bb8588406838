import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type EarlyRefresh, earlyFrom, shouldRefreshEarly } from '../../src/cache/early-refresh.ts'
import { LoadNotes } from '../../src/cache/load-context.ts'
import { checkTags, type EntryParts, makeEntry } from '../../src/cache/make-entry.ts'
import { resolvePolicy } from '../../src/cache/options.ts'
import { unlessAborted, within, withinHardTimeout } from '../../src/cache/waiting.ts'
import { judge } from '../../src/store/entry.ts'
import { fakeClock } from '../../src/testing/index.ts'
import { deferred } from './support.ts'

describe('an entry is judged', () => {
  test.each([
    [9, 'fresh'],
    [10, 'stale'],
    [19, 'stale'],
    [20, 'expired'],
    [Number.POSITIVE_INFINITY, 'expired'],
  ])('at %d as %s', (now, freshness) => {
    expect(judge({ freshUntil: 10, staleUntil: 20 }, now)).toBe(freshness)
  })

  test('as stale once it was expired by hand, and as gone where it had no grace', () => {
    expect(judge({ freshUntil: 0, staleUntil: 20 }, 5)).toBe('stale')
    expect(judge({ freshUntil: 0, staleUntil: 0 }, 5)).toBe('expired')
  })
})

describe('an early refresh', () => {
  const due: EarlyRefresh = {
    now: 950,
    freshUntil: 1_000,
    loadMs: 100,
    beta: 1,
    random: () => 0.5,
  }

  test.each<[string, Partial<EarlyRefresh>, boolean]>([
    ['the draw is long enough', { random: () => 0.5 }, true],
    ['the draw is too short', { random: () => 0.3 }, false],
    ['the least draw', { random: () => 0 }, false],
    ['the expiry is far', { now: 100, random: () => 0.999_999 }, false],
    ['the load cost nothing', { loadMs: 0, random: () => 0.999_999 }, false],
    ['it is switched off', { beta: 0, random: () => 0.999_999 }, false],
    ['the load was slower', { loadMs: 200, random: () => 0.3 }, true],
    ['it is asked for eagerly', { beta: 2, random: () => 0.3 }, true],
  ])('where %s: %o → %s', (_name, over, isDue) => {
    expect(shouldRefreshEarly({ ...due, ...over })).toBe(isDue)
  })

  test('is never due before the moment from which it is asked for', () => {
    const ms = fc.nat(1_000_000)
    const part = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
    fc.assert(
      fc.property(ms, ms, ms, fc.nat(100), part, (now, freshUntil, loadMs, beta, random) => {
        const isDue = shouldRefreshEarly({ now, freshUntil, loadMs, beta, random: () => random })
        if (isDue) expect(now).toBeGreaterThanOrEqual(earlyFrom(freshUntil, loadMs, beta))
      }),
    )
  })
})

describe('a value becomes an entry', () => {
  const parts: EntryParts = {
    value: 'v',
    policy: resolvePolicy({ ttl: 1_000, grace: 500, negativeTtl: 100, jitter: 0.5 }),
    tags: [],
    stamp: 7,
    now: 10_000,
    loadMs: 12,
    chance: 0,
  }

  test('with its times, its stamp and what its load took', () => {
    expect(makeEntry(parts)).toEqual({
      value: 'v',
      createdAt: 10_000,
      freshUntil: 11_000,
      staleUntil: 11_500,
      loadMs: 12,
      tags: [],
      stamp: 7,
    })
  })

  test.each([
    ['jitter', { chance: 0.5 }, 10_750],
    ['null', { value: null }, 10_100],
    ['undefined', { value: undefined }, 10_100],
    ['false is a value', { value: false }, 11_000],
    ["the loader's ttl", { notes: notes({ ttl: '2s' }) }, 12_000],
    ["the loader's ttl for null", { value: null, notes: notes({ ttl: '2s' }) }, 12_000],
  ])('%s', (_name, over, freshUntil) => {
    expect(makeEntry({ ...parts, ...over })?.freshUntil).toBe(freshUntil)
  })

  test.each([
    ['that was skipped', { notes: notes({ isSkipped: true }) }],
    ['with a ttl of 0', { notes: notes({ ttl: 0 }) }],
  ])('but not one %s', (_name, over) => {
    expect(makeEntry({ ...parts, ...over })).toBeUndefined()
  })

  test('with the tags of both, each once', () => {
    const entry = makeEntry({ ...parts, tags: ['a', 'b'], notes: notes({ tags: ['b', 'c'] }) })

    expect(entry?.tags).toEqual(['a', 'b', 'c'])
    expect(checkTags([])).toBe(checkTags([]))
  })
})

describe('who waits', () => {
  test('gets the outcome that comes in time', async () => {
    const clock = fakeClock()

    expect(await within(clock, 10, Promise.resolve(1), 'late')).toBe(1)
    await expect(within(clock, 10, Promise.reject(new Error('x')), 'late')).rejects.toThrow('x')
    expect(clock.pending).toBe(0)
  })

  test('gets something else when it does not, whatever comes later', async () => {
    const clock = fakeClock()
    const { promise, reject } = deferred<number>()
    const outcome = within(clock, 10, promise, 'late')

    clock.advance(10)
    reject(new Error('too late to matter'))

    expect(await outcome).toBe('late')
  })

  test('waits no longer than the hard timeout', async () => {
    const clock = fakeClock()
    const never = new Promise<number>(() => {})
    const outcome = withinHardTimeout(clock, 10, 'product', never)
    const failed = expect(outcome).rejects.toMatchObject({ code: 'ERR_LOAD_TIMEOUT' })

    clock.advance(10)

    await failed
    expect(await withinHardTimeout(clock, 0, 'product', Promise.resolve(1))).toBe(1)
    expect(clock.pending).toBe(0)
  })

  test('leaves when told to, and not after the outcome', async () => {
    const controller = new AbortController()
    let left = 0
    const leave = (): void => {
      left += 1
    }

    expect(await unlessAborted(controller.signal, Promise.resolve(1), leave)).toBe(1)
    const waiting = unlessAborted(controller.signal, new Promise(() => {}), leave)
    controller.abort(new Error('enough'))

    await expect(waiting).rejects.toThrow('enough')
    expect(left).toBe(1)
  })
})

function notes(over: Partial<LoadNotes>): LoadNotes {
  return Object.assign(new LoadNotes(new AbortController(), undefined), over)
}
