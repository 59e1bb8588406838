import type { Redis } from 'ioredis'
import type { Clock } from '../base/clock.ts'
import { CacheError } from '../base/errors.ts'
import type { Entry } from '../store/entry.ts'
import type { Decoded, EntryCodec } from '../store/entry-codec.ts'
import type { Header } from '../store/envelope.ts'
import type { Change, InvalidationLog } from '../store/invalidation-log.ts'
import { entryOf, parseEntryKey } from '../store/key.ts'
import { isRejection, type Rejection } from '../store/rejection.ts'
import type { CoherenceListener, Keep, StoreReport } from '../store/shared-store.ts'
import { Echoes } from './echoes.ts'
import { Follower } from './follower.ts'
import { HeldLeases } from './held-leases.ts'
import { InFlight } from './in-flight.ts'
import type { Link } from './link.ts'
import type { ResolvedRedis } from './options.ts'
import { Reader } from './reader.ts'
import { runScript } from './script.ts'
import { settleLease } from './scripts/settle-lease.lua.ts'
import { Sender } from './sender.ts'
import type { RedisServer, Tenant } from './server.ts'
import { ServerTime } from './server-time.ts'
import { Sweeper } from './sweeper.ts'
import { TagLearner } from './tag-learner.ts'

export interface NamespaceParts {
  readonly namespace: string
  readonly server: RedisServer
  readonly codec: EntryCodec
  readonly listener: CoherenceListener
  readonly report: (report: StoreReport) => void
}

const RETRY_PULL_MS = 100

/**
 * What the regions of one namespace share: what is known, what is under way, what could not be
 * sent; and how it follows the links of the server that come and go.
 *
 * It is available only while all three hold: the server answers, the log is up to date, and no
 * invalidation of ours waits to be sent.
 */
export class NamespaceLink implements Tenant {
  readonly namespace: string
  readonly server: RedisServer
  readonly settings: ResolvedRedis
  readonly clock: Clock
  readonly inFlight: InFlight = new InFlight()
  readonly #echoes = new Echoes()
  readonly #learner: TagLearner
  readonly reader: Reader
  readonly held: HeldLeases
  readonly #time = new ServerTime()
  readonly #codec: EntryCodec
  readonly #listener: CoherenceListener
  readonly #report: (report: StoreReport) => void
  readonly #follower: Follower
  readonly #sender: Sender
  readonly #sweeper: Sweeper
  #isCaughtUp = false
  /** A change was told whose place could not be found: something before it is not known yet. */
  #isBehind = false

