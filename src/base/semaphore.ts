import { CacheError } from './errors.ts'

interface Waiting {
  readonly enter: () => void
  next: Waiting | undefined
}

/**
 * Lets at most `limit` runs go on at once; the others wait in the order in which they came.
 *
 * At most `maxWaiting` wait. One more is refused at once: a queue that only grows serves nobody.
 */
export class Semaphore {
  readonly #limit: number
  readonly #maxWaiting: number
  #running = 0
  #waiting = 0
  #first: Waiting | undefined
  #last: Waiting | undefined

  constructor(limit: number, maxWaiting: number) {
    this.#limit = limit
    this.#maxWaiting = maxWaiting
  }

  get running(): number {
    return this.#running
  }

  get waiting(): number {
    return this.#waiting
  }

  /** @throws {CacheError} ERR_OVERLOAD when too many wait already */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#limit) await this.#turn()
    else this.#running += 1
    try {
      return await work()
    } finally {
      this.#leave()
    }
  }

  #turn(): Promise<void> {
    if (this.#waiting >= this.#maxWaiting) {
      const limits = `${this.#running} loads run and ${this.#waiting} wait`
      return Promise.reject(new CacheError('ERR_OVERLOAD', `No room for another load: ${limits}.`))
    }
    this.#waiting += 1
    return new Promise((enter) => {
      const waiting: Waiting = { enter, next: undefined }
      if (this.#last) this.#last.next = waiting
      else this.#first = waiting
      this.#last = waiting
    })
  }

  /** Hands the place on directly, so that nobody who comes later can slip in between. */
  #leave(): void {
    const next = this.#first
    if (!next) {
      this.#running -= 1
      return
    }
    this.#first = next.next
    if (!this.#first) this.#last = undefined
    this.#waiting -= 1
    next.enter()
  }
}
