/*
 * The reads that are under way, and the keys that changed meanwhile.
 *
 * Changes are told on another connection than answers are given, so a change can be heard before
 * the older answer arrives. Whoever reads therefore begins a look before asking, and afterwards
 * asks of each key whether it was spoilt: then the answer must not be kept.
 *
 * Changes are counted. A look remembers the count at its begin, a changed key the count of its
 * last change; a read of a hundred keys during which nothing changed costs one comparison. Changes
 * older than the oldest look are of no interest to anybody and are let go.
 */

export interface Look {
  /** How many changes there had been when it began. */
  readonly since: number
  isOver: boolean
}

export class InFlight {
  #count = 0
  /** The count at the last change that may concern every key. */
  #allChangedAt = 0
  /** The count at the last change of a key, oldest change first. */
  readonly #changedAt = new Map<string, number>()
  /** In the order in which they began; those at the front are not over. */
  readonly #looks: Look[] = []
  #first = 0
  readonly #watchers = new Map<string, Set<() => void>>()

  /** How many looks and watchers there are. */
  get size(): number {
    return this.#looks.length - this.#first + this.#watchers.size
  }

  begin(): Look {
    const look = { since: this.#count, isOver: false }
    this.#looks.push(look)
    return look
  }

  /** Whether the key has changed since the look began. */
  isSpoilt(look: Look, key: string): boolean {
    if (look.since === this.#count) return false
    return this.#allChangedAt > look.since || (this.#changedAt.get(key) ?? 0) > look.since
  }

  /** Whether a change since the look began may concern every key. */
  isCut(look: Look): boolean {
    return this.#allChangedAt > look.since
  }

  end(look: Look): void {
    look.isOver = true
    const looks = this.#looks
    while (this.#first < looks.length && looks[this.#first]?.isOver) this.#first += 1
    if (this.#first === looks.length) {
      looks.length = 0
      this.#first = 0
      this.#changedAt.clear()
      return
    }
    // Half of the list is over: worth moving the rest to the front.
    if (this.#first > 64 && this.#first * 2 > looks.length) {
      looks.splice(0, this.#first)
      this.#first = 0
    }
    if (this.#changedAt.size > 0) this.#letGo((looks[this.#first] as Look).since)
  }

  spoil(key: string): void {
    this.#count += 1
    if (this.#first < this.#looks.length) {
      // Deleted first, so that the map's order stays the order of change.
      this.#changedAt.delete(key)
      this.#changedAt.set(key, this.#count)
    }
    const watchers = this.#watchers.get(key)
    if (!watchers) return
    this.#watchers.delete(key)
    for (const tell of watchers) tell()
  }

  spoilAll(): void {
    this.#count += 1
    this.#allChangedAt = this.#count
    const all = [...this.#watchers.values()]
    this.#watchers.clear()
    for (const watchers of all) for (const tell of watchers) tell()
  }

  /** Calls `tell` once, when the key changes. @returns stops watching */
  watch(key: string, tell: () => void): () => void {
    const watchers = this.#watchers.get(key) ?? new Set()
    this.#watchers.set(key, watchers)
    watchers.add(tell)
    return () => {
      watchers.delete(tell)
      if (watchers.size === 0 && this.#watchers.get(key) === watchers) this.#watchers.delete(key)
    }
  }

  #letGo(upTo: number): void {
    for (const [key, at] of this.#changedAt) {
      if (at > upTo) return
      this.#changedAt.delete(key)
    }
  }
}
