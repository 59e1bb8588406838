/*
 * The keys that were turned away lately, as bare hashes: whoever comes back while its ghost is
 * still here was turned away too early.
 *
 * A queue with an index would cost some 12 bytes a ghost. Instead the hashes lie in buckets of
 * eight, newest first; a ninth pushes the oldest of its own bucket out. A ghost so lives for about
 * as many rejections as there are places, give or take a third, for 4 bytes. There are between a
 * half and one time as many places as entries (measured: 0.5, 0.75 and 1 are equally good).
 */

const WAYS = 8
const PLACES_PER_ENTRY = 0.5

export class Ghosts {
  #places: Int32Array
  #lastBucket: number

  constructor(entries: number) {
    const buckets = bucketsFor(entries)
    this.#places = new Int32Array(buckets * WAYS)
    this.#lastBucket = buckets - 1
  }

  get bytes(): number {
    return this.#places.byteLength
  }

  /** Makes room for the ghosts of that many entries, keeping those that are here. */
  ensure(entries: number): void {
    const buckets = bucketsFor(entries)
    while (this.#lastBucket + 1 < buckets) this.#double()
  }

  add(hash: number): void {
    const places = this.#places
    const first = this.#firstPlace(hash)
    for (let place = first + WAYS - 1; place > first; place--) {
      places[place] = places[place - 1] as number
    }
    places[first] = nonZero(hash)
  }

  /** @returns whether it was here; it no longer is. */
  take(hash: number): boolean {
    const places = this.#places
    const first = this.#firstPlace(hash)
    const sought = nonZero(hash)
    for (let place = first; place < first + WAYS; place++) {
      if (places[place] !== sought) continue
      places[place] = 0
      return true
    }
    return false
  }

  #firstPlace(hash: number): number {
    return ((hash >>> 4) & this.#lastBucket) * WAYS
  }

  #double(): void {
    const old = this.#places
    this.#places = new Int32Array(old.length * 2)
    this.#lastBucket = this.#lastBucket * 2 + 1
    // Oldest first, so that each bucket keeps its order.
    for (let place = old.length - 1; place >= 0; place--) {
      const hash = old[place] as number
      if (hash !== 0) this.add(hash)
    }
  }
}

/** 0 marks an empty place. */
function nonZero(hash: number): number {
  return hash === 0 ? 1 : hash | 0
}

function bucketsFor(entries: number): number {
  let buckets = 1
  while (buckets * WAYS < entries * PLACES_PER_ENTRY) buckets *= 2
  return buckets
}
