import { type RedisOptions as ClientOptions, Redis } from 'ioredis'
import type { Clock } from '../base/clock.ts'
import { CacheError, isCacheError } from '../base/errors.ts'
import { withDeadline } from './deadline.ts'
import { classify, storeError } from './failure.ts'
import type { ResolvedRedis } from './options.ts'

/*
 * One life of a connection to one server: a subscriber and one or more command connections, whose
 * reads the server tracks and redirects to the subscriber [1].
 *
 * A link never reconnects and never replays: whichever part fails, the whole link ends and a new
 * one is made. So what was heard and what was missed never has to be pieced together, and no
 * command runs twice because a reply was lost.
 *
 * The subscriber speaks RESP2: the server wraps redirected invalidations for a RESP3 connection
 * into pushes that the client library drops.
 *
 * [1] https://redis.io/docs/latest/develop/reference/client-side-caching/
 */

export const INVALIDATION_CHANNEL = '__redis__:invalidate'

export interface LinkListener {
  /** Keys that changed; undefined means that any may have. */
  keysChanged(keys: readonly string[] | undefined): void
  message(channel: string, body: Buffer): void
}

/** What a heartbeat may stay unanswered for before the link is given up. */
const SILENCE_MS = 2_500

export class Link {
  readonly subscriber: Redis
  readonly clients: readonly Redis[]
  /** Settles with the reason when the link has ended. */
  readonly ended: Promise<CacheError>
  #end!: (reason: CacheError) => void
  #isOpen = true
  /** The first error of any connection, or the first that says what is wrong with the set-up. */
  #complaint: unknown
  /** When the oldest heartbeat that has no answer yet was sent. */
  #unansweredSince: number | undefined
  readonly #clock: Clock

  private constructor(subscriber: Redis, clients: readonly Redis[], clock: Clock) {
    this.subscriber = subscriber
    this.clients = clients
    this.#clock = clock
    this.ended = new Promise((resolve) => {
      this.#end = resolve
    })
    for (const client of [subscriber, ...clients]) this.#endWith(client)
  }

  /**
   * Connects, authenticates, subscribes and sets tracking up.
   *
   * @param signal ends the link, and an attempt to make one, whatever it waits for
   * @throws {CacheError} ERR_CONFIG or ERR_STORE with the root cause
   */
  static async open(
    settings: ResolvedRedis,
    prefix: string,
    listener: LinkListener,
    clock: Clock,
    signal: AbortSignal,
  ): Promise<Link> {
    const make = (): Redis => new Redis(clientOptions(settings))
    const subscriber = make()
    const clients = Array.from({ length: settings.poolSize }, make)
    const link = new Link(subscriber, clients, clock)
    link.#endOn(signal)
    try {
      await Promise.all([subscriber, ...clients].map((client) => connect(client, settings, clock)))
      const setUp = link.#setUp(settings, prefix, listener)
      await withDeadline(clock, settings.handshakeTimeoutMs, 'the handshake', setUp)
      return link
    } catch (error) {
      // A server that refuses us says why to the socket; the commands only see it closed.
      await new Promise<void>((resolve) => clock.afterInput(resolve))
      const reason = storeError(link.#complaint ?? error, 'connecting')
      link.close(reason)
      throw reason
    }
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  /** Commands on one key always take the same connection, and so keep their order. */
  laneOf(key: string): number {
    if (this.clients.length === 1) return 0
    let hash = 0
    for (let i = 0; i < key.length; i += 1) hash = (Math.imul(hash, 31) + key.charCodeAt(i)) | 0
    return (hash >>> 0) % this.clients.length
  }

  clientFor(key: string): Redis {
    return this.clients[this.laneOf(key)] as Redis
  }

  async subscribe(channel: string): Promise<void> {
    await this.subscriber.subscribe(channel)
  }

  /**
   * Asks every connection for a sign of life, and ends the link when none came for too long.
   *
   * @param catchUp is part of it: a server that answers nothing else is as good as silent
   * @returns whether all answered
   */
  async beat(deadlineMs: number, catchUp: () => Promise<unknown>): Promise<boolean> {
    const sentAt = this.#clock.now()
    this.#unansweredSince ??= sentAt
    const pings = Promise.all([this.subscriber, ...this.clients].map((client) => client.ping()))
    try {
      await withDeadline(this.#clock, deadlineMs, 'a heartbeat', pings.then(catchUp))
      this.#unansweredSince = undefined
      return true
    } catch (error) {
      const isSilence =
        isCacheError(error, 'ERR_STORE_TIMEOUT') || classify(error) === 'unavailable'
      if (!isSilence) this.close(storeError(error, 'a heartbeat'))
      const silentMs = this.#clock.now() - (this.#unansweredSince ?? sentAt)
      if (silentMs < SILENCE_MS) return false
      const sentence = `Redis: no sign of life for ${Math.round(silentMs)} ms.`
      this.close(new CacheError('ERR_STORE_TIMEOUT', sentence))
      return false
    }
  }

  close(reason: CacheError): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    for (const client of [this.subscriber, ...this.clients]) destroy(client)
    this.#end(reason)
  }

  async #setUp(settings: ResolvedRedis, prefix: string, listener: LinkListener): Promise<void> {
    const { subscriber } = this
    const naming = this.clients.map((client) => giveName(client, 'cachetier'))
    await Promise.all([giveName(subscriber, 'cachetier-subscriber'), ...naming])
    const id = await subscriber.client('ID')
    subscriber.on('messageBuffer', (channel: Buffer, body: unknown) =>
      this.#deliver(String(channel), body, listener),
    )
    const mode = trackingArguments(settings.tracking, prefix)
    if (!mode) return
    await subscriber.subscribe(INVALIDATION_CHANNEL)
    const tracking = ['TRACKING', 'ON', 'REDIRECT', String(id), ...mode]
    await Promise.all(this.clients.map((client) => client.call('CLIENT', ...tracking)))
  }

  /** Never throws: what cannot be understood ends the link, and the next one begins from scratch. */
  #deliver(channel: string, body: unknown, listener: LinkListener): void {
    try {
      if (channel !== INVALIDATION_CHANNEL) listener.message(channel, body as Buffer)
      else if (!Array.isArray(body)) listener.keysChanged(undefined)
      else listener.keysChanged(body.map(String))
    } catch (error) {
      this.close(storeError(error, 'taking in a change'))
    }
  }

