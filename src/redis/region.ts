import { randomBytes } from 'node:crypto'
import { CacheError, isCacheError } from '../base/errors.ts'
import type { Entry } from '../store/entry.ts'
import { ENVELOPE_HEADER_BYTES, type Header } from '../store/envelope.ts'
import type { Judged } from '../store/invalidation-log.ts'
import { entryKey, entryPath, leaseOf } from '../store/key.ts'
import { isRejection } from '../store/rejection.ts'
import type {
  FillReply,
  Found,
  Keep,
  Lease,
  LeaseReply,
  SharedRegion,
} from '../store/shared-store.ts'
import { classify } from './failure.ts'
import type { Ticket } from './in-flight.ts'
import type { NamespaceLink } from './namespace-link.ts'
import { runScript } from './script.ts'
import { fill } from './scripts/fill.lua.ts'
import { lease } from './scripts/lease.lua.ts'
import { put } from './scripts/put.lua.ts'
import { settleLease } from './scripts/settle-lease.lua.ts'
import { decodeSharedError, encodeSharedError } from './shared-error.ts'

/** How often an answer that was overtaken by a change is asked for anew. */
const MAX_LOOKS = 3
const TOKEN_BYTES = 9

/** The entries of one definition in Redis. */
export class RedisRegion implements SharedRegion {
  readonly #name: string
  readonly #schema: number
  readonly #link: NamespaceLink

  constructor(name: string, schema: number, link: NamespaceLink) {
    this.#name = name
    this.#schema = schema
    this.#link = link
  }

