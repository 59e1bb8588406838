import type { Clock } from '../base/clock.ts'
import type { Entry } from '../store/entry.ts'
import type { LocalRegion, LocalSpace } from '../store/local-store.ts'
import { ABSENT } from '../store/local-store.ts'
import type { Entries, Home } from './entries.ts'
import type { Eviction } from './eviction.ts'
import type { SlotTable } from './slot-table.ts'
import type { TagIndex } from './tag-index.ts'

export interface RegionParts {
  readonly id: number
  readonly name: string
  readonly space: Pick<LocalSpace, 'trustedUntil'>
  readonly tags: TagIndex
  readonly entries: Entries
}

/** The entries of one definition, by the caller's own keys. */
export class MemoryRegion implements LocalRegion, Home {
  readonly id: number
  readonly name: string
  readonly tags: TagIndex
  readonly slots: Map<string, number> = new Map()
  readonly #space: Pick<LocalSpace, 'trustedUntil'>
  readonly #entries: Entries
  readonly #table: SlotTable
  readonly #eviction: Eviction
  readonly #clock: Clock
  readonly #isCopying: boolean

  constructor({ id, name, space, tags, entries }: RegionParts) {
    this.id = id
    this.name = name
    this.tags = tags
    this.#space = space
    this.#entries = entries
    this.#table = entries.table
    this.#eviction = entries.eviction
    this.#clock = entries.options.clock
    this.#isCopying = entries.options.isolation === 'copy'
  }

  get region(): LocalRegion {
    return this
  }

  /** Expired entries count until they are met. */
  get size(): number {
    return this.slots.size
  }

  fresh(key: string): unknown {
    const slot = this.slots.get(key)
    if (slot === undefined) return ABSENT
    const now = this.#clock.coarseNow()
    if (now >= (this.#table.checkAt[slot] as number) || now >= this.#space.trustedUntil) {
      return ABSENT
    }
    if (this.#eviction.isAwake) this.#eviction.noteUse(slot)
    return this.#isCopying ? this.#entries.show(slot) : this.#table.values[slot]
  }

  get(key: string): Entry | undefined {
    return this.#entries.read(this, key)
  }

  set(key: string, entry: Entry, checkAt: number = entry.freshUntil): boolean {
    return this.#entries.write(this, key, entry, checkAt)
  }

  delete(key: string): boolean {
    return this.#entries.delete(this, key)
  }

  *keys(): Iterable<string> {
    for (const [key, slot] of this.slots) {
      if (!this.#table.isExpired(slot, this.#clock.coarseNow())) yield key
    }
  }
}
