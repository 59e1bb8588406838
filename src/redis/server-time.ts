/*
 * The difference between this process's clock and the server's.
 *
 * Entries carry times of the server, so that processes whose clocks disagree agree on freshness.
 * Each exchange that returns the server's time bounds the difference by half its round trip [1];
 * of the last few the one with the shortest round trip is believed.
 *
 * [1] F. Cristian: Probabilistic clock synchronization. Distributed Computing 3, 1989.
 */

interface Sample {
  readonly offsetMs: number
  readonly roundTripMs: number
}

const KEPT_SAMPLES = 8

export class ServerTime {
  #samples: readonly Sample[] = []
  #offsetMs = 0

  /** @param serverMs what the server said between `sentAt` and `receivedAt` of our clock */
  observe(sentAt: number, receivedAt: number, serverMs: number): void {
    const sample = {
      offsetMs: serverMs - (sentAt + receivedAt) / 2,
      roundTripMs: receivedAt - sentAt,
    }
    this.#samples = [...this.#samples, sample].slice(-KEPT_SAMPLES)
    const best = this.#samples.reduce((a, b) => (b.roundTripMs <= a.roundTripMs ? b : a))
    // Whole, so that a time comes back from the server as the very number that went there.
    this.#offsetMs = Math.round(best.offsetMs)
  }

  /** A new server may have another clock. */
  reset(): void {
    this.#samples = []
  }

  /** Our time as the server's; 0 stays 0. */
  toServer(local: number): number {
    return local === 0 ? 0 : local + this.#offsetMs
  }

  /** The server's time as ours; 0 stays 0. */
  toLocal(server: number): number {
    return server === 0 ? 0 : server - this.#offsetMs
  }
}
