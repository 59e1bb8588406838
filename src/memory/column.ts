/**
 * One number a slot, for what most entries do not need: costs nothing until the first value other
 * than 0, then 4 bytes a slot as long as 32-bit floats hold every value exactly, then 8.
 */
export class Column {
  #cells: Float32Array | Float64Array | undefined

  get(slot: number): number {
    return this.#cells === undefined ? 0 : (this.#cells[slot] as number)
  }

  /** @param slots how many there are now */
  set(slot: number, value: number, slots: number): void {
    if (this.#cells === undefined) {
      if (value === 0) return
      this.#cells = new Float32Array(slots)
    }
    if (this.#cells instanceof Float32Array && Math.fround(value) !== value) {
      this.#cells = new Float64Array(this.#cells)
    }
    this.#cells[slot] = value
  }

  resize(slots: number): void {
    const cells = this.#cells
    if (cells === undefined) return
    this.#cells = cells instanceof Float32Array ? new Float32Array(slots) : new Float64Array(slots)
    this.#cells.set(cells)
  }
}
