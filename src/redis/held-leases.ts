import type { Cancel, Clock } from '../base/clock.ts'

interface Held {
  readonly cancel: Cancel
  readonly leaseKey: string
  readonly until: number
}

/**
 * Renews the leases this process holds while their loads run: three times within a lease's life,
 * and for no longer than `maxMs`. A process that dies or hangs stops renewing, and another loads.
 */
export class HeldLeases {
  readonly #clock: Clock
  readonly #everyMs: number
  readonly #maxMs: number
  readonly #renew: (leaseKey: string, token: string) => Promise<unknown>
  readonly #held = new Map<string, Held>()

  constructor(
    clock: Clock,
    ttlMs: number,
    maxMs: number,
    renew: (leaseKey: string, token: string) => Promise<unknown>,
  ) {
    this.#clock = clock
    this.#everyMs = ttlMs / 3
    this.#maxMs = maxMs
    this.#renew = renew
  }

  get size(): number {
    return this.#held.size
  }

  keep(leaseKey: string, token: string): void {
    this.#schedule(leaseKey, token, this.#clock.now() + this.#maxMs)
  }

  letGo(token: string): void {
    this.#held.get(token)?.cancel()
    this.#held.delete(token)
  }

  letGoAll(): void {
    for (const token of [...this.#held.keys()]) this.letGo(token)
  }

  #schedule(leaseKey: string, token: string, until: number): void {
    const cancel = this.#clock.schedule(this.#everyMs, () => this.#renewOne(token))
    this.#held.set(token, { cancel, leaseKey, until })
  }

  #renewOne(token: string): void {
    const held = this.#held.get(token)
    if (!held || this.#clock.now() >= held.until) {
      this.#held.delete(token)
      return
    }
    // What fails here shows when the lease is used: the fill is refused.
    this.#renew(held.leaseKey, token).catch(() => {})
    this.#schedule(held.leaseKey, token, held.until)
  }
}
