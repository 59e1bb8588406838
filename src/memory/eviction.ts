import type { HashSeed } from './hash.ts'
import { drawSeed, hashText } from './hash.ts'
import { EvictionPolicy } from './policy.ts'
import type { SlotTable } from './slot-table.ts'

export interface EvictionOptions {
  readonly maxEntries: number
  readonly maxBytes: number
  readonly random: () => number
  readonly table: SlotTable
  /** Told of each slot that has to go. */
  readonly evict: (slot: number) => void
}

/** Uses that are noted before they are worked off together. */
const NOTED_USES = 64
/** Of so many uses at least one is noted. */
const MAX_STRIDE = 64
/** Below this share of a bound the order of entries does not matter yet. */
const AWAKE_SHARE = 0.5
/** How much more than seen so far a store bounded by bytes is thought to hold. */
const HEADROOM = 1.25

/**
 * Keeps the store within its bounds. Asleep until the store is half full: until then it costs a
 * hit nothing and an entry no memory. A hit only notes its slot; the policy works the notes off
 * before the next insertion, which is when its decisions matter. Where hits are far more frequent
 * than insertions, only a random share of them is noted: counts keep their proportions, and a hit
 * on a full store costs little more than on an empty one (measured: 12 to 16 against 10 ns over a
 * bare `Map`; 101 ns if every use were worked off).
 */
export class Eviction {
  readonly #options: EvictionOptions
  readonly #seed: HashSeed
  readonly #noted = new Int32Array(NOTED_USES)
  #notedCount = 0
  /** How many uses one note stands for, about. */
  #stride = 1
  #unnoted = 0
  #chance = 1
  #policy: EvictionPolicy | undefined
  #entries = 0
  #bytes = 0

  constructor(options: EvictionOptions) {
    this.#options = options
    this.#seed = drawSeed(options.random)
  }

  get entries(): number {
    return this.#entries
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Whether uses are worth noting. */
  get isAwake(): boolean {
    return this.#policy !== undefined
  }

  /** The entry was found. Only while awake. */
  noteUse(slot: number): void {
    if (this.#unnoted > 0) {
      this.#unnoted -= 1
      return
    }
    this.#noted[this.#notedCount] = slot
    this.#notedCount += 1
    if (this.#stride > 1) this.#unnoted = this.#drawSkip()
    if (this.#notedCount < NOTED_USES) return
    this.#stride = Math.min(MAX_STRIDE, this.#stride * 2)
    this.#workOff()
  }

  /** Before a slot is given to another key: else the key would inherit uses. */
  workOffUses(): void {
    this.#stride = Math.max(1, this.#stride >>> 1)
    this.#workOff()
  }

  /** A new entry is in the table. It, or others, may be evicted. */
  add(slot: number): void {
    this.#entries += 1
    this.#bytes += this.#sizeAt(slot)
    if (this.#policy === undefined) {
      this.#wakeInTime()
      return
    }
    this.#policy.ensure(Math.min(this.#entries, this.#options.maxEntries))
    this.#policy.insert(slot, this.#hashOf(slot))
  }

  /** The entry was replaced by one of that size. It, or others, may be evicted. */
  replace(slot: number, size: number): void {
    // The use is counted first: the queues still hold the old size.
    this.#policy?.use(slot)
    const { sizes } = this.#options.table
    const change = sizes === undefined ? 0 : size - (sizes[slot] as number)
    if (sizes !== undefined) sizes[slot] = size
    this.#bytes += change
    if (this.#policy === undefined) this.#wakeInTime()
    else this.#policy.reweigh(slot, change)
  }

  /** Before the slot is freed. */
  remove(slot: number): void {
    this.#entries -= 1
    this.#bytes -= this.#sizeAt(slot)
    if (this.#policy?.has(slot)) this.#policy.remove(slot)
  }

  /** The table has grown. */
  resize(slots: number): void {
    this.#policy?.resize(slots)
  }

  #workOff(): void {
    const policy = this.#policy
    const count = this.#notedCount
    this.#notedCount = 0
    if (policy === undefined) return
    for (let index = 0; index < count; index++) {
      const slot = this.#noted[index] as number
      if (policy.has(slot)) policy.use(slot)
    }
  }

  /** From 0 to twice the stride: a fixed step would always meet the same keys of a loop. */
  #drawSkip(): number {
    this.#chance = (Math.imul(this.#chance, 1_664_525) + 1_013_904_223) | 0
    return (this.#chance >>> 16) & (2 * this.#stride - 1)
  }

  #wakeInTime(): void {
    const { maxEntries, maxBytes, table } = this.#options
    const share = Math.max(this.#entries / maxEntries, this.#bytes / maxBytes)
    if (share < AWAKE_SHARE) return
    this.#policy = this.#wake(Math.min(maxEntries, Math.ceil((this.#entries / share) * HEADROOM)))
    for (let slot = 0; slot < table.end; slot++) {
      if (table.keys[slot] !== undefined) this.#policy.adopt(slot, this.#hashOf(slot))
    }
    this.#policy.settle()
  }

  #wake(entriesWhenFull: number): EvictionPolicy {
    const { maxEntries, maxBytes, random, table, evict } = this.#options
    const isWeighted = table.sizes !== undefined
    return new EvictionPolicy({
      maxEntries,
      maxWeight: maxBytes,
      weightOf: isWeighted ? (slot) => this.#sizeAt(slot) : undefined,
      slots: table.capacity,
      entriesWhenFull,
      random,
      evict,
    })
  }

  #hashOf(slot: number): number {
    return hashText(this.#options.table.keys[slot] as string, this.#seed)
  }

  #sizeAt(slot: number): number {
    const { sizes } = this.#options.table
    return sizes === undefined ? 0 : (sizes[slot] as number)
  }
}
