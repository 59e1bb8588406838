import type { Clock } from '../base/clock.ts'

/** So many tags are asked for at once: a script must not hold up the server. */
const TAGS_AT_ONCE = 1_000

interface Asking {
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/**
 * Gathers the questions for tags' numbers of one turn of the event loop: a process that has just
 * joined meets a hundred older entries at once, and would ask a hundred times.
 */
export class TagLearner {
  readonly #clock: Clock
  readonly #ask: (tags: readonly string[]) => Promise<void>
  #tags = new Set<string>()
  #asking: Asking[] = []

  constructor(clock: Clock, ask: (tags: readonly string[]) => Promise<void>) {
    this.#clock = clock
    this.#ask = ask
  }

  /** Settles once the numbers are in the log. @throws {CacheError} ERR_STORE… */
  learn(tags: readonly string[]): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#asking.length === 0) this.#clock.afterInput(() => this.#flush())
      for (const tag of tags) this.#tags.add(tag)
      this.#asking.push({ resolve, reject })
    })
  }

  #flush(): void {
    const tags = [...this.#tags]
    const asking = this.#asking
    this.#tags = new Set()
    this.#asking = []
    const parts: Promise<void>[] = []
    for (let i = 0; i < tags.length; i += TAGS_AT_ONCE) {
      parts.push(this.#ask(tags.slice(i, i + TAGS_AT_ONCE)))
    }
    Promise.all(parts).then(
      () => {
        for (const { resolve } of asking) resolve()
      },
      (error: unknown) => {
        for (const { reject } of asking) reject(error)
      },
    )
  }
}
