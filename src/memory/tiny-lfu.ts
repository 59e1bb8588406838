/*
 * The queues of W-TinyLFU [1] with the ghosts of 2Q and S3-FIFO [2, 3]; `policy.ts` tells why.
 *
 * New keys enter the window, an LRU. What the window pushes out moves to the main space, a
 * segmented LRU (probation, then protected after a second use), and if the store is over its bound
 * it must win a duel: the loser of the two (the newcomer, or the oldest in probation) leaves. A
 * tie goes to the one that is there. A newcomer that lost leaves its ghost; if it is asked for
 * while the ghost lives, the duel was wrong, and it enters probation without another.
 *
 * Works on slot numbers, knows neither keys nor values. All of it O(1) but for the evictions an
 * entry of great weight makes necessary. Memory: 13 bytes a slot, and the ghosts.
 *
 * [1] G. Einziger, O. Eytan, R. Friedman, B. Manes: Adaptive Software Cache Management.
 *     Middleware 2018. https://doi.org/10.1145/3274808.3274816
 * [2] T. Johnson, D. Shasha: 2Q. VLDB 1994, 439-450. http://www.vldb.org/conf/1994/P439.PDF
 * [3] J. Yang, Y. Zhang, Z. Qiu, Y. Yue, K. V. Rashmi: FIFO queues are all you need for cache
 *     eviction. SOSP 2023. https://doi.org/10.1145/3600006.3613147
 */
import { Ghosts } from './ghosts.ts'
import type { Queue } from './queues.ts'
import { OUT, PROBATION, PROTECTED, Queues, WINDOW } from './queues.ts'
import type { Sketch } from './sketch.ts'

export interface TinyLfuOptions {
  readonly maxEntries: number
  /** Of all weights together; Infinity when every entry counts the same. */
  readonly maxWeight: number
  /** Never changes but for `reweigh`. Absent: every entry weighs 1. */
  readonly weightOf: ((slot: number) => number) | undefined
  readonly windowShare: number
  readonly slots: number
  /** How many entries the store will hold when it is full. */
  readonly entriesWhenFull: number
  readonly sketch: Sketch
  readonly random: () => number
  /** Told of each slot that has to go, after it has left the queues. */
  readonly evict: (slot: number) => void
}

const PROTECTED_SHARE = 0.8
/** A window that shrinks hands over a few entries at each insertion: no pause. */
const MOVES_PER_INSERTION = 4
/** A loser asked for at least this often may be an attacker's victim: it has a small chance. */
const WARM_COUNT = 6
const WARM_CHANCE = 1 / 128
const NONE = -1

export class TinyLfu {
  readonly #queues: Queues
  readonly #ghosts: Ghosts
  readonly #sketch: Sketch
  readonly #random: () => number
  readonly #evict: (slot: number) => void
  readonly #maxEntries: number
  readonly #maxWeight: number
  /** What the window's share is a share of: the bytes when there is such a bound. */
  readonly #capacity: number
  readonly #weightOf: ((slot: number) => number) | undefined
  #hashes: Int32Array
  /** Indexed by queue. */
  readonly #weights: number[] = [0, 0, 0, 0]
  #count = 0
  #weight = 0
  #maxWindow = 0
  #maxProtected = 0

  constructor(options: TinyLfuOptions) {
    this.#maxEntries = options.maxEntries
    this.#maxWeight = options.maxWeight
    this.#weightOf = options.weightOf
    this.#capacity = options.weightOf === undefined ? options.maxEntries : options.maxWeight
    this.#queues = new Queues(options.slots)
    this.#ghosts = new Ghosts(options.entriesWhenFull)
    this.#sketch = options.sketch
    this.#random = options.random
    this.#evict = options.evict
    this.#hashes = new Int32Array(options.slots)
    this.setWindowShare(options.windowShare)
  }

  get count(): number {
    return this.#count
  }

  get weight(): number {
    return this.#weight
  }

