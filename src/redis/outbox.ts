import type { Change } from '../store/invalidation-log.ts'

/** An invalidation that could not be sent. Keys are whole Redis keys. */
export type Unsent =
  | { readonly kind: 'change'; readonly change: Change }
  | { readonly kind: 'delete' | 'expire'; readonly entries: readonly string[] }

const DEFAULT_MAX_UNSENT = 10_000

/**
 * Keeps what could not be sent, in order, until the server is back. Before it is empty nothing
 * may be read from the server: it would answer with what was invalidated.
 *
 * It never grows beyond its bound: more than `maxUnsent` keys and tags become one clear of the
 * namespace, which covers them all.
 */
export class Outbox {
  readonly #maxUnsent: number
  #unsent: Unsent[] = []
  #weight = 0

  constructor(maxUnsent: number = DEFAULT_MAX_UNSENT) {
    this.#maxUnsent = maxUnsent
  }

  get isEmpty(): boolean {
    return this.#unsent.length === 0
  }

  get size(): number {
    return this.#unsent.length
  }

  add(unsent: Unsent): void {
    this.#weight += weightOf(unsent)
    if (this.#weight <= this.#maxUnsent) {
      this.#unsent.push(unsent)
      return
    }
    this.#unsent = [{ kind: 'change', change: { kind: 'clear' } }]
    this.#weight = 1
  }

  /**
   * Sends everything, in order. What was sent when one fails is not sent again.
   *
   * @returns how many were sent
   * @throws whatever `send` throws
   */
  async drain(send: (unsent: Unsent) => Promise<void>): Promise<number> {
    let sent = 0
    for (let next = this.#unsent[0]; next; next = this.#unsent[0]) {
      await send(next)
      sent += 1
      // An overflow may have replaced the list while we sent.
      if (this.#unsent[0] !== next) continue
      this.#unsent.shift()
      this.#weight -= weightOf(next)
    }
    return sent
  }
}

function weightOf(unsent: Unsent): number {
  if (unsent.kind !== 'change') return unsent.entries.length
  return unsent.change.kind === 'tags' ? unsent.change.tags.length : 1
}
