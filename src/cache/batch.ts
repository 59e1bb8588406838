import { CacheError } from '../base/errors.ts'
import type { LoadNotes } from './load-context.ts'

/**
 * Loads what is missing of many keys.
 *
 * @returns the values in the order of the params; an `Error` in place of a value fails that key
 */
export type LoadMany<P, V> = (
  params: readonly P[],
  context: { readonly signal: AbortSignal },
) => readonly (V | Error)[] | Promise<readonly (V | Error)[]>

interface Waiting<P> {
  readonly params: P
  readonly notes: LoadNotes
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

/**
 * Turns the loads of one `getMany` into one call of the loader.
 *
 * It waits until each of its members has either asked for its value or stepped back, because it
 * was found after all or another process loads it. Then it calls the loader once for all who
 * asked. A member that asks again (its value was invalidated) is loaded by itself.
 */
export class Batch<P, V> {
  readonly #loadMany: LoadMany<P, V>
  #undecided: number
  #waiting: Waiting<P>[] = []

  constructor(members: number, loadMany: LoadMany<P, V>) {
    this.#undecided = members
    this.#loadMany = loadMany
  }

  /** One member's two words; each is heard once. */
  member(params: P): { load: (notes: LoadNotes) => Promise<unknown>; stepBack: () => void } {
    let isDecided = false
    const decide = (): void => {
      if (isDecided) return
      isDecided = true
      this.#undecided -= 1
      if (this.#undecided === 0) this.#flush()
    }
    return {
      stepBack: decide,
      load: (notes) =>
        new Promise((resolve, reject) => {
          this.#waiting.push({ params, notes, resolve, reject })
          if (isDecided && this.#undecided === 0) this.#flush()
          else decide()
        }),
    }
  }

  #flush(): void {
    const waiting = this.#waiting
    if (waiting.length === 0) return
    this.#waiting = []
    this.#load(waiting).catch((error: unknown) => {
      for (const { reject } of waiting) reject(error)
    })
  }

  async #load(waiting: readonly Waiting<P>[]): Promise<void> {
    const signal = untilAllLeft(waiting.map(({ notes }) => notes.signal))
    const values = await this.#loadMany(
      waiting.map(({ params }) => params),
      { signal },
    )
    if (!Array.isArray(values) || values.length !== waiting.length) {
      const got = Array.isArray(values) ? `${values.length}` : 'no array'
      const sentence = `loadMany must return ${waiting.length} values in the order of the params`
      throw new CacheError('ERR_LOAD', `${sentence}, got ${got}.`)
    }
    waiting.forEach(({ resolve, reject }, i) => {
      const value = values[i]
      if (value instanceof Error) reject(value)
      else resolve(value)
    })
  }
}

/** Aborted when each of the signals is: one caller who still waits is reason enough to go on. */
function untilAllLeft(signals: readonly AbortSignal[]): AbortSignal {
  const controller = new AbortController()
  let waiting = signals.length
  for (const signal of signals) {
    const left = (): void => {
      waiting -= 1
      if (waiting === 0) controller.abort(signal.reason)
    }
    if (signal.aborted) left()
    else signal.addEventListener('abort', left, { once: true })
  }
  return controller.signal
}
