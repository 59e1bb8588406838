/*
 * The entries of the store as columns: one slot an entry, no object.
 *
 * An entry as an object with boxed times costs some 200 bytes; here it costs what it needs. Always
 * there: key, value, the moment until which it may be served without question, the region (26
 * bytes, and 4 for the size where that counts). Everything else is a column that exists only once an entry needs it (`column.ts`), and
 * is kept as a distance, which 4 bytes usually hold exactly: time to live, grace, head start of an
 * early refresh. Entries whose times cannot be told again to the last bit from such distances
 * (expired by hand, infinite) have their times kept whole in `#oddTimes`.
 */
import type { Entry } from '../store/entry.ts'
import { Column } from './column.ts'

const FIRST_SLOTS = 16
const NO_SLOT = -1
const NO_TAGS: readonly string[] = Object.freeze([])

type Times = Pick<Entry, 'createdAt' | 'freshUntil' | 'staleUntil'>

export class SlotTable {
  /** `undefined` marks a free slot. */
  keys: (string | undefined)[] = new Array(FIRST_SLOTS).fill(undefined)
  values: unknown[] = new Array(FIRST_SLOTS).fill(undefined)
  /** Until when the value may be served by itself. Of a free slot: the next free one. */
  checkAt: Float64Array = new Float64Array(FIRST_SLOTS)
  regionOf: Uint16Array | Uint32Array = new Uint16Array(FIRST_SLOTS)
  /** Estimated bytes, where the store is bounded by bytes. */
  sizes: Uint32Array | undefined
  #tags: (readonly string[] | undefined)[] | undefined
  readonly #ttl = new Column()
  readonly #grace = new Column()
  readonly #headStart = new Column()
  readonly #loadMs = new Column()
  readonly #stamp = new Column()
  readonly #oddTimes = new Map<number, Times>()
  #firstFree = NO_SLOT
  /** Slots from here on were never used. */
  #firstUnused = 0

  constructor(hasSizes: boolean) {
    if (hasSizes) this.sizes = new Uint32Array(FIRST_SLOTS)
  }

  /** How many slots there is room for. */
  get capacity(): number {
    return this.checkAt.length
  }

  /** Slots from here on were never used. */
  get end(): number {
    return this.#firstUnused
  }

  get isFull(): boolean {
    return this.#firstFree === NO_SLOT && this.#firstUnused === this.capacity
  }

  /** Only when not full. */
  allocate(): number {
    if (this.#firstFree === NO_SLOT) return this.#firstUnused++
    const slot = this.#firstFree
    this.#firstFree = this.checkAt[slot] as number
    return slot
  }

  free(slot: number): void {
    this.keys[slot] = undefined
    this.values[slot] = undefined
    if (this.#tags !== undefined) this.#tags[slot] = undefined
    if (this.#oddTimes.size > 0) this.#oddTimes.delete(slot)
    this.checkAt[slot] = this.#firstFree
    this.#firstFree = slot
  }

  /** Grows by an eighth: at most so much lies idle. */
  grow(limit: number): void {
    const wanted = this.capacity + Math.max(FIRST_SLOTS, this.capacity >>> 3)
    const slots = Math.max(this.capacity + 1, Math.min(wanted, limit))
    this.keys = lengthened(this.keys, slots)
    this.values = lengthened(this.values, slots)
    if (this.#tags !== undefined) this.#tags = lengthened(this.#tags, slots)
    const checkAt = new Float64Array(slots)
    checkAt.set(this.checkAt)
    this.checkAt = checkAt
    this.#widenRegions(slots, this.regionOf instanceof Uint32Array)
    if (this.sizes !== undefined) {
      const sizes = new Uint32Array(slots)
      sizes.set(this.sizes)
      this.sizes = sizes
    }
    for (const column of [this.#ttl, this.#grace, this.#headStart, this.#loadMs, this.#stamp]) {
      column.resize(slots)
    }
  }

  setRegion(slot: number, region: number): void {
    if (region > 0xffff && this.regionOf instanceof Uint16Array) {
      this.#widenRegions(this.capacity, true)
    }
    this.regionOf[slot] = region
  }

  write(slot: number, value: unknown, entry: Entry, checkAt: number): void {
    const slots = this.capacity
    this.values[slot] = value
    this.checkAt[slot] = Math.min(checkAt, entry.freshUntil)
    this.#writeTimes(slot, entry)
    this.#loadMs.set(slot, entry.loadMs, slots)
    this.#stamp.set(slot, entry.stamp, slots)
    if (this.#tags !== undefined) this.#tags[slot] = undefined
    if (entry.tags.length === 0) return
    this.#tags ??= new Array(slots).fill(undefined)
    this.#tags[slot] = Object.freeze([...entry.tags])
  }

  tagsOf(slot: number): readonly string[] {
    return this.#tags?.[slot] ?? NO_TAGS
  }

  /** Whether it may no longer be served at all. */
  isExpired(slot: number, now: number): boolean {
    if (now < (this.checkAt[slot] as number)) return false
    const { freshUntil, staleUntil } = this.#timesOf(slot)
    return now >= freshUntil && now >= staleUntil
  }

  /** @param value what to show as its value */
  read(slot: number, value: unknown): Entry {
    return {
      value,
      ...this.#timesOf(slot),
      loadMs: this.#loadMs.get(slot),
      tags: this.tagsOf(slot),
      stamp: this.#stamp.get(slot),
    }
  }

  #timesOf(slot: number): Times {
    const odd = this.#oddTimes.size === 0 ? undefined : this.#oddTimes.get(slot)
    if (odd !== undefined) return odd
    const freshUntil = (this.checkAt[slot] as number) + this.#headStart.get(slot)
    return {
      createdAt: freshUntil - this.#ttl.get(slot),
      freshUntil,
      staleUntil: freshUntil + this.#grace.get(slot),
    }
  }

  #writeTimes(slot: number, { createdAt, freshUntil, staleUntil }: Times): void {
    const slots = this.capacity
    const checkAt = this.checkAt[slot] as number
    const headStart = freshUntil - checkAt
    const ttl = freshUntil - createdAt
    const grace = staleUntil - freshUntil
    const isExact =
      freshUntil > 0 &&
      checkAt + headStart === freshUntil &&
      freshUntil - ttl === createdAt &&
      freshUntil + grace === staleUntil
    if (!isExact) this.#oddTimes.set(slot, { createdAt, freshUntil, staleUntil })
    else if (this.#oddTimes.size > 0) this.#oddTimes.delete(slot)
    this.#headStart.set(slot, isExact ? headStart : 0, slots)
    this.#ttl.set(slot, isExact ? ttl : 0, slots)
    this.#grace.set(slot, isExact ? grace : 0, slots)
  }

  #widenRegions(slots: number, isWide: boolean): void {
    const regionOf = isWide ? new Uint32Array(slots) : new Uint16Array(slots)
    regionOf.set(this.regionOf)
    this.regionOf = regionOf
  }
}

/** Exactly that long: `push` would set aside half as much again. */
function lengthened<T>(column: readonly (T | undefined)[], length: number): (T | undefined)[] {
  const longer: (T | undefined)[] = new Array(length)
  for (let index = 0; index < column.length; index++) longer[index] = column[index]
  for (let index = column.length; index < length; index++) longer[index] = undefined
  return longer
}
