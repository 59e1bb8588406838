import { optionError } from '../base/errors.ts'

export interface WarmOptions {
  /**
   * How many keys are asked for at once.
   *
   * @default 10
   */
  readonly concurrency?: number
  /** Called after each key. */
  readonly onProgress?: (progress: WarmProgress) => void
  /** Stops before the next key. */
  readonly signal?: AbortSignal | undefined
}

export interface WarmProgress {
  /** Keys that have a value now. */
  readonly warmed: number
  /** Keys whose load failed. */
  readonly failed: number
}

/** A set of params known beforehand, or found while it is gone through. */
export type WarmSet<P> = Iterable<P> | AsyncIterable<P>

const DEFAULTS = { concurrency: 10 }

/**
 * Reads each of the params once, so that it is there when somebody asks. Failures are counted and
 * stop nothing; what is fresh already costs the source nothing.
 *
 * @throws {CacheError} ERR_OPTION; whatever the set itself throws
 */
export async function warm<P>(
  set: WarmSet<P>,
  read: (params: P) => Promise<unknown>,
  options: WarmOptions = {},
): Promise<WarmProgress> {
  const { concurrency = DEFAULTS.concurrency, onProgress, signal } = options
  if (!Number.isInteger(concurrency) || concurrency < 1) {
    throw optionError('concurrency', 'a whole number of at least 1', concurrency)
  }
  const progress = { warmed: 0, failed: 0 }
  const next = oneAtATime(set)
  const work = async (): Promise<void> => {
    for (;;) {
      if (signal?.aborted) return
      const { done, value } = await next()
      if (done) return
      const isWarm = await read(value).then(yes, no)
      if (isWarm) progress.warmed += 1
      else progress.failed += 1
      onProgress?.({ ...progress })
    }
  }
  await Promise.all(Array.from({ length: concurrency }, work))
  return progress
}

/** Several ask; the set is asked for one at a time, as a generator demands. */
function oneAtATime<P>(set: WarmSet<P>): () => Promise<IteratorResult<P, unknown>> {
  const iterator =
    Symbol.asyncIterator in set ? set[Symbol.asyncIterator]() : set[Symbol.iterator]()
  let last: Promise<unknown> = Promise.resolve()
  return () => {
    const step = last.then(() => iterator.next())
    last = step.catch(() => {})
    return step
  }
}

function yes(): boolean {
  return true
}

function no(): boolean {
  return false
}
