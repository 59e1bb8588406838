/*
 * Tells our own writes from changes by others, on a server that tells us of both.
 *
 * The server could leave ours out (NOLOOP). But it also drops keys from a full tracking table, says
 * so to those who have read them, and with NOLOOP does not say it to the client whose command
 * happens to run: mostly the one that filled the table. Our copy in memory would then be out of
 * the server's sight, and nobody would know. Observed with Redis 7.0.15 and a table of 100 keys:
 * 330 of 500 copies stayed outdated. So we hear of every change, and count.
 *
 * A write script reads its key first, so that the server tracks it, then writes, then reads it
 * again. So each write that was carried out is told exactly once, and before every later change.
 * Hence as many tellings as there were writes may be taken for ours. If one of them was that of an
 * earlier change by somebody else, then ours comes in its place and is taken for foreign: this
 * costs a read, never a stale copy.
 */

/** The writes to one key whose echoes are not all heard. */
export interface OwnWrites {
  readonly key: string
  /** How many tellings may be taken for ours. */
  allowed: number
  told: number
  underWay: number
}

export class Echoes {
  readonly #writes = new Map<string, OwnWrites>()

  /** How many keys have an echo outstanding. */
  get size(): number {
    return this.#writes.size
  }

  /** A write is about to be sent. */
  begin(key: string): OwnWrites {
    const writes = this.#writes.get(key) ?? { key, allowed: 0, told: 0, underWay: 0 }
    this.#writes.set(key, writes)
    writes.allowed += 1
    writes.underWay += 1
    return writes
  }

  /**
   * The write has an outcome, or none will come.
   *
   * @returns whether it was written and nothing but our own writes has been told of since `begin`
   */
  end(writes: OwnWrites, isWritten: boolean): boolean {
    writes.underWay -= 1
    if (!isWritten) writes.allowed -= 1
    if (this.#writes.get(writes.key) !== writes) return false
    const isOnlyOurs = isWritten && writes.underWay === 0 && writes.told <= writes.allowed
    if (writes.underWay === 0 && writes.told >= writes.allowed) this.#writes.delete(writes.key)
    return isOnlyOurs
  }

  /** The key was told. @returns whether it is the echo of a write whose outcome is known. */
  isEcho(key: string): boolean {
    const writes = this.#writes.get(key)
    if (!writes) return false
    writes.told += 1
    // Until the outcome is known, nothing of ours is in memory: what is there may be outdated.
    if (writes.underWay > 0) return false
    if (writes.told >= writes.allowed) this.#writes.delete(key)
    return true
  }

  /** What is under way now counts as foreign. */
  clear(): void {
    this.#writes.clear()
  }
}
