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
import type { Look } from './in-flight.ts'
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
    const { inFlight } = this.#link
    for (let attempt = 1; ; attempt += 1) {
      const look = inFlight.begin()
      try {
        if (this.#link.mustAsk) await this.#link.refresh()
        const bytes = await this.#link.reader.read(redisKey)
        if (bytes === null) return undefined
        const found = await this.#accept(key, redisKey, bytes, look)
        if (!inFlight.isSpoilt(look, redisKey)) return found
        // It changes all the time: whoever needs it takes the lease.
        if (attempt === MAX_LOOKS) return undefined
      } finally {
        inFlight.end(look)
      }
    }
  }

  async getMany(keys: readonly string[]): Promise<(Found | undefined)[]> {
    const redisKeys = keys.map((key) => this.#entryKey(key))
    const look = this.#link.inFlight.begin()
    try {
      if (this.#link.mustAsk) await this.#link.refresh()
      const all = await this.#link.reader.readMany(redisKeys)
      const { latest, epoch } = this.#link.log
      const found = new Array<Found | undefined>(keys.length)
      const late: Promise<void>[] = []
      for (let i = 0; i < keys.length; i += 1) {
        const bytes = all[i]
        if (!bytes) continue
        const each = this.#accept(keys[i] as string, redisKeys[i] as string, bytes, look)
        if (!(each instanceof Promise)) found[i] = each
        else late.push(settleInto(found, i, each))
      }
      if (late.length > 0) await Promise.all(late)
      await this.#lookAgain(keys, redisKeys, found, look)
      const { log } = this.#link
      if (log.latest !== latest || log.epoch !== epoch) this.#judgeAgain(keys, found, epoch)
      return found
    } finally {
      this.#link.inFlight.end(look)
    }
  }

  async lease(key: string, seen?: Found, awaited = ''): Promise<LeaseReply> {
    const redisKey = this.#entryKey(key)
    const look = this.#link.inFlight.begin()
    try {
      if (this.#link.mustAsk) await this.#link.refresh()
      let version: Uint8Array | undefined = seen?.version
      for (let attempt = 1; attempt <= MAX_LOOKS; attempt += 1) {
        const { latest: stamp, epoch } = this.#link.log
        const token = randomBytes(TOKEN_BYTES).toString('base64url')
        const [kind, body] = await this.#askForLease(redisKey, token, version, awaited)
        if (kind === 'granted') {
          this.#link.held.keep(leaseOf(redisKey), token)
          return { kind, lease: { key, token, stamp, epoch } }
        }
        if (kind !== 'found') return this.#notGranted(redisKey, kind, String(body), look)
        const found = await this.#accept(key, redisKey, body, look)
        if (found) return { kind, found }
        if (this.#link.isUntouchable(body)) return { kind: 'untouchable' }
        version = body
      }
      throw new CacheError('ERR_STORE', 'Redis: an unusable entry keeps changing.')
    } finally {
      this.#link.inFlight.end(look)
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
    const endWrite = this.#link.beginWrite(redisKey)
    let isWritten = false
    try {
      const bytes = await this.#encode(redisKey, entry, held.epoch)
      if (bytes instanceof CacheError) return await this.#unstorable(held, bytes)
      // The budget of a read: those who wait for the value wait for this too.
      const stored = await this.#link.server.read(redisKey, 'a fill', (client) => {
        const args = [held.token, bytes, this.#keptMs(entry), ...this.#link.notice]
        return runScript(client, fill, [redisKey, leaseOf(redisKey)], args)
      })
      this.#link.held.letGo(held.token)
      isWritten = Number(stored) === 1
      if (!isWritten || (await this.#verdict(judged)) !== 'valid') return { kind: 'refused' }
      return { kind: 'stored', keep: endWrite(true) }
    } catch (error) {
      if (isCacheError(error) && classify(error.cause) === 'memory') {
        return await this.#unstorable(held, error)
      }
      throw error
    } finally {
      this.#link.held.letGo(held.token)
      endWrite(isWritten)
    }
  }

  async release(held: Lease, error?: Error): Promise<void> {
    this.#link.held.letGo(held.token)
    const redisKey = this.#entryKey(held.key)
    const outcome = error ? ['fail', this.#link.settings.errorTtlMs] : ['release', 0]
    const text = error ? encodeSharedError(error, this.#link.isEncrypted) : ''
    await this.#link.server.write(redisKey, 'ending a lease', (client) => {
      const args = [held.token, ...outcome, text, ...this.#link.notice]
      return runScript(client, settleLease, [leaseOf(redisKey)], args)
    })
  }

  async set(key: string, entry: Entry): Promise<FillReply> {
    const redisKey = this.#entryKey(key)
    const { epoch } = this.#link.log
    if (epoch === '') throw this.#link.tooEarly(redisKey)
    // Answers that are under way now are older than this value.
    this.#link.inFlight.spoil(redisKey)
    const bytes = await this.#encode(redisKey, entry, epoch)
    if (bytes instanceof CacheError) {
      // What cannot be stored still replaces what was there.
      await this.delete([key])
      return { kind: 'unstorable', error: bytes }
    }
    this.#link.inFlight.spoil(redisKey)
    const endWrite = this.#link.beginWrite(redisKey)
    try {
      await this.#link.put(redisKey, (client) => {
        const args = [bytes, this.#keptMs(entry), ...this.#link.notice]
        return runScript(client, put, [redisKey, leaseOf(redisKey)], args)
      })
      return { kind: 'stored', keep: endWrite(true) }
    } finally {
      endWrite(false)
      this.#link.inFlight.spoil(redisKey)
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
    look: Look,
  ): Promise<Found | undefined> | Found | undefined {
    // It may be just what an invalidation was to take away that waits to be sent.
    if (!this.#link.isAvailable) return undefined
    const header = this.#link.readHeader(redisKey, bytes)
    if (isRejection(header) || header.schema !== this.#schema) return undefined
    if (this.#link.log.isPlainlyValid(header)) return this.#open(key, bytes, header, look)
    const judged = this.#judged(key, header.epoch, header.stamp, header.tags)
    const verdict = this.#link.log.judge(judged)
    if (verdict === 'invalid') return undefined
    if (verdict === 'valid') return this.#open(key, bytes, header, look)
    return this.#verdict(judged).then((learned) =>
      learned === 'valid' ? this.#open(key, bytes, header, look) : undefined,
    )
  }

  #open(
    key: string,
    bytes: Buffer,
    header: Header,
    look: Look,
  ): Promise<Found | undefined> | Found | undefined {
    const redisKey = this.#entryKey(key)
    const entry = this.#link.decode(redisKey, bytes, header)
    if (entry instanceof Promise) {
      // It was decoded elsewhere; what was invalidated meanwhile has to be seen.
      const judged = this.#judged(key, header.epoch, header.stamp, header.tags)
      return entry.then((late) =>
        late && this.#isStillValid(judged) ? this.#found(redisKey, late, bytes, look) : undefined,
      )
    }
    return entry && this.#found(redisKey, entry, bytes, look)
  }

  #found(redisKey: string, entry: Entry, bytes: Buffer, look: Look): Found {
    return { entry, keep: this.#keep(redisKey, look), version: bytes }
  }

  #keep(redisKey: string, look: Look): Keep {
    if (!this.#link.isAvailable || this.#link.inFlight.isSpoilt(look, redisKey)) return 'no'
    return this.#link.mustAsk ? 'bounded' : 'heard'
  }

  /** What changed while it was asked for is asked for once more, and served without being kept. */
  async #lookAgain(
    keys: readonly string[],
    redisKeys: readonly string[],
    found: (Found | undefined)[],
    look: Look,
  ): Promise<void> {
    const isSpoilt = (i: number): boolean =>
      this.#link.inFlight.isSpoilt(look, redisKeys[i] as string)
    const again: Promise<void>[] = []
    for (let i = 0; i < keys.length; i += 1) {
      if (!isSpoilt(i)) continue
      again.push(settleInto(found, i, this.get(keys[i] as string)))
    }
    if (again.length > 0) await Promise.all(again)
    // Others may have changed while those were read again.
    for (let i = 0; i < keys.length; i += 1) {
      const each = found[i]
      if (each && isSpoilt(i)) found[i] = { ...each, keep: 'no' }
    }
  }

  /** Some had to be waited for; what was invalidated meanwhile must not be kept for it. */
  #judgeAgain(keys: readonly string[], found: (Found | undefined)[], epoch: string): void {
    for (let i = 0; i < keys.length; i += 1) {
      const entry = found[i]?.entry
      if (!entry) continue
      const judged = this.#judged(keys[i] as string, epoch, entry.stamp, entry.tags)
      if (!this.#isStillValid(judged)) found[i] = undefined
    }
  }

  #isStillValid(judged: Judged): boolean {
    return this.#link.isAvailable && this.#link.log.judge(judged) !== 'invalid'
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
    const seen = version ? Buffer.from(version.subarray(0, ENVELOPE_HEADER_BYTES)) : ''
    const reply = await this.#link.server.read(redisKey, 'asking for a lease', (client) => {
      const args = [token, this.#link.settings.leaseTtlMs, seen, awaited]
      return runScript(client, lease, [redisKey, leaseOf(redisKey)], args)
    })
    const [kind, body] = reply as [Buffer, Buffer | undefined]
    return [String(kind) as 'granted', body ?? Buffer.alloc(0)]
  }

  #notGranted(
    redisKey: string,
    kind: 'busy' | 'failed',
    body: string,
    look: Look,
  ): Exclude<LeaseReply, { kind: 'granted' | 'found' | 'untouchable' }> {
    if (kind === 'failed') return { kind, error: decodeSharedError(body) }
    const { inFlight, clock } = this.#link
    if (inFlight.isSpoilt(look, redisKey)) {
      return { kind, token: body, changed: () => Promise.resolve() }
    }
    // Watched from now on, in the same step as the answer was taken: no change can slip between.
    let tell = (): void => {}
    const change = new Promise<void>((resolve) => {
      tell = resolve
    })
    const stop = inFlight.watch(redisKey, tell)
    const changed = (ms: number): Promise<void> => {
      const cancel = clock.schedule(ms, tell)
      return change.finally(() => {
        cancel()
        stop()
      })
    }
    return { kind, token: body, changed }
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
    const wasOurs = await this.#link.server.write(redisKey, 'a delete', (client) => {
      const args = [held.token, '', 0, ...this.#link.notice]
      return runScript(client, fill, [redisKey, leaseOf(redisKey)], args)
    })
    return Number(wasOurs) === 1 ? { kind: 'unstorable', error } : { kind: 'refused' }
  }

  #keptMs(entry: Entry): number {
    const leftMs = entry.staleUntil - this.#link.clock.now()
    return Math.max(1, Math.ceil(Math.min(leftMs, this.#link.settings.maxLifetimeMs)))
  }
}

async function settleInto<T>(places: T[], position: number, value: Promise<T>): Promise<void> {
  places[position] = await value
}
