/*
 * What a process knows of the invalidations of one namespace, and what follows for an entry.
 *
 * Every invalidation has a number, counted by one clock for the whole namespace. An entry carries
 * a stamp: the number that was known before its load began. It is valid while no number that
 * applies to it (its tags, the patterns, the clear of everything) is greater than its stamp.
 * Numbers, not times: clocks that disagree cannot bring a value back.
 *
 *   - `number` says: every invalidation up to here is known.
 *   - `floor` says: of those above it, every one is remembered. A tag that is not in the map was
 *     last invalidated at or below the floor, so an entry stamped at the floor or later needs no
 *     further look. For an older entry the tag's number must be asked for ('unknown').
 *   - Memory is bounded: forgetting the oldest tag raises the floor to its number.
 *   - A new epoch means that the numbers of the old one were lost; nothing of it can be proved,
 *     so nothing of it is valid.
 */

import { compilePattern } from './pattern.ts'

/** One invalidation. `none` only moves the number: the delete of a key, which is heard otherwise. */
export type Change =
  | { readonly kind: 'tags'; readonly tags: readonly string[] }
  | { readonly kind: 'pattern'; readonly pattern: string }
  /** Everything the pattern named is gone from the store: it need not be remembered any longer. */
  | { readonly kind: 'swept'; readonly pattern: string; readonly upTo: number }
  | { readonly kind: 'clear' }
  | { readonly kind: 'none' }

export type Verdict = 'valid' | 'invalid' | 'unknown'

/** What an entry must tell to be judged. `path` is asked for only where patterns exist. */
export interface Judged {
  readonly epoch: string
  readonly stamp: number
  readonly tags: readonly string[]
  path(): string
}

/** All that is known at one moment, as a shared store answers it. */
export interface Snapshot {
  readonly epoch: string
  readonly number: number
  readonly cleared: number
  /** The tags changed since the number that was asked for; undefined if they are too many. */
  readonly tags: ReadonlyMap<string, number> | undefined
  readonly patterns: ReadonlyMap<string, number>
}

interface Ban {
  readonly number: number
  readonly matches: (path: string) => boolean
}

const DEFAULT_MAX_TAGS = 100_000

export class InvalidationLog {
  readonly #maxTags: number
  readonly #tags = new Map<string, number>()
  readonly #bans = new Map<string, Ban>()
  #epoch: string
  #number = 0
  #latest = 0
  #floor = 0
  #cleared = 0
  #swept = 0

  constructor(epoch: string, maxTags: number = DEFAULT_MAX_TAGS) {
    this.#epoch = epoch
    this.#maxTags = maxTags
  }

  get epoch(): string {
    return this.#epoch
  }

  /** Every invalidation up to this number is known. */
  get number(): number {
    return this.#number
  }

  /**
   * The highest number heard of, whether or not those before it are known. A load that begins now
   * reflects it: whatever was counted was done before. So this is the stamp of a new load.
   */
  get latest(): number {
    return this.#latest
  }

