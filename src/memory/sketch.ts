/*
 * How often a key was asked for lately, in a few bits: a count-min sketch [1] of 4-bit counters
 * that are halved as time goes by [2].
 *
 * Each key owns four counters, all within one block of 64 bytes, so that a look costs one line of
 * the processor's cache [3]. Its estimate is the smallest of the four: keys that share a counter
 * can only make it too high. After `10 × capacity` counted uses everything is halved, so that what
 * was popular yesterday does not stay for ever. Memory: 16 to 32 counters an entry, 8 to 16 bytes,
 * and never less than 4 kB: with fewer counters, the junk that passes through a small cache in one
 * period drowns the counts (measured: 4 points on `lirs-two-pools` with 99 entries).
 *
 * An attacker who could make keys collide would lend a cold key the counts of a hot one; the
 * hashes are seeded for that reason (see `hash.ts`), and the policy admits a warm loser at random.
 *
 * A store bounded by bytes cannot know its number of entries beforehand: `ensure` doubles the
 * table by repeating it, which keeps every estimate an upper bound.
 *
 * [1] G. Cormode, S. Muthukrishnan: An improved data stream summary. J. Algorithms 55(1), 2005.
 *     https://doi.org/10.1016/j.jalgor.2003.12.001
 * [2] G. Einziger, R. Friedman, B. Manes: TinyLFU: A Highly Efficient Cache Admission Policy.
 *     ACM Transactions on Storage 13(4), 2017. https://doi.org/10.1145/3149371
 * [3] F. Putze, P. Sanders, J. Singler: Cache-, hash-, and space-efficient bloom filters.
 *     ACM J. Exp. Algorithmics 14, 2009. https://doi.org/10.1145/1498698.1594230
 */
import { spread } from './hash.ts'

const COUNTERS_PER_ENTRY = 16
const COUNTERS_PER_WORD = 8
const WORDS_PER_BLOCK = 16
const MIN_BLOCKS = 64
const MAX_COUNT = 15
const USES_PER_ENTRY = 10

export class Sketch {
  #words: Uint32Array
  #lastBlock: number
  #entries = 0
  #uses = 0

  constructor(entries: number) {
    const blocks = blocksFor(entries)
    this.#words = new Uint32Array(blocks * WORDS_PER_BLOCK)
    this.#lastBlock = blocks - 1
    this.#entries = entries
  }

  get bytes(): number {
    return this.#words.byteLength
  }

  /** Makes room for the counts of that many entries, keeping what was counted. */
  ensure(entries: number): void {
    if (entries <= this.#entries) return
    this.#entries = entries
    const blocks = blocksFor(entries)
    while (this.#lastBlock + 1 < blocks) this.#double()
  }

  /** Counts one use of the key with this hash. */
  add(hash: number): void {
    const first = (hash & this.#lastBlock) * WORDS_PER_BLOCK
    const picks = spread(hash ^ 0x3c6ef372)
    let added = this.#increment(first, picks & 31)
    added = this.#increment(first + 4, (picks >>> 8) & 31) || added
    added = this.#increment(first + 8, (picks >>> 16) & 31) || added
    added = this.#increment(first + 12, picks >>> 27) || added
    if (!added) return
    this.#uses += 1
    if (this.#uses >= USES_PER_ENTRY * this.#entries) this.#halve()
  }

  /** How often it was counted lately: 0 to 15, never too low but for halving. */
  estimate(hash: number): number {
    const first = (hash & this.#lastBlock) * WORDS_PER_BLOCK
    const picks = spread(hash ^ 0x3c6ef372)
    const a = this.#count(first, picks & 31)
    const b = this.#count(first + 4, (picks >>> 8) & 31)
    const c = this.#count(first + 8, (picks >>> 16) & 31)
    const d = this.#count(first + 12, picks >>> 27)
    return Math.min(a, b, c, d)
  }

  #count(row: number, pick: number): number {
    return ((this.#words[row + (pick >>> 3)] as number) >>> ((pick & 7) << 2)) & MAX_COUNT
  }

  #increment(row: number, pick: number): boolean {
    const word = row + (pick >>> 3)
    const shift = (pick & 7) << 2
    const bits = this.#words[word] as number
    if (((bits >>> shift) & MAX_COUNT) === MAX_COUNT) return false
    this.#words[word] = bits + (1 << shift)
    return true
  }

  #halve(): void {
    const words = this.#words
    for (let index = 0; index < words.length; index++) {
      words[index] = ((words[index] as number) >>> 1) & 0x77777777
    }
    this.#uses >>>= 1
  }

  #double(): void {
    const words = new Uint32Array(this.#words.length * 2)
    words.set(this.#words)
    words.set(this.#words, this.#words.length)
    this.#words = words
    this.#lastBlock = this.#lastBlock * 2 + 1
  }
}

function blocksFor(entries: number): number {
  const wanted = (entries * COUNTERS_PER_ENTRY) / (WORDS_PER_BLOCK * COUNTERS_PER_WORD)
  let blocks = MIN_BLOCKS
  while (blocks < wanted) blocks *= 2
  return blocks
}
