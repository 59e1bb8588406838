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
 * entry of great weight makes necessary. Memory: 13 bytes a slot, 17 with weights, and the ghosts.
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
  #hashes: Int32Array
  #weights: Uint32Array | undefined
  /** Of each queue; indexed by queue. */
  readonly #weightOf: number[] = [0, 0, 0, 0]
  #count = 0
  #weight = 0
  #maxWindow = 0
  #maxProtected = 0

  constructor(options: TinyLfuOptions) {
    this.#maxEntries = options.maxEntries
    this.#maxWeight = options.maxWeight
    const isWeighted = options.maxWeight !== Number.POSITIVE_INFINITY
    this.#capacity = isWeighted ? options.maxWeight : options.maxEntries
    this.#queues = new Queues(options.slots)
    this.#ghosts = new Ghosts(options.entriesWhenFull)
    this.#sketch = options.sketch
    this.#random = options.random
    this.#evict = options.evict
    this.#hashes = new Int32Array(options.slots)
    if (isWeighted) this.#weights = new Uint32Array(options.slots)
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
    if (this.#weights === undefined) return
    const weights = new Uint32Array(slots)
    weights.set(this.#weights)
    this.#weights = weights
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
    while ((this.#weightOf[PROTECTED] as number) > this.#maxProtected) {
      const demoted = this.#queues.oldest(PROTECTED)
      this.#take(demoted)
      this.#put(demoted, PROBATION)
    }
  }

  /** A new entry came. Evicts whatever has to go for it, itself perhaps. */
  insert(slot: number, hash: number, weight = 1): void {
    this.#hashes[slot] = hash
    if (this.#weights !== undefined) this.#weights[slot] = weight
    this.#count += 1
    this.#weight += this.#weightAt(slot)
    this.#put(slot, this.#ghosts.take(hash) ? PROBATION : WINDOW)
    this.#evictWhatIsOver(this.#shiftWindow())
  }

  /** An entry that was there before the policy took note of uses. Evicts nothing. */
  adopt(slot: number, hash: number, weight = 1): void {
    this.#hashes[slot] = hash
    if (this.#weights !== undefined) this.#weights[slot] = weight
    this.#count += 1
    this.#weight += this.#weightAt(slot)
    this.#put(slot, PROBATION)
  }

  /** The entry's value was replaced by one of another weight. */
  reweigh(slot: number, weight: number): void {
    if (this.#weights === undefined) return
    const queue = this.#queues.queueOf(slot)
    const change = weight - (this.#weights[slot] as number)
    this.#weights[slot] = weight
    this.#weight += change
    this.#weightOf[queue] = (this.#weightOf[queue] as number) + change
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
      if ((this.#weightOf[WINDOW] as number) <= this.#maxWindow) break
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
    return main === NONE ? this.#queues.oldest(WINDOW) : main
  }

  #admits(candidate: number, victim: number): boolean {
    const uses = this.#sketch.estimate(candidate)
    if (uses > this.#sketch.estimate(victim)) return true
    return uses >= WARM_COUNT && this.#random() < WARM_CHANCE
  }

  #put(slot: number, queue: Queue): void {
    this.#queues.push(slot, queue)
    this.#weightOf[queue] = (this.#weightOf[queue] as number) + this.#weightAt(slot)
  }

  #take(slot: number): void {
    const queue = this.#queues.queueOf(slot)
    this.#weightOf[queue] = (this.#weightOf[queue] as number) - this.#weightAt(slot)
    this.#queues.remove(slot)
  }

  #weightAt(slot: number): number {
    return this.#weights === undefined ? 1 : (this.#weights[slot] as number)
  }
}