  /** The patterns that have to be matched, with their numbers. */
  *patterns(): Iterable<readonly [pattern: string, number: number]> {
    for (const [pattern, ban] of this.#bans) yield [pattern, ban.number]
  }

  /** See `learn`. */
  get floor(): number {
    return this.#floor
  }

  /** Counts and remembers an invalidation where no shared clock does. @returns its number */
  record(change: Change): number {
    const number = this.#latest + 1
    this.apply(number, change)
    return number
  }

  /**
   * Takes in an invalidation. Repeated and late ones are harmless.
   *
   * @returns whether the thread holds: false says that numbers in between are missing
   */
  apply(number: number, change: Change): boolean {
    this.#remember(number, change)
    this.#latest = Math.max(this.#latest, number)
    if (number > this.#number + 1) return false
    if (number === this.#number + 1) this.#number = number
    return true
  }

  /** Takes in everything that a shared store knows. @returns whether the epoch is another one */
  merge(snapshot: Snapshot): boolean {
    const isOther = snapshot.epoch !== this.#epoch
    if (isOther) this.#forgetAll(snapshot.epoch, snapshot.number)
    if (snapshot.tags === undefined) this.#forgetTags(snapshot.number)
    for (const [tag, number] of snapshot.tags ?? []) this.#hearOfTag(tag, number)
    for (const [pattern, number] of snapshot.patterns) this.#rememberPattern(pattern, number)
    this.#cleared = Math.max(this.#cleared, snapshot.cleared)
    this.#number = Math.max(this.#number, snapshot.number)
    this.#latest = Math.max(this.#latest, snapshot.number)
    return isOther
  }

  /**
   * Adds a tag's number that was asked for because of an 'unknown'.
   *
   * @param floor the floor when it was asked: if it rose since, the answer may be outdated and is
   *   dropped
   */
  learn(tag: string, number: number, floor: number): void {
    if (floor === this.#floor) this.#rememberTag(tag, number)
  }

  /**
   * Whether an entry without tags is valid, where that can be told without its path: the short way
   * for what is asked of every entry read.
   */
  isPlainlyValid({ epoch, stamp, tags }: Omit<Judged, 'path'>): boolean {
    if (tags.length > 0 || this.#bans.size > 0) return false
    return epoch === this.#epoch && stamp >= this.#cleared
  }

  /** Whether an entry may still be served. */
  judge(entry: Judged): Verdict {
    if (entry.epoch !== this.#epoch || entry.stamp < this.#cleared) return 'invalid'
    if (this.#bans.size > 0 && this.#isBanned(entry)) return 'invalid'
    let verdict: Verdict = 'valid'
    for (const tag of entry.tags) {
      const number = this.#tags.get(tag)
      if (number === undefined) {
        if (entry.stamp < this.#floor) verdict = 'unknown'
      } else if (number > entry.stamp) return 'invalid'
    }
    return verdict
  }

  /**
   * Whether a value may be stored now that was loaded at its stamp. Stricter than `judge`: a
   * pattern that was swept is forgotten, so what began before it can no longer be judged.
   */
  mayStore(entry: Judged): boolean {
    return entry.stamp >= this.#swept && this.judge(entry) !== 'invalid'
  }

  #remember(number: number, change: Change): void {
    if (change.kind === 'tags') for (const tag of change.tags) this.#hearOfTag(tag, number)
    else if (change.kind === 'pattern') this.#rememberPattern(change.pattern, number)
    else if (change.kind === 'swept') this.#forgetPattern(change.pattern, change.upTo)
    else if (change.kind === 'clear') this.#cleared = Math.max(this.#cleared, number)
  }

  /** A number below the floor is passed over: a later one of the tag may have been forgotten. */
  #hearOfTag(tag: string, number: number): void {
    if (number >= this.#floor || this.#tags.has(tag)) this.#rememberTag(tag, number)
  }

  #rememberTag(tag: string, number: number): void {
    const known = this.#tags.get(tag)
    if (known !== undefined && known >= number) return
    // Deleted first, so that the map's order stays the order of change.
    if (known !== undefined) this.#tags.delete(tag)
    this.#tags.set(tag, number)
    if (this.#tags.size > this.#maxTags) this.#forgetOldestTag()
  }

  #forgetOldestTag(): void {
    for (const [tag, number] of this.#tags) {
      this.#tags.delete(tag)
      this.#floor = Math.max(this.#floor, number)
      return
    }
  }

  #rememberPattern(pattern: string, number: number): void {
    const known = this.#bans.get(pattern)
    if (known && known.number >= number) return
    this.#bans.set(pattern, { number, matches: known?.matches ?? compilePattern(pattern) })
  }

  #forgetPattern(pattern: string, upTo: number): void {
    this.#swept = Math.max(this.#swept, upTo)
    const known = this.#bans.get(pattern)
    if (known && known.number <= upTo) this.#bans.delete(pattern)
  }

  #isBanned(entry: Judged): boolean {
    const path = entry.path()
    for (const ban of this.#bans.values()) {
      if (ban.number > entry.stamp && ban.matches(path)) return true
    }
    return false
  }

  /** Those above the floor were heard of while the snapshot was on its way: they stay. */
  #forgetTags(floor: number): void {
    for (const [tag, number] of this.#tags) if (number <= floor) this.#tags.delete(tag)
    this.#floor = Math.max(this.#floor, floor)
  }

  #forgetAll(epoch: string, number: number): void {
    this.#epoch = epoch
    this.#tags.clear()
    this.#bans.clear()
    this.#number = number
    this.#latest = number
    this.#floor = number
    this.#cleared = 0
    this.#swept = 0
  }
}