  constructor({ namespace, server, codec, listener, report }: NamespaceParts) {
    const { settings, clock } = server
    this.namespace = namespace
    this.server = server
    this.settings = settings
    this.clock = clock
    this.#codec = codec
    this.#listener = listener
    this.#report = report
    this.reader = new Reader(server)
    this.#learner = new TagLearner(clock, (tags) => this.#learn(tags))
    this.#follower = new Follower(namespace, settings.maxLifetimeMs, clock, this.#time, listener)
    this.held = new HeldLeases(clock, settings.leaseTtlMs, settings.maxLeaseMs, (key, token) =>
      this.#renew(key, token),
    )
    this.#sender = new Sender({
      follower: this.#follower,
      clock,
      report,
      notice: this.notice,
      send: (key, run) => server.write(key, 'an invalidation', run),
      mayDrain: () => this.#isCaughtUp,
      probe: () => this.refresh(),
    })
    this.#sweeper = new Sweeper(namespace, server, this.#follower)
  }

  get channel(): string {
    return this.#follower.keys.channel
  }

  get log(): InvalidationLog {
    return this.#follower.log
  }

  get isAvailable(): boolean {
    return this.server.isAvailable && this.#isCaughtUp && this.#sender.isIdle
  }

  /** Whether what lies in Redis must not be readable there. */
  get isEncrypted(): boolean {
    return this.#codec.isEncrypting
  }

  /** Whether changes are not told to us, so that they have to be asked for before each read. */
  get mustAsk(): boolean {
    return this.settings.tracking === 'off'
  }

  /** The last arguments of scripts that change keys: where to say so, if we have to, and who. */
  get notice(): readonly [string, string] {
    return this.settings.tracking === 'pubsub' ? [this.channel, this.#follower.sender] : ['', '']
  }

  // What regions do

  async refresh(): Promise<void> {
    const [key] = this.#follower.keys.all
    const heard = this.mustAsk ? undefined : (): Promise<void> => this.server.barrier()
    await this.server.read(key, 'asking for changes', (client) =>
      this.#follower.pull(client, heard),
    )
  }

  /** Settles once the numbers of these tags are in the log. */
  learn(tags: readonly string[]): Promise<void> {
    return this.#learner.learn(tags)
  }

  readHeader(redisKey: string, bytes: Buffer): Header | Rejection {
    const header = this.#codec.readHeader(bytes)
    if (isRejection(header)) this.#report({ kind: 'rejected', key: redisKey, reason: header })
    return header
  }

  /** Whether the bytes must not be overwritten: a newer version of this package needs them. */
  isUntouchable(bytes: Buffer): boolean {
    return this.#codec.readHeader(bytes) === 'newer-version'
  }

  decode(
    redisKey: string,
    bytes: Buffer,
    header: Header,
  ): Promise<Entry | undefined> | Entry | undefined {
    const decoded = this.#codec.decodeBody(redisKey, bytes, header)
    if (decoded instanceof Promise) return decoded.then((late) => this.#entry(redisKey, late))
    return this.#entry(redisKey, decoded)
  }

  encode(redisKey: string, entry: Entry, epoch: string, schema: number): Promise<Buffer> | Buffer {
    const time = this.#time
    const stored: Entry = {
      value: entry.value,
      createdAt: time.toServer(entry.createdAt),
      freshUntil: time.toServer(entry.freshUntil),
      staleUntil: time.toServer(entry.staleUntil),
      loadMs: entry.loadMs,
      tags: entry.tags,
      stamp: entry.stamp,
    }
    return this.#codec.encode(redisKey, stored, { epoch, schema })
  }

  /**
   * To be called before an entry is written.
   *
   * @returns to be called with whether it was written; answers what memory may keep of it. Only
   *   the first call counts.
   */
  beginWrite(redisKey: string): (isWritten: boolean) => Keep {
    const { inFlight } = this
    const look = inFlight.begin()
    const writes = this.settings.tracking === 'keys' ? this.#echoes.begin(redisKey) : undefined
    let isOver = false
    return (isWritten) => {
      if (isOver) return 'no'
      isOver = true
      const isOurs = writes
        ? this.#echoes.end(writes, isWritten) && !inFlight.isCut(look)
        : isWritten && !inFlight.isSpoilt(look, redisKey)
      inFlight.end(look)
      if (!isOurs || !this.isAvailable) return 'no'
      return this.mustAsk ? 'bounded' : 'heard'
    }
  }

  /** A write that must not be lost: if it fails, the entry is deleted once the server is back. */
  async put(redisKey: string, send: (client: Redis) => Promise<unknown>): Promise<void> {
    try {
      await this.server.write(redisKey, 'a write', send)
    } catch (error) {
      this.#sender.keep({ kind: 'delete', entries: [redisKey] })
      throw error
    }
  }

  /**
   * The error of a write before the first contact: no epoch is known that its entry could belong
   * to. What the server may hold of the key is deleted as soon as it is reached.
   */
  tooEarly(redisKey: string): CacheError {
    this.#sender.keep({ kind: 'delete', entries: [redisKey] })
    return new CacheError('ERR_STORE', 'Redis: a write came before the first contact.')
  }

  async remove(kind: 'delete' | 'expire', entries: readonly string[]): Promise<number | undefined> {
    for (const entry of entries) this.inFlight.spoil(entry)
    try {
      if (!this.isAvailable) return this.#sender.keep({ kind, entries })
      await this.#sender.remove(kind, entries)
      const number = await this.#sender.record({ kind: 'none' })
      for (const entry of entries) this.inFlight.spoil(entry)
      return number
    } catch {
      return this.#sender.keep({ kind, entries })
    }
  }

  async invalidate(change: Change): Promise<number | undefined> {
    if (!this.isAvailable) return this.#sender.keep({ kind: 'change', change })
    try {
      return await this.#sender.record(change)
    } catch {
      return this.#sender.keep({ kind: 'change', change })
    }
  }

  async catchUp(number: number): Promise<boolean> {
    if (this.log.number >= number && this.isAvailable) return true
    if (!this.isAvailable) return false
    try {
      await this.server.barrier()
      if (this.log.number < number || this.mustAsk) await this.refresh()
      return this.log.number >= number && !this.mustAsk
    } catch {
      return false
    }
  }

  // What the server tells

  async linkOpened(link: Link): Promise<void> {
    const [key] = this.#follower.keys.all
    this.#time.reset()
    this.inFlight.spoilAll()
    await this.#pullAll(() => this.#follower.pull(link.clientFor(key)))
    this.#listener.lost()
    await this.#sender.drain((redisKey, run) => run(link.clientFor(redisKey)))
    this.#isCaughtUp = true
  }

  linkClosed(): void {
    this.#isCaughtUp = false
    this.held.letGoAll()
    this.#echoes.clear()
    this.inFlight.spoilAll()
  }

  keysChanged(keys: readonly string[] | undefined): void {
    if (!keys) {
      this.#echoes.clear()
      this.inFlight.spoilAll()
      this.#listener.lost()
      return
    }
    for (const key of keys) this.#keyChanged(key)
  }

  message(body: Buffer): void {
    if (body[0] !== '@'.charCodeAt(0)) {
      if (this.#follower.take(body)) this.#pullSoon()
      return
    }
    const text = body.toString()
    const end = text.indexOf('|')
    const isOurs = text.slice(1, end) === this.#follower.sender
    if (!isOurs) this.#keyChanged(text.slice(end + 1))
  }

  verified(at: number): void {
    if (!this.#isCaughtUp) return
    this.#listener.verified(this.mustAsk ? Infinity : at + this.settings.maxUnverifiedMs)
  }

  async tick(link: Link): Promise<void> {
    const [key] = this.#follower.keys.all
    const heard = this.mustAsk ? undefined : (): Promise<unknown> => link.subscriber.ping()
    await this.#pullAll(() => this.#follower.pull(link.clientFor(key), heard))
    this.#isCaughtUp = true
    this.#sender.drainSoon()
    this.#sweeper.tick()
  }

  /** Waits a little for invalidations that could not be sent yet: nobody else knows of them. */
  async close(): Promise<void> {
    if (!this.server.isClosed) await this.#sender.settle(this.settings.handshakeTimeoutMs)
    this.server.leave(this)
    this.linkClosed()
  }

  #entry(redisKey: string, decoded: Decoded | Rejection): Entry | undefined {
    if (isRejection(decoded)) {
      this.#report({ kind: 'rejected', key: redisKey, reason: decoded })
      return undefined
    }
    const time = this.#time
    const { header, value } = decoded
    return {
      value,
      createdAt: time.toLocal(header.createdAt),
      freshUntil: time.toLocal(header.freshUntil),
      staleUntil: time.toLocal(header.staleUntil),
      loadMs: header.loadMs,
      tags: header.tags,
      stamp: header.stamp,
    }
  }

  #keyChanged(redisKey: string): void {
    const name = parseEntryKey(redisKey, this.namespace)
    if (!name) return
    if (name.kind === 'lease') {
      this.inFlight.spoil(entryOf(redisKey))
      return
    }
    this.inFlight.spoil(redisKey)
    if (this.#echoes.isEcho(redisKey)) return
    this.#listener.keyChanged(name.definition, name.keyText)
  }

  /** Pulls until nothing was told in the meantime that could not be put in its place. */
  async #pullAll(pull: () => Promise<void>): Promise<void> {
    do {
      this.#isBehind = false
      await pull()
    } while (this.#isBehind)
  }

  #pullSoon(): void {
    this.#isBehind = true
    if (!this.#isCaughtUp) return
    this.#isCaughtUp = false
    this.#catchUpNow()
  }

  /** Until it succeeds nothing is read from the server. A heartbeat may be faster. */
  #catchUpNow(): void {
    this.#pullAll(() => this.refresh()).then(
      () => {
        this.#isCaughtUp = true
      },
      () => {
        this.clock.schedule(RETRY_PULL_MS, () => {
          if (!this.#isCaughtUp && this.server.isAvailable) this.#catchUpNow()
        })
      },
    )
  }

  async #learn(tags: readonly string[]): Promise<void> {
    const [key] = this.#follower.keys.all
    await this.server.read(key, 'asking for tags', (client) => this.#follower.learn(client, tags))
  }

  async #renew(redisKey: string, token: string): Promise<void> {
    await this.server.write(redisKey, 'renewing a lease', (client) => {
      const args = [token, 'renew', this.settings.leaseTtlMs, '', ...this.notice]
      return runScript(client, settleLease, [redisKey], args)
    })
  }
}
