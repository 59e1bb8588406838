import type { Sketch } from './sketch.ts'
import { TinyLfu } from './tiny-lfu.ts'

export interface MiniatureOptions {
  readonly entries: number
  readonly windowShare: number
  /** Shared with others that see the same keys; whoever shares it counts the uses. */
  readonly sketch: Sketch
  readonly random: () => number
}

/** A cache that keeps hashes and nothing else, to learn what a share of the window would bring. */
export class Miniature {
  readonly #slots = new Map<number, number>()
  readonly #policy: TinyLfu
  readonly #hashes: Int32Array
  readonly #free: number[] = []

  constructor(options: MiniatureOptions) {
    const { entries, windowShare, sketch, random } = options
    // One slot more: a newcomer is in before the loser is out.
    const slots = entries + 1
    this.#hashes = new Int32Array(slots)
    for (let slot = slots - 1; slot >= 0; slot--) this.#free.push(slot)
    this.#policy = new TinyLfu({
      maxEntries: entries,
      maxWeight: Number.POSITIVE_INFINITY,
      weightOf: undefined,
      windowShare,
      slots,
      entriesWhenFull: entries,
      sketch,
      random,
      evict: (slot) => this.#evict(slot),
    })
  }

  /** @returns whether it was a hit. */
  access(hash: number): boolean {
    const slot = this.#slots.get(hash)
    if (slot !== undefined) {
      this.#policy.touch(slot)
      return true
    }
    const free = this.#free.pop() as number
    this.#slots.set(hash, free)
    this.#hashes[free] = hash
    this.#policy.insert(free, hash)
    return false
  }

  #evict(slot: number): void {
    this.#slots.delete(this.#hashes[slot] as number)
    this.#free.push(slot)
  }
}
