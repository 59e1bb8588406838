/*
 * Three doubly linked lists over one set of slots, newest first, as two typed arrays: 8 bytes a
 * slot, no object, every operation O(1). A slot is in one list or in none.
 */

export const OUT = 0
export const WINDOW = 1
export const PROBATION = 2
export const PROTECTED = 3

export type Queue = typeof OUT | typeof WINDOW | typeof PROBATION | typeof PROTECTED

/** The first nodes are the lists' ends; slot n is node n + 4. */
const ENDS = 4
const NO_SLOT = -1

export class Queues {
  #newer: Int32Array
  #older: Int32Array
  #queueOf: Uint8Array

  constructor(slots: number) {
    this.#newer = new Int32Array(slots + ENDS)
    this.#older = new Int32Array(slots + ENDS)
    this.#queueOf = new Uint8Array(slots)
    for (let end = 0; end < ENDS; end++) {
      this.#newer[end] = end
      this.#older[end] = end
    }
  }

  resize(slots: number): void {
    this.#newer = widened(this.#newer, slots + ENDS)
    this.#older = widened(this.#older, slots + ENDS)
    const queueOf = new Uint8Array(slots)
    queueOf.set(this.#queueOf)
    this.#queueOf = queueOf
  }

  queueOf(slot: number): Queue {
    return this.#queueOf[slot] as Queue
  }

  /** The slot that was pushed longest ago, or -1. */
  oldest(queue: Queue): number {
    const node = this.#newer[queue] as number
    return node < ENDS ? NO_SLOT : node - ENDS
  }

  /** The next newer slot of the same queue, or -1. */
  newerThan(slot: number): number {
    const node = this.#newer[slot + ENDS] as number
    return node < ENDS ? NO_SLOT : node - ENDS
  }

  /** Puts a slot that is in no queue at the new end of one. */
  push(slot: number, queue: Queue): void {
    const node = slot + ENDS
    const second = this.#older[queue] as number
    this.#older[queue] = node
    this.#newer[node] = queue
    this.#older[node] = second
    this.#newer[second] = node
    this.#queueOf[slot] = queue
  }

  remove(slot: number): void {
    const node = slot + ENDS
    const newer = this.#newer[node] as number
    const older = this.#older[node] as number
    this.#older[newer] = older
    this.#newer[older] = newer
    this.#queueOf[slot] = OUT
  }
}

function widened(column: Int32Array, length: number): Int32Array {
  const wider = new Int32Array(length)
  wider.set(column)
  return wider
}
