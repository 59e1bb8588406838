import type { Cancel, Clock } from '../base/clock.ts'
import { CacheError } from '../base/errors.ts'

/**
 * Settles as `run` does, or rejects after `ms`, whatever `run` does afterwards.
 *
 * When the time is up, the input that has already arrived is handled first: a process that was
 * busy for longer than the deadline would otherwise find that every call has timed out, although
 * the answers lie in its socket.
 *
 * @throws {CacheError} ERR_STORE_TIMEOUT
 */
export function withDeadline<T>(
  clock: Clock,
  ms: number,
  doing: string,
  run: Promise<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void =>
      reject(new CacheError('ERR_STORE_TIMEOUT', `Redis: ${doing} took longer than ${ms} ms.`))
    const cancel: Cancel = clock.schedule(ms, () => clock.afterInput(giveUp))
    run.then(
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
