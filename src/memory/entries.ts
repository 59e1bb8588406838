import { optionError } from '../base/errors.ts'
import type { Entry } from '../store/entry.ts'
import { judge } from '../store/entry.ts'
import type { EvictionReason, LocalRegion } from '../store/local-store.ts'
import { Eviction } from './eviction.ts'
import { copyOf, takeIn } from './isolation.ts'
import type { ResolvedMemoryOptions } from './options.ts'
import { sizeOf, sizeOfText } from './size-of.ts'
import { SlotTable } from './slot-table.ts'
import type { TagIndex } from './tag-index.ts'

/** Where an entry is found: its region, as far as the entries know it. */
export interface Home {
  readonly id: number
  readonly region: LocalRegion
  readonly slots: Map<string, number>
  readonly tags: TagIndex
}

/** What we add to an entry, measured: its place in the `Map`, the columns, the policy. */
const ENTRY_BYTES = 96
const LARGEST_SIZE = 2 ** 32 - 1
/** How many slots each write looks at for entries that have expired. */
const SWEPT_SLOTS = 4

interface Arrival {
  readonly home: Home
  readonly key: string
  readonly entry: Entry
  readonly checkAt: number
  readonly value: unknown
  readonly size: number
}

type Fallen = readonly [region: LocalRegion, key: string, reason: EvictionReason]

/**
 * All entries of one store: keeps table, indices and bounds in step.
 *
 * Expired entries go when they are met: by a look at their key, or by a hand that goes round the
 * slots, a few at each write. No entry has a timer, so no lifetime is too long; and memory that
 * expired entries hold is bounded by the store's bounds like any other.
 */
export class Entries {
  readonly options: ResolvedMemoryOptions
  readonly table: SlotTable
  readonly eviction: Eviction
  readonly #homes: Home[] = []
  readonly #fallen: Fallen[] = []
  #hand = 0
  #isClosed = false

  constructor(options: ResolvedMemoryOptions) {
    const { maxEntries, maxBytes, random } = options
    this.options = options
    this.table = new SlotTable(maxBytes !== Number.POSITIVE_INFINITY)
    const evict = (slot: number): void => this.#fall(slot, 'capacity')
    this.eviction = new Eviction({ maxEntries, maxBytes, random, table: this.table, evict })
  }

  addHome<T extends Home>(make: (id: number) => T): T {
    const home = make(this.#homes.length)
    this.#homes.push(home)
    return home
  }

  /** The value as a caller may have it. */
  show(slot: number): unknown {
    const value = this.table.values[slot]
    return this.options.isolation === 'copy' ? copyOf(value) : value
  }

  read(home: Home, key: string): Entry | undefined {
    const slot = home.slots.get(key)
    if (slot === undefined) return undefined
    if (this.table.isExpired(slot, this.options.clock.coarseNow())) {
      this.#fall(slot, 'expired')
      this.#tellOfFallen()
      return undefined
    }
    if (this.eviction.isAwake) this.eviction.noteUse(slot)
    return this.table.read(slot, this.show(slot))
  }

  /** @see LocalRegion.set */
  write(home: Home, key: string, entry: Entry, checkAt: number): boolean {
    const now = this.options.clock.coarseNow()
    this.eviction.workOffUses()
    this.#sweep(now)
    const isKept = !this.#isClosed && judge(entry, now) !== 'expired'
    const isStored = isKept && this.#store(home, key, entry, checkAt)
    if (!isStored) this.delete(home, key)
    this.#tellOfFallen()
    return isStored
  }

  /** @returns whether it was there and had not expired. */
  delete(home: Home, key: string): boolean {
    const slot = home.slots.get(key)
    if (slot === undefined) return false
    const isExpired = this.table.isExpired(slot, this.options.clock.coarseNow())
    this.#drop(slot)
    return !isExpired
  }

  /** @returns how many of them had not expired. */
  deleteSlots(slots: Iterable<number>): number {
    const now = this.options.clock.coarseNow()
    let count = 0
    for (const slot of slots) {
      if (!this.table.isExpired(slot, now)) count += 1
      this.#drop(slot)
    }
    return count
  }

  close(): void {
    this.#isClosed = true
  }

  #store(home: Home, key: string, entry: Entry, checkAt: number): boolean {
    const value = this.#takeIn(home, key, entry.value)
    const size = this.#measure(key, value)
    if (size > Math.min(this.options.maxBytes, LARGEST_SIZE)) return false
    const slot = home.slots.get(key)
    const arrival = { home, key, entry, checkAt, value, size }
    if (slot === undefined) this.#add(arrival)
    else this.#replace(slot, arrival)
    return true
  }

  /** A value that cannot be taken in still ends what it was to replace. */
  #takeIn(home: Home, key: string, value: unknown): unknown {
    try {
      return takeIn(value, this.options)
    } catch (error) {
      this.delete(home, key)
      throw error
    }
  }

  #measure(key: string, value: unknown): number {
    if (this.table.sizes === undefined) return 0
    const own = this.options.sizeOf
    if (own === undefined) return ENTRY_BYTES + sizeOfText(key) + sizeOf(value)
    const size = own(value, key)
    if (Number.isFinite(size) && size >= 0) return Math.ceil(size)
    throw optionError('sizeOf', 'a function that returns a number of bytes', size)
  }

  #add({ home, key, entry, checkAt, value, size }: Arrival): void {
    const { table } = this
    if (table.isFull) this.#grow()
    const slot = table.allocate()
    table.keys[slot] = key
    table.setRegion(slot, home.id)
    table.write(slot, value, entry, checkAt)
    if (table.sizes !== undefined) table.sizes[slot] = size
    home.slots.set(key, slot)
    if (entry.tags.length > 0) home.tags.add(slot, table.tagsOf(slot))
    this.eviction.add(slot)
  }

  #replace(slot: number, { home, entry, checkAt, value, size }: Arrival): void {
    const { table } = this
    home.tags.remove(slot, table.tagsOf(slot))
    table.write(slot, value, entry, checkAt)
    home.tags.add(slot, table.tagsOf(slot))
    this.eviction.replace(slot, size)
  }

  #grow(): void {
    // One more than allowed: a newcomer is in before the loser is out.
    this.table.grow(this.options.maxEntries + 1)
    this.eviction.resize(this.table.capacity)
  }

  #sweep(now: number): void {
    const { table } = this
    const steps = Math.min(SWEPT_SLOTS, table.end)
    for (let step = 0; step < steps; step++) {
      const slot = this.#hand < table.end ? this.#hand : 0
      this.#hand = slot + 1
      const isHeld = table.keys[slot] !== undefined
      if (isHeld && table.isExpired(slot, now)) this.#fall(slot, 'expired')
    }
  }

  /** An entry goes without anyone asking for it. */
  #fall(slot: number, reason: EvictionReason): void {
    if (this.options.onEvict !== undefined) {
      const home = this.#homes[this.table.regionOf[slot] as number] as Home
      this.#fallen.push([home.region, this.table.keys[slot] as string, reason])
    }
    this.#drop(slot)
  }

  /** After all is in step again: who is told may call the store. */
  #tellOfFallen(): void {
    while (this.#fallen.length > 0) {
      const [region, key, reason] = this.#fallen.shift() as Fallen
      this.options.onEvict?.(region, key, reason)
    }
  }

  #drop(slot: number): void {
    const { table } = this
    const home = this.#homes[table.regionOf[slot] as number] as Home
    home.slots.delete(table.keys[slot] as string)
    home.tags.remove(slot, table.tagsOf(slot))
    this.eviction.remove(slot)
    table.free(slot)
  }
}