  /** @param signal its reason is a `CacheError` */
  #endOn(signal: AbortSignal): void {
    const end = (): void => this.close(signal.reason as CacheError)
    signal.addEventListener('abort', end, { once: true })
    // A server sees many links come and go: what it keeps of each must end with it.
    void this.ended.then(() => signal.removeEventListener('abort', end))
    if (signal.aborted) end()
  }

  #endWith(client: Redis): void {
    let reason: unknown = new Error('the server closed the connection')
    client.on('error', (error: unknown) => {
      reason = error
      this.#complaint ??= error
      if (classify(this.#complaint) !== 'config') this.#complaint = error
    })
    client.on('end', () => this.close(storeError(reason, 'the connection')))
  }
}

/**
 * Not left to the client library: it swallows the answer, and the answer to the first command is
 * where a server says that it has too many clients.
 */
async function giveName(client: Redis, name: string): Promise<void> {
  try {
    await client.client('SETNAME', name)
  } catch (error) {
    // A name is a help for people; a user may lack the right to one.
    if (classify(error) !== 'denied') throw error
  }
}

function trackingArguments(
  tracking: ResolvedRedis['tracking'],
  prefix: string,
): readonly string[] | undefined {
  // Per key we have to hear of our own changes too, see echoes.ts.
  if (tracking === 'keys') return []
  return tracking === 'broadcast' ? ['BCAST', 'PREFIX', prefix, 'NOLOOP'] : undefined
}

function clientOptions(settings: ResolvedRedis): ClientOptions & { replyMapping: 'legacy' } {
  const { host, port, socketPath, username, password, db, tls } = settings.address
  return {
    ...(socketPath === undefined ? { host, port } : { path: socketPath }),
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(tls === undefined ? {} : { tls }),
    db,
    protocol: 2,
    replyMapping: 'legacy',
    disableClientInfo: true,
    lazyConnect: true,
    // The link is the unit that is made anew; its parts never retry, queue or replay by themselves.
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    enableOfflineQueue: false,
    enableReadyCheck: false,
    connectTimeout: settings.connectTimeoutMs,
  }
}

/** Waits for TCP as long as `connectTimeout` says, and from then on for `handshakeTimeout`. */
async function connect(client: Redis, settings: ResolvedRedis, clock: Clock): Promise<void> {
  let cause: unknown
  client.once('error', (error: unknown) => {
    cause = error
  })
  const connected = client.connect()
  const opened = new Promise<void>((resolve) => client.once('connect', () => resolve()))
  try {
    const within = settings.address.tls ? settings.handshakeTimeoutMs : settings.connectTimeoutMs
    await withDeadline(clock, within, 'opening the connection', Promise.race([connected, opened]))
    await withDeadline(clock, settings.handshakeTimeoutMs, 'the handshake', connected)
    // The client goes on after a refused SELECT, in a database nobody asked for.
    if (cause !== undefined) throw cause
  } catch (error) {
    connected.catch(() => {})
    throw cause ?? error
  }
}

/** `disconnect` alone waits for a socket that may never answer; this one is done with. */
function destroy(client: Redis): void {
  const { stream } = client as unknown as { stream?: { destroy(): void } }
  client.disconnect()
  stream?.destroy()
}
