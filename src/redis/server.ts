import type { Redis } from 'ioredis'
import { CircuitBreaker } from '../base/circuit-breaker.ts'
import type { Clock } from '../base/clock.ts'
import { CacheError, isCacheError } from '../base/errors.ts'
import type { StoreReport } from '../store/shared-store.ts'
import { withDeadline } from './deadline.ts'
import { classify, storeError } from './failure.ts'
import { Link } from './link.ts'
import type { ResolvedRedis } from './options.ts'

/** A namespace that lives on this server, and what it does when links come and go. */
export interface Tenant {
  /** The channel it listens to. */
  readonly channel: string
  /** Brings the tenant up to date over a new link, before anybody else may use it. */
  linkOpened(link: Link): Promise<void>
  linkClosed(): void
  /** Keys that changed; undefined means that any may have. */
  keysChanged(keys: readonly string[] | undefined): void
  message(body: Buffer): void
  /** Everything that was sent before this moment has been heard. */
  verified(at: number): void
  /** Called about once a second while the link is open. */
  tick(link: Link): Promise<void>
}

const BEAT_MS = 1_000
const FIRST_RETRY_MS = 50
const RETRY_MS = 350
const RETRY_SPREAD_MS = 1_000
const STEADY_MS = 1_000
const REFUSED_RETRY_MS = 2_000
const REFUSED_SPREAD_MS = 3_000

/**
 * Keeps a link to one server alive, and sends commands over it within their time budget.
 *
 * Nothing waits for a connection: while there is none, or the breaker is open, every call is
 * refused at once. All namespaces of a cache share one server.
 */
export class RedisServer {
  readonly settings: ResolvedRedis
  readonly clock: Clock
  readonly #prefix: string
  readonly #report: (report: StoreReport) => void
  readonly #tenants = new Set<Tenant>()
  readonly #joined = new WeakMap<Tenant, Link>()
  readonly #breaker: CircuitBreaker
  readonly #ready: Promise<void>
  #settleReady!: { resolve: () => void; reject: (error: CacheError) => void }
  #link: Link | undefined
  #isClosed = false
  readonly #closing = new AbortController()

