/*
 * Stops asking a server that does not answer, and finds out when it answers again.
 *
 * Closed: calls pass; `failures` failures in a row open it. Open: nothing passes for `cooldownMs`,
 * so that a dead server costs nothing. Half open: one probe passes; its success closes the breaker,
 * its failure opens it anew. Time comes in as an argument and only differences count, so a clock
 * that jumps can lengthen one pause but never wedge the breaker.
 *
 * M. Nygard, Release It!, 2nd ed. 2018, "Circuit Breaker".
 */

export type BreakerState = 'closed' | 'open' | 'half-open'

export interface BreakerSettings {
  /** How many failures in a row open it; at least 1. */
  readonly failures: number
  /** How long it stays open before a probe may pass, in milliseconds. */
  readonly cooldownMs: number
}

export class CircuitBreaker {
  readonly #settings: BreakerSettings
  readonly #changed: (state: BreakerState) => void
  #state: BreakerState = 'closed'
  #failures = 0
  #openedAt = 0

  constructor(settings: BreakerSettings, changed: (state: BreakerState) => void = () => {}) {
    this.#settings = settings
    this.#changed = changed
  }

  get state(): BreakerState {
    return this.#state
  }

  /** Whether ordinary calls pass. */
  get isClosed(): boolean {
    return this.#state === 'closed'
  }

  /** Claims the one probe of a half-open breaker. @returns whether the caller may send it. */
  mayProbe(now: number): boolean {
    if (this.#state !== 'open') return false
    const waited = now - this.#openedAt
    // A clock that was set back must not keep it open for longer than one pause.
    if (waited >= 0 && waited < this.#settings.cooldownMs) return false
    this.#become('half-open')
    return true
  }

  succeeded(): void {
    this.#failures = 0
    this.#become('closed')
  }

  failed(now: number): void {
    this.#failures += 1
    if (this.#state === 'closed' && this.#failures < this.#settings.failures) return
    this.#openedAt = now
    this.#become('open')
  }

  #become(state: BreakerState): void {
    if (this.#state === state) return
    this.#state = state
    this.#changed(state)
  }
}
