import type { Clock } from '../base/clock.ts'
import { CacheError } from '../base/errors.ts'

/** The promise's outcome if it comes within `ms`, else `fallback`, whatever comes later. */
export function within<T, F>(
  clock: Clock,
  ms: number,
  promise: Promise<T>,
  fallback: F,
): Promise<T | F> {
  return new Promise((resolve, reject) => {
    const cancel = clock.schedule(ms, () => resolve(fallback))
    promise.then(
      (value) => {
        cancel()
        resolve(value)
      },
      (error: unknown) => {
        cancel()
        reject(error)
      },
    )
  })
}

/**
 * The promise's outcome, or an error once a load has taken too long; the load itself goes on.
 *
 * @param ms 0 waits for ever
 * @throws {CacheError} ERR_LOAD_TIMEOUT
 */
export async function withinHardTimeout<T>(
  clock: Clock,
  ms: number,
  definition: string,
  promise: Promise<T>,
): Promise<T> {
  if (ms === 0) return promise
  const outcome = await within(clock, ms, promise, TOO_LATE)
  if (outcome !== TOO_LATE) return outcome
  const sentence = `The load of '${definition}' took longer than hardTimeout (${ms} ms).`
  throw new CacheError('ERR_LOAD_TIMEOUT', `${sentence} It goes on and fills the cache.`)
}

/**
 * The promise's outcome, until it is given up: by hand, or after `ms`. A loader that never ends must
 * not keep its turn, nor the key to itself, for ever.
 *
 * @param tooLate makes the reason once the time is up
 */
export function unlessGivenUp<T>(
  clock: Clock,
  ms: number,
  promise: Promise<T>,
  tooLate: () => unknown,
): { readonly outcome: Promise<T>; readonly giveUp: (reason: unknown) => void } {
  let giveUp: (reason: unknown) => void = () => {}
  const outcome = new Promise<T>((resolve, reject) => {
    const cancel = ms === Infinity ? () => {} : clock.schedule(ms, () => reject(tooLate()))
    giveUp = (reason) => {
      cancel()
      reject(reason)
    }
    promise.then(resolve, reject).finally(cancel)
  })
  return { outcome, giveUp }
}

/** The promise's outcome, or the signal's reason as soon as it is aborted. */
export function unlessAborted<T>(
  signal: AbortSignal,
  promise: Promise<T>,
  leave: () => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      leave()
      reject(signal.reason)
    }
    // In the very step that settles: who has the outcome does not leave any more.
    const stay = (): void => signal.removeEventListener('abort', stop)
    if (signal.aborted) return stop()
    signal.addEventListener('abort', stop, { once: true })
    promise.then(
      (value) => {
        stay()
        resolve(value)
      },
      (error: unknown) => {
        stay()
        reject(error)
      },
    )
  })
}

const TOO_LATE: unique symbol = Symbol('too late')
