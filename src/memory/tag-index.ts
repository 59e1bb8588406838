/** From a tag to the slots of the entries that carry it. Costs nothing for entries without tags. */
export class TagIndex {
  readonly #slotsOf = new Map<string, Set<number>>()

  /** How many tags have an entry. */
  get size(): number {
    return this.#slotsOf.size
  }

  add(slot: number, tags: readonly string[]): void {
    for (const tag of tags) {
      const slots = this.#slotsOf.get(tag)
      if (slots === undefined) this.#slotsOf.set(tag, new Set([slot]))
      else slots.add(slot)
    }
  }

  remove(slot: number, tags: readonly string[]): void {
    for (const tag of tags) {
      const slots = this.#slotsOf.get(tag)
      if (slots === undefined) continue
      slots.delete(slot)
      if (slots.size === 0) this.#slotsOf.delete(tag)
    }
  }

  /** The slots that carry one of the tags, each once. */
  find(tags: Iterable<string>): Set<number> {
    const found = new Set<number>()
    for (const tag of tags) {
      for (const slot of this.#slotsOf.get(tag) ?? []) found.add(slot)
    }
    return found
  }
}
