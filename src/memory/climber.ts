/*
 * Finds the share of the window, by climbing.
 *
 * The climber of [1] changes the window, waits for thousands of requests, and compares the hit
 * rate with that of the time before. The load changes meanwhile, so on short traces and in large
 * caches it climbs on noise (measured here: 47.3 % on average over 24 traces and sizes, less than
 * without any climbing). Miniature simulation [2] asks all shares the same question at the same
 * time instead: a sample of the keys (by hash, so that a key is in it always or never) is played
 * through one small cache a share, each of which predicts a full one of that share. The window
 * takes a step towards the best of them as soon as its lead exceeds what chance would explain.
 *
 * Cost: 4 caches of at most 256 entries, some 75 kB of hashes and links together, and one sketch
 * for all of them, as they see the same keys. A store of n entries simulates 256/n of its requests;
 * one of 256 entries or fewer simulates all of them, for some 0.3 microseconds each.
 *
 * [1] G. Einziger, O. Eytan, R. Friedman, B. Manes: Adaptive Software Cache Management.
 *     Middleware 2018. https://doi.org/10.1145/3274808.3274816
 * [2] C. A. Waldspurger, T. Saemundsson, I. Ahmad, N. Park: Cache Modeling and Optimization using
 *     Miniature Simulations. USENIX ATC 2017.
 */
import { spread } from './hash.ts'
import { Miniature } from './miniature.ts'
import { Sketch } from './sketch.ts'

/** From frequency alone to recency alone, each step about fourfold: finer ones bring nothing. */
const SHARES: readonly number[] = [0.01, 0.07, 0.3, 0.95]
const FIRST_RUNG = 1
const MINIATURE_ENTRIES = 256
/** Of what was counted, how much is remembered after each look. */
const MEMORY = 0.9
/** How many square roots of the hits a lead must exceed. */
const CAUTION = 0.7
const TWO_POW_32 = 4_294_967_296

export class Climber {
  readonly #random: () => number
  readonly #onStep: (share: number) => void
  #miniatures: readonly Miniature[] = []
  #hits: number[] = []
  #sketch = new Sketch(1)
  #entries = 0
  #threshold = TWO_POW_32
  #rung = FIRST_RUNG
  #untilLook = 0

  /** @param onStep takes the new share of the window */
  constructor(entriesWhenFull: number, random: () => number, onStep: (share: number) => void) {
    this.#random = random
    this.#onStep = onStep
    this.ensure(entriesWhenFull)
  }

  /** The share to begin with. */
  static get firstShare(): number {
    return SHARES[FIRST_RUNG] as number
  }

  /** The store turned out to hold that many entries: sample so many fewer keys. */
  ensure(entriesWhenFull: number): void {
    const entries = Math.max(2, Math.min(MINIATURE_ENTRIES, entriesWhenFull))
    const isFarLarger = entries === MINIATURE_ENTRIES || entries >= 2 * this.#entries
    if (entries > this.#entries && isFarLarger) this.#build(entries)
    this.#threshold = TWO_POW_32 * Math.min(1, this.#entries / entriesWhenFull)
  }

  /** A key was asked for, found or not. */
  observe(hash: number): void {
    if (spread(hash ^ 0x2545f491) >>> 0 >= this.#threshold) return
    this.#sketch.add(hash)
    for (let rung = 0; rung < this.#miniatures.length; rung++) {
      const isHit = (this.#miniatures[rung] as Miniature).access(hash)
      if (isHit) this.#hits[rung] = (this.#hits[rung] as number) + 1
    }
    this.#untilLook -= 1
    if (this.#untilLook === 0) this.#look()
  }

  #build(entries: number): void {
    this.#entries = entries
    this.#untilLook = entries
    this.#sketch = new Sketch(entries)
    const [sketch, random] = [this.#sketch, this.#random]
    this.#miniatures = SHARES.map(
      (windowShare) => new Miniature({ entries, windowShare, sketch, random }),
    )
    this.#hits = SHARES.map(() => 0)
  }

  #look(): void {
    this.#untilLook = this.#entries
    const rung = this.#nextRung()
    if (rung !== this.#rung) {
      this.#rung = rung
      this.#onStep(SHARES[rung] as number)
    }
    for (let index = 0; index < this.#hits.length; index++) {
      this.#hits[index] = (this.#hits[index] as number) * MEMORY
    }
  }

  #nextRung(): number {
    const own = this.#hits[this.#rung] as number
    const best = this.#hits.indexOf(Math.max(...this.#hits))
    const lead = (this.#hits[best] as number) - own
    if (lead <= CAUTION * Math.sqrt(own)) return this.#rung
    return this.#rung + Math.sign(best - this.#rung)
  }
}
