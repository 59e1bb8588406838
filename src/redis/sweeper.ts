import { randomBytes } from 'node:crypto'
import { sleep } from '../base/clock.ts'
import { entryPath, parseEntryKey } from '../store/key.ts'
import { compilePattern, escapeGlob } from '../store/pattern.ts'
import type { Follower } from './follower.ts'
import { runScript } from './script.ts'
import { prune } from './scripts/prune.lua.ts'
import { sweepEntry } from './scripts/sweep.lua.ts'
import type { RedisServer } from './server.ts'

/*
 * Frees what patterns have made invalid, and forgets the patterns afterwards; and forgets tags
 * that no entry can carry any more. None of it is needed for correctness: readers refuse such
 * entries from the first moment. It keeps memory and the list of patterns small.
 *
 * A pattern is forgotten only after a pass that began well after it was recorded: a load that was
 * under way holds a lease, a lease lives for seconds, so by then nothing older can be stored.
 */

interface Pattern {
  readonly text: string
  readonly number: number
  readonly matches: (path: string) => boolean
  readonly isSettled: boolean
}

const KEYS_PER_STEP = 200
const PAUSE_MS = 5
const SETTLED_MS = 30_000
const PASS_LOCK_MS = 60_000
const PRUNE_EVERY_MS = 3_600_000
const PRUNE_STEP = 500
const DAY_MS = 86_400_000
/** Where the epoch lies in the header; the stamp follows it. See store/envelope.ts. */
const EPOCH_OFFSET = 16

export class Sweeper {
  readonly #namespace: string
  readonly #server: RedisServer
  readonly #follower: Follower
  readonly #seenAt = new Map<string, number>()
  readonly #swept = new Set<string>()
  #isRunning = false
  #prunedAt = 0

  constructor(namespace: string, server: RedisServer, follower: Follower) {
    this.#namespace = namespace
    this.#server = server
    this.#follower = follower
  }

  /** Starts a pass if one is due. Never throws; what fails is tried again at a later tick. */
  tick(): void {
    if (this.#isRunning) return
    const patterns = this.#due()
    const mustPrune = this.#server.clock.now() - this.#prunedAt > PRUNE_EVERY_MS
    if (patterns.length === 0 && !mustPrune) return
    this.#isRunning = true
    this.#work(patterns, mustPrune)
      .catch(() => {})
      .finally(() => {
        this.#isRunning = false
      })
  }

  /** Patterns that were not swept yet, or were swept too early to be forgotten. */
  #due(): Pattern[] {
    const now = this.#server.clock.now()
    const due: Pattern[] = []
    const known = new Set<string>()
    for (const [text, number] of this.#follower.log.patterns()) {
      const id = `${number} ${text}`
      known.add(id)
      const seenAt = this.#seenAt.get(id) ?? now
      this.#seenAt.set(id, seenAt)
      const isSettled = now - seenAt >= SETTLED_MS
      if (isSettled || !this.#swept.has(id)) {
        due.push({ text, number, matches: compilePattern(text), isSettled })
      }
    }
    for (const id of this.#seenAt.keys()) {
      if (!known.has(id)) {
        this.#seenAt.delete(id)
        this.#swept.delete(id)
      }
    }
    return due
  }

  async #work(patterns: readonly Pattern[], mustPrune: boolean): Promise<void> {
    if (mustPrune) await this.#prune()
    if (patterns.length === 0 || !(await this.#claim(patterns))) return
    await this.#pass(patterns)
    for (const { text, number, isSettled } of patterns) {
      this.#swept.add(`${number} ${text}`)
      if (!isSettled) continue
      const [key] = this.#follower.keys.all
      await this.#server.write(key, 'a sweep', (client) =>
        this.#follower.record(client, { kind: 'swept', pattern: text, upTo: number }),
      )
    }
  }

  /** One process of the fleet sweeps; settled patterns and first passes are claimed apart. */
  async #claim(patterns: readonly Pattern[]): Promise<boolean> {
    const stage = patterns.some(({ isSettled }) => isSettled) ? 'settled' : 'first'
    const key = `${this.#follower.keys.all[0]}:sweeper:${stage}`
    const token = randomBytes(6).toString('hex')
    const reply = await this.#server.write(key, 'a sweep', (client) =>
      client.set(key, token, 'PX', PASS_LOCK_MS, 'NX'),
    )
    const mine = reply === 'OK'
    if (!mine && stage === 'first') {
      for (const { text, number } of patterns) this.#swept.add(`${number} ${text}`)
    }
    return mine
  }

  async #pass(patterns: readonly Pattern[]): Promise<void> {
    const match = `${escapeGlob(this.#namespace)}:*:{*}`
    let cursor = '0'
    do {
      const [next, keys] = await this.#server.write('', 'a sweep', (client) =>
        client.scan(cursor, 'MATCH', match, 'COUNT', KEYS_PER_STEP),
      )
      cursor = next
      await Promise.all(keys.map((key) => this.#sweep(key, patterns)))
      await sleep(this.#server.clock, PAUSE_MS)
    } while (cursor !== '0')
  }

  async #sweep(redisKey: string, patterns: readonly Pattern[]): Promise<void> {
    const name = parseEntryKey(redisKey, this.#namespace)
    if (name?.kind !== 'entry') return
    const path = entryPath(name.definition, name.keyText)
    const number = Math.max(
      0,
      ...patterns.filter(({ matches }) => matches(path)).map(({ number: each }) => each),
    )
    if (number === 0) return
    const args = [number, this.#follower.log.epoch, EPOCH_OFFSET]
    await this.#server.write(redisKey, 'a sweep', (client) =>
      runScript(client, sweepEntry, [redisKey], args),
    )
  }

  async #prune(): Promise<void> {
    const days = Math.ceil(this.#server.settings.maxLifetimeMs / DAY_MS)
    const [key] = this.#follower.keys.all
    let forgotten = PRUNE_STEP
    while (forgotten === PRUNE_STEP) {
      forgotten = await this.#server.write(key, 'pruning', (client) =>
        this.#follower.run(client, prune, [days, PRUNE_STEP]).then(Number),
      )
    }
    this.#prunedAt = this.#server.clock.now()
  }
}
