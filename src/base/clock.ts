/*
 * The only file that reads the time, draws chance or starts a timer. Everything else takes a
 * `Clock`, so that the same code runs on the fake clock of `cachetier/testing`.
 *
 * Time here is monotonic: the process's start on the wall clock plus `performance.now()`. A wall
 * clock that is set back or forward while the process runs changes no freshness.
 *
 * Most of an in-process hit is the price of asking for the time (about 30 ns of 60). `coarseNow`
 * therefore remembers its answer until a timer of 1 ms, or 128 answers, whichever is first: a loop
 * that never yields to timers still sees the time move on.
 */

/** Stops what it was returned for. Calling it twice is allowed. */
export type Cancel = () => void

/** Time and chance, as everything in this package receives them. */
export interface Clock {
  /** Milliseconds since the epoch; never runs backwards. */
  now(): number
  /** `now()`, at most about a millisecond late: for paths where asking costs more than the work. */
  coarseNow(): number
  /** Uniform in [0, 1), as `Math.random`. */
  random(): number
  /** Calls `run` once, after `delayMs`. Does not keep the process alive. Any length is allowed. */
  schedule(delayMs: number, run: () => void): Cancel
  /** Calls `run` after the input that has already arrived at this process has been handled. */
  afterInput(run: () => void): void
}

/** The longest delay that `setTimeout` takes; longer ones would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1
const COARSE_MS = 1
const COARSE_READS = 128
/** Read once: the getter is slow, and the origin of a process does not change. */
const ORIGIN_MS = performance.timeOrigin

class SystemClock implements Clock {
  #coarse = 0
  #readsLeft = 0
  #isArmed = false
  readonly #forget = (): void => {
    this.#isArmed = false
    this.#readsLeft = 0
  }

  now(): number {
    return ORIGIN_MS + performance.now()
  }

  coarseNow(): number {
    if (this.#readsLeft > 0) {
      this.#readsLeft -= 1
      return this.#coarse
    }
    return this.#readAgain()
  }

  random(): number {
    return Math.random()
  }

  schedule(delayMs: number, run: () => void): Cancel {
    if (delayMs <= MAX_TIMER_MS) {
      const timer = setTimeout(run, delayMs)
      timer.unref()
      return () => clearTimeout(timer)
    }
    let cancel = this.schedule(MAX_TIMER_MS, () => {
      cancel = this.schedule(delayMs - MAX_TIMER_MS, run)
    })
    return () => cancel()
  }

  afterInput(run: () => void): void {
    setImmediate(run)
  }

  #readAgain(): number {
    this.#readsLeft = COARSE_READS
    this.#coarse = this.now()
    // A loop that never yields would otherwise pile up a timer for each 128 reads.
    if (!this.#isArmed) {
      this.#isArmed = true
      setTimeout(this.#forget, COARSE_MS).unref()
    }
    return this.#coarse
  }
}

/** Real time and real chance. */
export const systemClock: Clock = new SystemClock()

/** Settles after `ms`. */
export function sleep(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => clock.schedule(ms, resolve))
}
