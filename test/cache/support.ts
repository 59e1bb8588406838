import { afterEach, expect } from 'vitest'
import { type Cache, type CacheOptions, createCache } from '../../src/index.ts'
import { type FakeClock, fakeClock } from '../../src/testing/index.ts'
import { expectCountsAddUp } from '../support/invariants.ts'

interface Opened {
  readonly cache: Cache
  readonly clock: FakeClock
}

const opened: Opened[] = []

/** A cache in memory alone, whose time stands still. After the test it is checked and closed. */
export function openCache(options: Omit<CacheOptions, 'clock' | 'redis'> = {}): Opened {
  const clock = fakeClock()
  const both = { clock, cache: createCache({ ...options, clock }) }
  opened.push(both)
  return both
}

afterEach(async () => {
  for (const { cache, clock } of opened.splice(0)) {
    expectCountsAddUp(cache.stats())
    await cache.close()
    await clock.settle()
    expect(clock.pending, 'timers left').toBe(0)
  }
})

/** A promise in the hands of a test. */
export interface Deferred<T> {
  readonly promise: Promise<T>
  readonly resolve: (value: T) => void
  readonly reject: (error: unknown) => void
}

export function deferred<T>(): Deferred<T> {
  let resolve!: (value: T) => void
  let reject!: (error: unknown) => void
  const promise = new Promise<T>((yes, no) => {
    resolve = yes
    reject = no
  })
  return { promise, resolve, reject }
}

/** A loader that answers when told to. */
export interface ManualLoader<T> {
  readonly load: (...args: readonly unknown[]) => Promise<T>
  readonly calls: readonly Deferred<T>[]
  /** Settles the call of this number, from 0 on, as soon as it was made. */
  answer(call: number, value: T): Promise<void>
  fail(call: number, error: unknown): Promise<void>
}

export function manualLoader<T>(): ManualLoader<T> {
  const calls: Deferred<T>[] = []
  const called = async (call: number): Promise<Deferred<T>> => {
    await turn()
    const made = calls[call]
    if (!made) throw new Error(`The loader was called ${calls.length} times, not ${call + 1}.`)
    return made
  }
  return {
    calls,
    load: () => {
      const call = deferred<T>()
      calls.push(call)
      return call.promise
    },
    answer: async (call, value) => {
      ;(await called(call)).resolve(value)
      await turn()
    },
    fail: async (call, error) => {
      ;(await called(call)).reject(error)
      await turn()
    },
  }
}

/** Everything that can go on without time or input has gone on. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** Whether it has settled by now. */
export async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol('pending')
  const later = turn().then(() => pending)
  const first = await Promise.race([promise.catch(() => undefined), later])
  return first !== pending
}
