import type { Redis } from 'ioredis'
import { type Clock, sleep } from '../base/clock.ts'
import { ENVELOPE_STATE_OFFSET } from '../store/envelope.ts'
import type { Change } from '../store/invalidation-log.ts'
import type { StoreReport } from '../store/shared-store.ts'
import type { Follower } from './follower.ts'
import { Outbox, type Unsent } from './outbox.ts'
import { removeEntries, type SendFor } from './remove-entries.ts'

export interface SenderParts {
  readonly follower: Follower
  readonly clock: Clock
  readonly report: (report: StoreReport) => void
  /** The last arguments of scripts that change keys. */
  readonly notice: readonly [string, string]
  /** Sends over the link in use, within the budget of a write. */
  readonly send: SendFor
  /** Whether the link in use is up to date, so that what waits may be sent. */
  readonly mayDrain: () => boolean
  /** Settles once the server has answered. */
  readonly probe: () => Promise<void>
}

const RETRY_MS = 100
const SETTLE_STEP_MS = 10
const EXPIRED = String(ENVELOPE_STATE_OFFSET)

/** Sends what changes the namespace, and keeps what could not be sent until it can be. */
export class Sender {
  readonly #parts: SenderParts
  readonly #outbox = new Outbox()
  #isDraining = false

  constructor(parts: SenderParts) {
    this.#parts = parts
  }

  /** Whether nothing waits to be sent: before, nothing may be read from the server. */
  get isIdle(): boolean {
    return this.#outbox.isEmpty
  }

  /** @returns its number. Rejects without keeping it: see `keep`. */
  record(change: Change): Promise<number> {
    return this.#record(change, this.#parts.send)
  }

  /** Deletes entries and their leases, or ends their freshness. Rejects without keeping it. */
  remove(kind: 'delete' | 'expire', entries: readonly string[]): Promise<void> {
    return this.#remove(kind, entries, this.#parts.send)
  }

  /** Settles once nothing waits to be sent, or after `ms`. */
  async settle(ms: number): Promise<void> {
    const { clock } = this.#parts
    const until = clock.now() + ms
    while (!this.isIdle && clock.now() < until) await sleep(clock, SETTLE_STEP_MS)
  }

  /** Sends it as soon as the server can be reached. */
  keep(unsent: Unsent): undefined {
    this.#outbox.add(unsent)
    this.drainSoon()
    return undefined
  }

  /** Until it is done nothing is read from the server, so it is tried again and again. */
  drainSoon(): void {
    if (this.#outbox.isEmpty || this.#isDraining || !this.#parts.mayDrain()) return
    this.#isDraining = true
    const { clock, probe, send } = this.#parts
    const again = (): void => this.drainSoon()
    // Asked first whether it answers: what is sent into a void may be done, and has to be repeated.
    probe()
      .then(() => this.drain(send))
      .finally(() => {
        this.#isDraining = false
      })
      .then(
        () => clock.afterInput(again),
        () => clock.schedule(RETRY_MS, again),
      )
  }

  /** Sends all that waits, in order. @throws what `send` throws; the rest goes on waiting */
  async drain(send: SendFor): Promise<void> {
    const count = await this.#outbox.drain(async (unsent) => {
      if (unsent.kind === 'change') await this.#record(unsent.change, send)
      else await this.#remove(unsent.kind, unsent.entries, send)
    })
    if (count > 0) this.#parts.report({ kind: 'replayed', count })
  }

  async #record(change: Change, send: SendFor): Promise<number> {
    const { follower } = this.#parts
    const [key] = follower.keys.all
    let number = 0
    await send(key, async (client: Redis) => {
      number = await follower.record(client, change)
    })
    return number
  }

  #remove(kind: 'delete' | 'expire', entries: readonly string[], send: SendFor): Promise<void> {
    const state = kind === 'expire' ? EXPIRED : ''
    return removeEntries(entries, state, this.#parts.notice, send)
  }
}
