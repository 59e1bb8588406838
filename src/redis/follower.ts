import { randomBytes } from 'node:crypto'
import type { Redis } from 'ioredis'
import type { Clock } from '../base/clock.ts'
import { createEpoch } from '../store/envelope.ts'
import { type Change, InvalidationLog, type Snapshot } from '../store/invalidation-log.ts'
import { canCompile } from '../store/pattern.ts'
import type { CoherenceListener } from '../store/shared-store.ts'
import { changeArguments, parseChangeMessage } from './change-message.ts'
import { runScript, type Script, type ScriptArgument } from './script.ts'
import { record } from './scripts/record.lua.ts'
import { sync } from './scripts/sync.lua.ts'
import { tagNumbers } from './scripts/tag-numbers.lua.ts'
import type { ServerTime } from './server-time.ts'
import { type StateKeys, stateKeys } from './state-keys.ts'

/*
 * Follows the invalidation clock of one namespace: sends our invalidations, hears those of others,
 * and notices what it missed.
 *
 * Changes come as numbered messages, in order. A number that skips some, another epoch, or a
 * heartbeat that shows a later number than was heard leads to a pull: one exchange that brings
 * everything since the last known number. So a lost message costs a pull, never a stale entry.
 */

/** More changed tags than this are not listed: what is in memory is dropped instead. */
const MAX_PULLED_TAGS = 2_000
const MAX_BANS = 256
const TAGS_PER_RECORD = 1_000
/** Idle state outlives every entry that could need it. */
const STATE_LIFETIMES = 2

export class Follower {
  readonly log: InvalidationLog = new InvalidationLog('')
  readonly keys: StateKeys
  /** Who we are in the messages we publish. */
  readonly sender: string = randomBytes(6).toString('hex')
  readonly #listener: CoherenceListener
  readonly #clock: Clock
  readonly #time: ServerTime
  readonly #stateTtlMs: number
  #cleared = 0

  constructor(
    namespace: string,
    maxLifetimeMs: number,
    clock: Clock,
    time: ServerTime,
    listener: CoherenceListener,
  ) {
    this.keys = stateKeys(namespace)
    this.#clock = clock
    this.#time = time
    this.#listener = listener
    this.#stateTtlMs = maxLifetimeMs * STATE_LIFETIMES
  }

  /** Records changes on the server. @returns the last number */
  async record(client: Redis, change: Change): Promise<number> {
    let number = 0
    for (const part of inParts(change)) number = await this.#recordOne(client, part)
    return number
  }

  /** Takes in what another process published. @returns whether a pull is needed */
  take(body: Buffer): boolean {
    const message = parseChangeMessage(body.toString())
    if (!message) return true
    const { number, epoch, sender, change } = message
    if (epoch !== this.log.epoch) return true
    if (number <= this.log.number) return false
    if (!change) return true
    const isContiguous = this.log.apply(number, change)
    if (sender !== this.sender) this.#tell(change, number, false)
    return !isContiguous
  }

  /**
   * Brings everything since the last known number.
   *
   * @param heard settles once everything was heard that had been told before it was called. A
   *   number says that the deletes before it are known too, and keys are told on another connection
   */
  async pull(client: Redis, heard?: () => Promise<unknown>): Promise<void> {
    const sentAt = this.#clock.now()
    const reply = await this.run(client, sync, [MAX_PULLED_TAGS])
    const { snapshot, serverMs } = readSnapshot(reply)
    this.#time.observe(sentAt, this.#clock.now(), serverMs)
    await heard?.()
    this.#merge(snapshot)
  }

  /** Asks for the numbers of tags that are older than what the log remembers. */
  async learn(client: Redis, tags: readonly string[]): Promise<void> {
    const { floor } = this.log
    const [epoch, ...numbers] = (await this.run(client, tagNumbers, tags)) as unknown[]
    if (String(epoch) !== this.log.epoch) return this.pull(client)
    tags.forEach((tag, i) => {
      this.log.learn(tag, Number(numbers[i]), floor)
    })
  }

  /** Runs one of the scripts that work on the namespace's state. */
  run(client: Redis, script: Script, args: readonly ScriptArgument[]): Promise<unknown> {
    const { epoch, number } = this.log
    const state = [epoch, number, createEpoch(), this.keys.channel, this.#stateTtlMs]
    return runScript(client, script, this.keys.all, [...state, ...args])
  }

  async #recordOne(client: Redis, change: Change): Promise<number> {
    const { kind, upTo, list } = changeArguments(change)
    const args = [this.sender, kind, MAX_BANS, upTo, ...list]
    const reply = (await this.run(client, record, args)) as unknown[]
    const number = Number(reply[0])
    const recorded: Change = String(reply[2]) === 'clear' ? { kind: 'clear' } : change
    const epoch = String(reply[1])
    if (epoch !== this.log.epoch) await this.pull(client)
    // Where its epoch has ended meanwhile, so has everything that it concerns: in another one the
    // number would vouch for what it never saw.
    if (epoch === this.log.epoch) this.log.apply(number, recorded)
    this.#tell(recorded, number, true)
    return number
  }

  #merge(snapshot: Snapshot): void {
    const before = this.log.number
    const isOther = this.log.merge(snapshot)
    const hasCleared = snapshot.cleared > this.#cleared
    this.#cleared = isOther ? snapshot.cleared : Math.max(this.#cleared, snapshot.cleared)
    if (isOther || hasCleared || !snapshot.tags) {
      this.#listener.lost()
      return
    }
    const tags = [...snapshot.tags.keys()]
    if (tags.length > 0) this.#tell({ kind: 'tags', tags }, snapshot.number, false)
    for (const [pattern, number] of snapshot.patterns) {
      if (number > before) this.#tell({ kind: 'pattern', pattern }, number, false)
    }
  }

  #tell(change: Change, number: number, isOurs: boolean): void {
    if (change.kind === 'clear') this.#cleared = Math.max(this.#cleared, number)
    this.#listener.invalidated(change, number, isOurs)
  }
}

/** Long lists of tags go in several steps: a script must not hold up the server. */
function inParts(change: Change): readonly Change[] {
  if (change.kind !== 'tags' || change.tags.length <= TAGS_PER_RECORD) return [change]
  const parts: Change[] = []
  for (let i = 0; i < change.tags.length; i += TAGS_PER_RECORD) {
    parts.push({ kind: 'tags', tags: change.tags.slice(i, i + TAGS_PER_RECORD) })
  }
  return parts
}

function readSnapshot(reply: unknown): { snapshot: Snapshot; serverMs: number } {
  const [epoch, number, cleared, time, tags, bans] = reply as unknown[]
  const [seconds, microseconds] = time as unknown[]
  const patterns = readPairs(bans as unknown[])
  // What a later version has banned and this one cannot match counts as a clear of everything.
  const unreadable = [...patterns].filter(([pattern]) => !canCompile(pattern))
  for (const [pattern] of unreadable) patterns.delete(pattern)
  const clearedAt = Math.max(Number(cleared), ...unreadable.map(([, each]) => each))
  return {
    serverMs: Number(seconds) * 1_000 + Number(microseconds) / 1_000,
    snapshot: {
      epoch: String(epoch),
      number: Number(number),
      cleared: clearedAt,
      tags: Array.isArray(tags) ? readPairs(tags) : undefined,
      patterns,
    },
  }
}

function readPairs(flat: readonly unknown[]): Map<string, number> {
  const pairs = new Map<string, number>()
  for (let i = 0; i < flat.length; i += 2) pairs.set(String(flat[i]), Number(flat[i + 1]))
  return pairs
}
