/** A statement and what its `$1`, `$2`, … stand for. */
export interface Filter {
  readonly sql: string
  readonly values: readonly unknown[]
}

/** Puts conditions together whose values are always params, never text of the statement. */
export class SqlFilter {
  readonly values: unknown[]
  readonly #conditions: string[] = []

  /** @param values taken over from another filter of the same statement, and added to */
  constructor(values: unknown[] = []) {
    this.values = values
  }

  /** @param condition with `?` for the value; left out when the value is `undefined` */
  add(condition: string, value: unknown): void {
    if (value === undefined) return
    this.#conditions.push(condition.replace('?', this.value(value)))
  }

  /** Registers a value. @returns how the statement names it. */
  value(value: unknown): string {
    this.values.push(value)
    return `$${this.values.length}`
  }

  get condition(): string {
    return this.#conditions.join(' AND ') || 'true'
  }
}