  async get(key: string): Promise<Found | undefined> {
    const redisKey = this.#entryKey(key)
    for (let look = 1; ; look += 1) {
      const ticket = this.#link.inFlight.open(redisKey)
      try {
        if (this.#link.mustAsk) await this.#link.refresh()
        const bytes = await this.#link.reader.read(redisKey)
        if (bytes === null) return undefined
        const found = await this.#accept(key, redisKey, bytes, ticket)
        if (!ticket.spoilt || look === MAX_LOOKS) return found
      } finally {
        this.#link.inFlight.close(ticket)
      }
    }
  }

  async getMany(keys: readonly string[]): Promise<(Found | undefined)[]> {
    const redisKeys = keys.map((key) => this.#entryKey(key))
    const tickets = redisKeys.map((redisKey) => this.#link.inFlight.open(redisKey))
    try {
      if (this.#link.mustAsk) await this.#link.refresh()
      const all = await this.#link.reader.readMany(redisKeys)
      const found = new Array<Found | undefined>(keys.length)
      for (let i = 0; i < keys.length; i += 1) {
        const bytes = all[i]
        if (!bytes) continue
        const ticket = tickets[i] as Ticket
        const accepted = this.#accept(keys[i] as string, redisKeys[i] as string, bytes, ticket)
        found[i] = accepted instanceof Promise ? await accepted : accepted
      }
      // What changed while it was asked for is looked at once more, by itself.
      for (let i = 0; i < keys.length; i += 1) {
        if (tickets[i]?.spoilt) found[i] = await this.get(keys[i] as string)
      }
      return found
    } finally {
      for (const ticket of tickets) this.#link.inFlight.close(ticket)
    }
  }

  async lease(key: string, seen?: Found, awaited = ''): Promise<LeaseReply> {
    const redisKey = this.#entryKey(key)
    const { inFlight, log } = this.#link
    const ticket = inFlight.open(redisKey)
    let isWatching = false
    try {
      if (this.#link.mustAsk) await this.#link.refresh()
      let version: Uint8Array | undefined = seen?.version
      for (let look = 1; ; look += 1) {
        const { latest: stamp, epoch } = log
        const token = randomBytes(TOKEN_BYTES).toString('base64url')
        const [kind, body] = await this.#askForLease(redisKey, token, version, awaited)
        if (kind === 'granted') {
          this.#link.held.keep(leaseOf(redisKey), token)
          return { kind, lease: { key, token, stamp, epoch } }
        }
        if (kind === 'failed') return { kind, error: decodeSharedError(String(body)) }
        if (kind === 'busy') {
          isWatching = true
          return { kind, token: String(body), changed: (ms) => this.#changed(ticket, ms) }
        }
        const found = await this.#accept(key, redisKey, body, ticket)
        if (found) return { kind: 'found', found }
        if (this.#link.isUntouchable(body)) return { kind: 'untouchable' }
        if (look === MAX_LOOKS) throw new CacheError('ERR_STORE', 'Redis: the entry keeps changing.')
        version = body.subarray(0, ENVELOPE_HEADER_BYTES)
      }
    } finally {
      if (!isWatching) inFlight.close(ticket)
    }
  }

  async fill(held: Lease, entry: Entry): Promise<FillReply> {
    const { log } = this.#link
    const judged = this.#judged(held.key, held.epoch, held.stamp, entry.tags)
    if (!log.mayStore(judged)) {
      await this.release(held)
      return { kind: 'refused' }
    }
    const redisKey = this.#entryKey(held.key)
    const ticket = this.#link.inFlight.open(redisKey)
    try {
      const bytes = await this.#encode(redisKey, entry, held.epoch)
      if (bytes instanceof CacheError) return await this.#unstorable(held, bytes)
      const stored = await this.#link.server.write(redisKey, 'a fill', (client) => {
        const args = [held.token, bytes, this.#keptMs(entry), ...this.#link.notice]
        return runScript(client, fill, [redisKey, leaseOf(redisKey)], args)
      })
      this.#link.held.letGo(held.token)
      if (Number(stored) !== 1 || (await this.#verdict(judged)) !== 'valid') {
        return { kind: 'refused' }
      }
      return { kind: 'stored', keep: this.#keep(ticket) }
    } catch (error) {
      if (isCacheError(error) && classify(error.cause) === 'memory') {
        return await this.#unstorable(held, error)
      }
      throw error
    } finally {
      this.#link.held.letGo(held.token)
      this.#link.inFlight.close(ticket)
    }
  }

  async release(held: Lease, error?: Error): Promise<void> {
    this.#link.held.letGo(held.token)
    const redisKey = this.#entryKey(held.key)
    const outcome = error ? ['fail', this.#link.settings.errorTtlMs] : ['release', 0]
    const text = error ? encodeSharedError(error) : ''
    await this.#link.server.write(redisKey, 'ending a lease', (client) => {
      const args = [held.token, ...outcome, text, ...this.#link.notice]
      return runScript(client, settleLease, [leaseOf(redisKey)], args)
    })
  }

  async set(key: string, entry: Entry): Promise<FillReply> {
    const redisKey = this.#entryKey(key)
    const bytes = await this.#encode(redisKey, entry, this.#link.log.epoch)
    if (bytes instanceof CacheError) {
      // What cannot be stored still replaces what was there.
      await this.delete([key])
      return { kind: 'unstorable', error: bytes }
    }
    this.#link.inFlight.spoil(redisKey)
    const ticket = this.#link.inFlight.open(redisKey)
    try {
      await this.#link.put(redisKey, (client) => {
        const args = [bytes, this.#keptMs(entry), ...this.#link.notice]
        return runScript(client, put, [redisKey, leaseOf(redisKey)], args)
      })
      const keep = this.#keep(ticket)
      return { kind: 'stored', keep }
    } finally {
      this.#link.inFlight.spoil(redisKey)
      this.#link.inFlight.close(ticket)
    }
  }

  async setMany(entries: ReadonlyMap<string, Entry>): Promise<Map<string, FillReply>> {
    const set = async ([key, entry]: [string, Entry]): Promise<[string, FillReply]> => [
      key,
      await this.set(key, entry),
    ]
    return new Map(await Promise.all([...entries].map(set)))
  }

  delete(keys: readonly string[]): Promise<number | undefined> {
    return this.#link.remove(
      'delete',
      keys.map((key) => this.#entryKey(key)),
    )
  }

  expire(keys: readonly string[]): Promise<number | undefined> {
    return this.#link.remove(
      'expire',
      keys.map((key) => this.#entryKey(key)),
    )
  }

  #entryKey(key: string): string {
    return entryKey(this.#link.namespace, this.#name, key)
  }

  #judged(key: string, epoch: string, stamp: number, tags: readonly string[]): Judged {
    return { epoch, stamp, tags, path: () => entryPath(this.#name, key) }
  }

  /** An entry's bytes as what may be served: undefined for what is invalid, foreign or broken. */
  #accept(
    key: string,
    redisKey: string,
    bytes: Buffer,
    ticket: Ticket,
  ): Promise<Found | undefined> | Found | undefined {
    const header = this.#link.readHeader(redisKey, bytes)
    if (isRejection(header) || header.schema !== this.#schema) return undefined
    const judged = this.#judged(key, header.epoch, header.stamp, header.tags)
    const verdict = this.#link.log.judge(judged)
    if (verdict === 'invalid') return undefined
    if (verdict === 'valid') return this.#open(redisKey, bytes, header, ticket)
    return this.#verdict(judged).then((learned) =>
      learned === 'valid' ? this.#open(redisKey, bytes, header, ticket) : undefined,
    )
  }

  #open(
    redisKey: string,
    bytes: Buffer,
    header: Header,
    ticket: Ticket,
  ): Promise<Found | undefined> | Found | undefined {
    const entry = this.#link.decode(redisKey, bytes, header)
    if (entry instanceof Promise) {
      return entry.then((late) => late && this.#found(late, bytes, ticket))
    }
    return entry && this.#found(entry, bytes, ticket)
  }

  #found(entry: Entry, bytes: Buffer, ticket: Ticket): Found {
    return { entry, keep: this.#keep(ticket), version: bytes.subarray(0, ENVELOPE_HEADER_BYTES) }
  }

  #keep(ticket: Ticket): Keep {
    if (ticket.spoilt || !this.#link.isAvailable) return 'no'
    return this.#link.mustAsk ? 'bounded' : 'heard'
  }

  /** Asks for the numbers of tags that are not remembered; what stays unknown is not served. */
  async #verdict(judged: Judged): Promise<'valid' | 'invalid'> {
    const verdict = this.#link.log.judge(judged)
    if (verdict !== 'unknown') return verdict
    await this.#link.learn(judged.tags)
    return this.#link.log.judge(judged) === 'valid' ? 'valid' : 'invalid'
  }

  async #askForLease(
    redisKey: string,
    token: string,
    version: Uint8Array | undefined,
    awaited: string,
  ): Promise<['granted' | 'busy' | 'failed' | 'found', Buffer]> {
    const seen = version ? Buffer.from(version) : ''
    const reply = await this.#link.server.read(redisKey, 'asking for a lease', (client) => {
      const args = [token, this.#link.settings.leaseTtlMs, seen, awaited]
      return runScript(client, lease, [redisKey, leaseOf(redisKey)], args)
    })
    const [kind, body] = reply as [Buffer, Buffer | undefined]
    return [String(kind) as 'granted', body ?? Buffer.alloc(0)]
  }

  async #changed(ticket: Ticket, ms: number): Promise<void> {
    const { clock } = this.#link
    if (!ticket.spoilt && ms > 0) {
      await new Promise<void>((resolve) => {
        const cancel = clock.schedule(ms, resolve)
        ticket.onChange = () => {
          cancel()
          resolve()
        }
      })
    }
    this.#link.inFlight.close(ticket)
  }

  async #encode(redisKey: string, entry: Entry, epoch: string): Promise<Buffer | CacheError> {
    try {
      return await this.#link.encode(redisKey, entry, epoch, this.#schema)
    } catch (error) {
      if (isCacheError(error, 'ERR_VALUE')) return error
      throw error
    }
  }

  /** Leaves nothing behind: neither an older value nor those who wait for this one. */
  async #unstorable(held: Lease, error: CacheError): Promise<FillReply> {
    this.#link.held.letGo(held.token)
    const redisKey = this.#entryKey(held.key)
    await this.#link.server.write(redisKey, 'a delete', (client) =>
      client.unlink(redisKey, leaseOf(redisKey)),
    )
    return { kind: 'unstorable', error }
  }

  #keptMs(entry: Entry): number {
    const leftMs = entry.staleUntil - this.#link.clock.now()
    return Math.max(1, Math.ceil(Math.min(leftMs, this.#link.settings.maxLifetimeMs)))
  }
}