  resize(slots: number): void {
    this.#queues.resize(slots)
    const hashes = new Int32Array(slots)
    hashes.set(this.#hashes)
    this.#hashes = hashes
  }

  /** @see Ghosts.ensure */
  ensure(entriesWhenFull: number): void {
    this.#ghosts.ensure(entriesWhenFull)
  }

  /** How much of the capacity belongs to the window. Entries move over as insertions come. */
  setWindowShare(share: number): void {
    this.#maxWindow = Math.max(1, Math.round(this.#capacity * share))
    this.#maxProtected = Math.floor((this.#capacity - this.#maxWindow) * PROTECTED_SHARE)
  }

  has(slot: number): boolean {
    return this.#queues.queueOf(slot) !== OUT
  }

  hashOf(slot: number): number {
    return this.#hashes[slot] as number
  }

  /** The entry was used. */
  touch(slot: number): void {
    const queue = this.#queues.queueOf(slot)
    this.#take(slot)
    if (queue === WINDOW) {
      this.#put(slot, WINDOW)
      return
    }
    this.#put(slot, PROTECTED)
    while ((this.#weights[PROTECTED] as number) > this.#maxProtected) {
      const demoted = this.#queues.oldest(PROTECTED)
      this.#take(demoted)
      this.#put(demoted, PROBATION)
    }
  }

  /** A new entry came. Evicts whatever has to go for it, itself perhaps. */
  insert(slot: number, hash: number): void {
    this.#hashes[slot] = hash
    this.#count += 1
    this.#weight += this.#weightAt(slot)
    this.#put(slot, this.#ghosts.take(hash) ? PROBATION : WINDOW)
    this.#evictWhatIsOver(this.#shiftWindow())
  }

  /** An entry that was there before the policy took note of uses. Evicts nothing. */
  adopt(slot: number, hash: number): void {
    this.#hashes[slot] = hash
    this.#count += 1
    this.#weight += this.#weightAt(slot)
    this.#put(slot, PROBATION)
  }

  /** Evicts what is over the bounds after entries were adopted. */
  settle(): void {
    this.#evictWhatIsOver(NONE)
  }

  /** The entry weighs so much more than before; negative when less. */
  reweigh(slot: number, change: number): void {
    const queue = this.#queues.queueOf(slot)
    this.#weight += change
    this.#weights[queue] = (this.#weights[queue] as number) + change
    if (change > 0) this.#evictWhatIsOver(this.#shiftWindow())
  }

  /** The entry left for another reason than the bound. */
  remove(slot: number): void {
    this.#take(slot)
    this.#count -= 1
    this.#weight -= this.#weightAt(slot)
  }

  /** Moves what the window has too much to the main space. @returns the last moved, or -1. */
  #shiftWindow(): number {
    let candidate = NONE
    for (let moves = 0; moves < MOVES_PER_INSERTION; moves++) {
      if ((this.#weights[WINDOW] as number) <= this.#maxWindow) break
      candidate = this.#queues.oldest(WINDOW)
      this.#take(candidate)
      this.#put(candidate, PROBATION)
    }
    return candidate
  }

  #evictWhatIsOver(newcomer: number): void {
    let candidate = newcomer
    while (this.#count > this.#maxEntries || this.#weight > this.#maxWeight) {
      const loser = this.#loser(candidate)
      if (loser === candidate) candidate = NONE
      this.remove(loser)
      this.#evict(loser)
    }
  }

  #loser(candidate: number): number {
    const victim = this.#victim(candidate)
    if (candidate === NONE) return victim
    if (victim === NONE) return candidate
    const hash = this.hashOf(candidate)
    if (this.#admits(hash, this.hashOf(victim))) return victim
    this.#ghosts.add(hash)
    return candidate
  }

  /** The entry of the main space (else of the window) that is to go first, or -1. */
  #victim(candidate: number): number {
    const oldest = this.#queues.oldest(PROBATION)
    if (oldest !== NONE && oldest !== candidate) return oldest
    const next = oldest === NONE ? NONE : this.#queues.newerThan(oldest)
    if (next !== NONE) return next
    const main = this.#queues.oldest(PROTECTED)
    if (main !== NONE) return main
    // With nothing in the main space the candidate goes, not who has only just come.
    return candidate === NONE ? this.#queues.oldest(WINDOW) : NONE
  }

  #admits(candidate: number, victim: number): boolean {
    const uses = this.#sketch.estimate(candidate)
    if (uses > this.#sketch.estimate(victim)) return true
    return uses >= WARM_COUNT && this.#random() < WARM_CHANCE
  }

  #put(slot: number, queue: Queue): void {
    this.#queues.push(slot, queue)
    this.#weights[queue] = (this.#weights[queue] as number) + this.#weightAt(slot)
  }

  #take(slot: number): void {
    const queue = this.#queues.queueOf(slot)
    this.#weights[queue] = (this.#weights[queue] as number) - this.#weightAt(slot)
    this.#queues.remove(slot)
  }

  #weightAt(slot: number): number {
    return this.#weightOf === undefined ? 1 : this.#weightOf(slot)
  }
}
