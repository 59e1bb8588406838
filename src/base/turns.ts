interface Turn<T> {
  readonly running: Promise<T>
  /** The run that begins when this one is over; undefined until somebody needs it. */
  next: Promise<T> | undefined
}

/**
 * Runs for callers who need what begins after they came: at most one a key at a time, and all who
 * come during one run share the next. Where a shared run would be too old and a run for each would
 * be too many.
 */
export class Turns<T> {
  readonly #turns = new Map<string, Turn<T>>()

  /** The outcome of a run that begins now or later. */
  run(key: string, start: () => Promise<T>): Promise<T> {
    const turn = this.#turns.get(key)
    if (!turn) return this.#begin(key, start)
    turn.next ??= turn.running.then(ignore, ignore).then(() => this.#begin(key, start))
    return turn.next
  }

  #begin(key: string, start: () => Promise<T>): Promise<T> {
    // Even a start that throws at once is a run that ends.
    const running = (async () => start())()
    const turn: Turn<T> = { running, next: undefined }
    this.#turns.set(key, turn)
    const end = (): void => {
      if (this.#turns.get(key) === turn && !turn.next) this.#turns.delete(key)
    }
    turn.running.then(end, end)
    return turn.running
  }
}

function ignore(): void {}
