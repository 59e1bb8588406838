import { type Cancel, type Clock, systemClock } from '../base/clock.ts'
import { seededRandom } from './random.ts'

/** A clock that stands still until a test moves it. */
export interface FakeClock extends Clock {
  /** How many timers wait: at the end of most tests, none. */
  readonly pending: number
  /**
   * Moves the time on and runs what falls due, in order of time, then of scheduling. Timers that a
   * timer schedules inside the span run too.
   */
  advance(ms: number): void
  /** Like `advance`, but lets promises settle before, between and after the timers. */
  advanceAsync(ms: number): Promise<void>
  /** Lets promises settle; the time stands still. */
  settle(): Promise<void>
  /** Replaces the chance: a constant, a function, or `{ seed }` for numbers that repeat. */
  setRandom(random: number | (() => number) | { readonly seed: number }): void
}

/** Where a fake clock stands when no start is given: 2026-01-01T00:00:00Z. */
export const FAKE_START: number = Date.UTC(2026, 0, 1)

/**
 * Time and chance in the hands of a test. Chance starts from a fixed seed; `coarseNow()` equals
 * `now()`; `afterInput(run)` waits for the next `advance`, of 0 ms at least.
 *
 * @example
 * ```ts
 * const clock = fakeClock()
 * clock.schedule(1_000, refresh)
 * clock.advance(1_000)
 * ```
 */
export function fakeClock(start: number = FAKE_START): FakeClock {
  return new ManualClock(start)
}

interface Timer {
  readonly at: number
  readonly run: () => void
}

/** A timer that schedules itself without end would hang the test that it belongs to. */
const MAX_TIMERS_PER_ADVANCE = 1_000_000

class ManualClock implements FakeClock {
  #now: number
  #random = seededRandom(1)
  /** Sorted by `at`; of equal ones, the earlier scheduled comes first. */
  readonly #timers: Timer[] = []

  constructor(start: number) {
    this.#now = start
  }

  get pending(): number {
    return this.#timers.length
  }

  now(): number {
    return this.#now
  }

  coarseNow(): number {
    return this.#now
  }

  random(): number {
    return this.#random()
  }

  schedule(delayMs: number, run: () => void): Cancel {
    if (Number.isNaN(delayMs)) throw new RangeError('Expected a delay in milliseconds, got NaN.')
    const timer = { at: this.#now + Math.max(0, delayMs), run }
    this.#timers.splice(this.#placeFor(timer.at), 0, timer)
    return () => this.#cancel(timer)
  }

  afterInput(run: () => void): void {
    this.schedule(0, run)
  }

  advance(ms: number): void {
    const target = this.#now + ms
    let left = MAX_TIMERS_PER_ADVANCE
    while (this.#runNext(target)) left = countDown(left)
    this.#now = Math.max(this.#now, target)
  }

  async advanceAsync(ms: number): Promise<void> {
    const target = this.#now + ms
    let left = MAX_TIMERS_PER_ADVANCE
    await this.settle()
    while (this.#runNext(target)) {
      left = countDown(left)
      await this.settle()
    }
    this.#now = Math.max(this.#now, target)
    await this.settle()
  }

  settle(): Promise<void> {
    return new Promise((resolve) => systemClock.afterInput(resolve))
  }

  setRandom(random: number | (() => number) | { readonly seed: number }): void {
    if (typeof random === 'function') this.#random = random
    else if (typeof random === 'number') this.#random = () => random
    else this.#random = seededRandom(random.seed)
  }

  #runNext(target: number): boolean {
    const next = this.#timers[0]
    if (next === undefined || next.at > target) return false
    this.#timers.shift()
    this.#now = Math.max(this.#now, next.at)
    next.run()
    return true
  }

  #cancel(timer: Timer): void {
    const index = this.#timers.indexOf(timer)
    if (index >= 0) this.#timers.splice(index, 1)
  }

  /** After every timer that is due at the same moment or before. */
  #placeFor(at: number): number {
    let low = 0
    let high = this.#timers.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#timers[middle] as Timer).at <= at) low = middle + 1
      else high = middle
    }
    return low
  }
}

function countDown(left: number): number {
  if (left > 1) return left - 1
  throw new Error(
    `More than ${MAX_TIMERS_PER_ADVANCE} timers fell due: one schedules itself again.`,
  )
}
