import type { LocalRegion, LocalSpace } from '../store/local-store.ts'
import type { Entries } from './entries.ts'
import { MemoryRegion } from './region.ts'
import { TagIndex } from './tag-index.ts'

/** The regions of one namespace, and the tags of their entries. */
export class MemorySpace implements LocalSpace {
  trustedUntil: number = Number.POSITIVE_INFINITY
  readonly #regions = new Map<string, MemoryRegion>()
  readonly #tags = new TagIndex()
  readonly #entries: Entries

  constructor(entries: Entries) {
    this.#entries = entries
  }

  region(name: string): LocalRegion {
    const known = this.#regions.get(name)
    if (known !== undefined) return known
    const parts = { name, space: this, tags: this.#tags, entries: this.#entries }
    const region = this.#entries.addHome((id) => new MemoryRegion({ id, ...parts }))
    this.#regions.set(name, region)
    return region
  }

  regions(): Iterable<LocalRegion> {
    return this.#regions.values()
  }

  deleteTags(tags: Iterable<string>): number {
    return this.#entries.deleteSlots(this.#tags.find(tags))
  }

  deleteWhere(matches: (region: string, key: string) => boolean): number {
    const found: number[] = []
    for (const region of this.#regions.values()) {
      for (const [key, slot] of region.slots) if (matches(region.name, key)) found.push(slot)
    }
    return this.#entries.deleteSlots(found)
  }

  clear(): number {
    return this.deleteWhere(() => true)
  }
}