  constructor(
    settings: ResolvedRedis,
    prefix: string,
    clock: Clock,
    report: (report: StoreReport) => void,
  ) {
    this.settings = settings
    this.clock = clock
    this.#prefix = prefix
    this.#report = report
    this.#breaker = new CircuitBreaker(
      { failures: settings.breakerFailures, cooldownMs: settings.breakerCooldownMs },
      (state) => report({ kind: 'breaker', state }),
    )
    this.#ready = new Promise((resolve, reject) => {
      this.#settleReady = { resolve, reject }
    })
    this.#ready.catch(() => {})
    this.#stayConnected().catch((error) => report({ kind: 'error', error }))
  }

  /** Whether a command would be sent now. */
  get isAvailable(): boolean {
    return this.#link !== undefined && this.#breaker.isClosed
  }

  /** The raw client, for what is no cache entry; undefined while there is no connection. */
  get client(): Redis | undefined {
    return this.#link?.clients[0]
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** How many connections carry commands. */
  get lanes(): number {
    return this.settings.poolSize
  }

  /** Which of them carries the commands on this key: always the same, so that they keep order. */
  lane(key: string): number {
    return this.#link?.laneOf(key) ?? 0
  }

  /** @throws {CacheError} the first configuration error, or the last of `maxRetries` failures */
  ready(): Promise<void> {
    return this.#ready
  }

  /** Takes a namespace in. It is brought up to date with the next link, or at once. */
  async join(tenant: Tenant): Promise<void> {
    this.#tenants.add(tenant)
    const link = this.#link
    if (!link) return
    try {
      await this.#join(link, tenant)
    } catch (error) {
      link.close(storeError(error, 'joining a namespace'))
    }
  }

  leave(tenant: Tenant): void {
    this.#tenants.delete(tenant)
  }

  read<T>(key: string, doing: string, send: (client: Redis) => Promise<T>): Promise<T> {
    return this.#send(this.settings.commandTimeoutMs, key, doing, send)
  }

  write<T>(key: string, doing: string, send: (client: Redis) => Promise<T>): Promise<T> {
    return this.#send(this.settings.writeTimeoutMs, key, doing, send)
  }

  /**
   * Settles once everything has been heard that the server had told before this call.
   *
   * @throws {CacheError} ERR_STORE…
   */
  async barrier(): Promise<void> {
    const link = this.#link
    if (!link || !this.#breaker.isClosed) throw unavailable(link !== undefined)
    const pong = link.subscriber.ping()
    await withDeadline(this.clock, this.settings.commandTimeoutMs, 'a barrier', pong)
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    const reason = new CacheError('ERR_CLOSED', 'The cache was closed.')
    this.#settleReady.reject(reason)
    // Links end with it: the one in use, and one that is being made.
    this.#closing.abort(reason)
  }

  async #send<T>(
    ms: number,
    key: string,
    doing: string,
    send: (client: Redis) => Promise<T>,
  ): Promise<T> {
    const link = this.#link
    if (!link || !this.#breaker.isClosed) throw unavailable(link !== undefined)
    try {
      const value = await withDeadline(this.clock, ms, doing, send(link.clientFor(key)))
      this.#breaker.succeeded()
      return value
    } catch (error) {
      throw this.#failed(link, error, doing)
    }
  }

  /** One place decides what a failure means for the connection and the breaker. */
  #failed(link: Link, cause: unknown, doing: string): CacheError {
    const error = storeError(cause, doing)
    const kind = classify(cause)
    if (isCacheError(cause, 'ERR_STORE_TIMEOUT') || kind === 'unavailable') {
      this.#breaker.failed(this.clock.now())
    } else if (kind === 'relocate' || kind === 'config') {
      link.close(error)
    } else {
      this.#breaker.succeeded()
    }
    if (!this.#isClosed) this.#report({ kind: 'error', error })
    return error
  }

  async #stayConnected(): Promise<void> {
    let failures = 0
    while (!this.#isClosed) {
      let reason: CacheError
      try {
        const link = await this.#open()
        const openedAt = this.clock.now()
        reason = await this.#useUntilItEnds(link)
        // One that ends at once was no success: else we would connect in a tight loop.
        if (this.clock.now() - openedAt >= STEADY_MS) failures = 0
      } catch (error) {
        reason = storeError(error, 'connecting')
        if (!this.#isClosed) this.#attemptFailed(reason, failures)
      }
      await this.#pause(this.#retryDelayMs(reason, failures))
      failures += 1
    }
  }

  /** Settles after `ms`, or at once when the server is closed. */
  #pause(ms: number): Promise<void> {
    const { signal } = this.#closing
    return new Promise((resolve) => {
      const cancel = this.clock.schedule(ms, () => done())
      const done = (): void => {
        cancel()
        signal.removeEventListener('abort', done)
        resolve()
      }
      signal.addEventListener('abort', done)
      if (signal.aborted) done()
    })
  }

  async #open(): Promise<Link> {
    const link = await Link.open(
      this.settings,
      this.#prefix,
      {
        keysChanged: (keys) => {
          for (const tenant of this.#tenants) tenant.keysChanged(keys)
        },
        message: (channel, body) => {
          for (const tenant of this.#tenants) if (tenant.channel === channel) tenant.message(body)
        },
      },
      this.clock,
      this.#closing.signal,
    )
    try {
      const startedAt = this.clock.now()
      const joining = Promise.all([...this.#tenants].map((tenant) => this.#join(link, tenant)))
      await withDeadline(this.clock, this.settings.handshakeTimeoutMs, 'catching up', joining)
      for (const tenant of this.#tenants) tenant.verified(startedAt)
      return link
    } catch (error) {
      const reason = storeError(error, 'catching up')
      link.close(reason)
      throw reason
    }
  }

  async #join(link: Link, tenant: Tenant): Promise<void> {
    const startedAt = this.clock.now()
    if (this.settings.tracking !== 'off') await link.subscribe(tenant.channel)
    await tenant.linkOpened(link)
    this.#joined.set(tenant, link)
    tenant.verified(startedAt)
  }

  async #useUntilItEnds(link: Link): Promise<CacheError> {
    if (link.isOpen) this.#link = link
    this.#breaker.succeeded()
    this.#settleReady.resolve()
    this.#report({ kind: 'connected' })
    // Those who came while the link was being made.
    for (const tenant of this.#tenants)
      if (this.#joined.get(tenant) !== link) void this.join(tenant)
    const stopBeating = this.#beat(link)
    const reason = await link.ended
    stopBeating()
    this.#link = undefined
    for (const tenant of this.#tenants) tenant.linkClosed()
    if (!this.#isClosed) this.#report({ kind: 'disconnected', error: reason })
    return reason
  }

  #attemptFailed(error: CacheError, failuresBefore: number): void {
    this.#report({ kind: 'disconnected', error })
    const isFinal = error.code === 'ERR_CONFIG' || failuresBefore + 1 > this.settings.maxRetries
    if (isFinal) this.#settleReady.reject(error)
  }

  /**
   * Full jitter, so that a fleet does not come back in one instant; bounded, so that recovery
   * takes less than two seconds. Refusals are tried again, but slowly: rights may be mended while
   * the process runs.
   */
  #retryDelayMs(reason: CacheError, failures: number): number {
    const chance = this.clock.random()
    if (reason.code === 'ERR_CONFIG') return REFUSED_RETRY_MS + chance * REFUSED_SPREAD_MS
    if (failures === 0) return chance * FIRST_RETRY_MS
    return RETRY_MS + chance * RETRY_SPREAD_MS
  }

  /** Heartbeats; with the breaker open they are the probes, and come as often as it allows. */
  #beat(link: Link): () => void {
    let stopped = false
    let lastBeatAt = this.clock.now()
    const step = async (): Promise<void> => {
      if (stopped) return
      const now = this.clock.now()
      if (this.#breaker.isClosed ? now - lastBeatAt >= BEAT_MS : this.#breaker.mayProbe(now)) {
        lastBeatAt = now
        await this.#beatOnce(link, now)
      }
      if (!stopped && link.isOpen) this.clock.schedule(this.settings.breakerCooldownMs, next)
    }
    const next = (): void => {
      step().catch((error) => link.close(storeError(error, 'a heartbeat')))
    }
    this.clock.schedule(this.settings.breakerCooldownMs, next)
    return () => {
      stopped = true
    }
  }

  async #beatOnce(link: Link, sentAt: number): Promise<void> {
    const tick = async (tenant: Tenant): Promise<void> => {
      await tenant.tick(link)
      tenant.verified(sentAt)
    }
    const catchUp = (): Promise<unknown> => Promise.all([...this.#tenants].map(tick))
    if (await link.beat(this.settings.writeTimeoutMs, catchUp)) this.#breaker.succeeded()
    else this.#breaker.failed(this.clock.now())
  }
}

function unavailable(isConnected: boolean): CacheError {
  const why = isConnected ? 'it did not answer a moment ago' : 'there is no connection'
  return new CacheError('ERR_STORE', `Redis is left alone for now: ${why}.`)
}
