import type { Duration } from '../base/duration.ts'

/** What a loader is told, and what it may decide about the entry it makes. */
export interface LoadContext<T> {
  /**
   * Aborted when nobody waits for the load any more, or the cache is closed. A caller without a
   * signal of its own waits for ever.
   */
  readonly signal: AbortSignal
  /** The value being replaced, while it is kept: for conditional requests to the source. */
  readonly stale: T | undefined
  /** Set it to override the ttl of this entry. */
  ttl: Duration | undefined
  /** Set it to override the grace of this entry. */
  grace: Duration | undefined
  /** Add to it, or replace it: the tags of this entry. */
  tags: string[]
  /** Serves the value to those who wait, but does not store it. */
  skip(): void
}

/** The context, with what the engine reads from it afterwards. */
export class LoadNotes implements LoadContext<unknown> {
  readonly stale: unknown
  ttl: Duration | undefined = undefined
  grace: Duration | undefined = undefined
  tags: string[] = []
  isSkipped = false
  readonly #controller: AbortController

  constructor(controller: AbortController, stale: unknown) {
    this.#controller = controller
    this.stale = stale
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  skip(): void {
    this.isSkipped = true
  }
}
