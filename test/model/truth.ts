import { KEYS, type Key, KINDS, type Kind } from './schedule.ts'

/*
 * The source of truth of one schedule, and the rule that every read is held against:
 *
 * After an acknowledged invalidation that began when a key was at version v, no version below v is
 * returned by a read that begins later (a) in the process that invalidated, (b) in any process if
 * the reader presents a number that covers it, (c) in a process that has confirmed such a number,
 * (d) anywhere once all is quiet.
 */

/** One key as one kind of entry. */
export type Cell = `${Kind}:${Key}`

export const CELLS: readonly Cell[] = KINDS.flatMap((kind) =>
  KEYS.map((key): Cell => `${kind}:${key}`),
)

export interface Value {
  readonly key: string
  readonly version: number
}

type Floors = ReadonlyMap<Cell, number>

interface Acknowledged {
  readonly floors: Floors
  readonly number: number | undefined
}

export interface Reading {
  readonly process: number
  readonly floors: Floors
  readonly what: string
  /** How many invalidations this process had acknowledged when the read began. */
  readonly acknowledged: number
}

/** Single reads that an invalidation by their own process was acknowledged in the middle of. */
export interface Overlaps {
  reads: number
  older: number
  /** Of those, with a single invalidation of the key in the meantime. */
  olderAfterOne: number
}

export class Truth {
  readonly violations: string[] = []
  readonly overlaps: Overlaps = { reads: 0, older: 0, olderAfterOne: 0 }
  readonly trace: string[] = []
  readonly #versions = new Map<string, number>()
  readonly #obeyed: Map<Cell, number>[]
  readonly #acknowledged: Acknowledged[] = []
  readonly #byProcess: Floors[][]
  /** Writes of a key by hand, which a write to the source must not overtake. */
  readonly #writing = new Map<Key, Promise<unknown>>()

  constructor(processes: number) {
    this.#obeyed = Array.from({ length: processes }, () => new Map())
    this.#byProcess = Array.from({ length: processes }, () => [])
  }

  version(key: string): number {
    return this.#versions.get(key) ?? 0
  }

  /** Changes the source. */
  write(key: string): number {
    const version = this.version(key) + 1
    this.#versions.set(key, version)
    return version
  }

  /** The writes by hand of these keys that are under way; ask again when they have settled. */
  writing(keys: readonly Key[]): Promise<unknown> | undefined {
    const writing = keys.flatMap((key) => this.#writing.get(key) ?? [])
    return writing.length === 0 ? undefined : Promise.allSettled(writing)
  }

  /** Writes by hand what the source has; the source stands still meanwhile. */
  async store(key: Key, set: (value: Value) => Promise<unknown>): Promise<void> {
    for (let busy = this.writing([key]); busy; busy = this.writing([key])) await busy
    const work = set({ key, version: this.write(key) })
    this.#writing.set(key, work)
    try {
      await work
    } finally {
      this.#writing.delete(key)
    }
  }

  /** What an invalidation that begins now will have to hold against. */
  floorsOf(cells: readonly Cell[]): Floors {
    return new Map(cells.map((cell) => [cell, this.version(keyOf(cell))]))
  }

  acknowledge(process: number, floors: Floors, number: number | undefined, what: string): void {
    this.note(`p${process} ${what} acknowledged as ${number ?? 'local'}`)
    this.#acknowledged.push({ floors, number })
    this.#byProcess[process]?.push(floors)
    raise(this.#obeyed[process] as Map<Cell, number>, floors)
  }

  /** The highest number that was ever acknowledged. */
  get number(): number | undefined {
    const numbers = this.#acknowledged.flatMap(({ number }) => number ?? [])
    return numbers.length === 0 ? undefined : Math.max(...numbers)
  }

  begin(process: number, what: string, after?: number): Reading {
    const floors = new Map(this.#obeyed[process])
    if (after !== undefined) raise(floors, this.#upTo(after))
    const acknowledged = this.#byProcess[process]?.length ?? 0
    return { process, floors, what, acknowledged }
  }

  end(reading: Reading, cell: Cell, value: unknown): void {
    const { process, floors, what } = reading
    const version = versionOf(value, keyOf(cell))
    this.note(`p${process} ${what} ${cell} → ${version ?? JSON.stringify(value)}`)
    const floor = floors.get(cell) ?? 0
    if (version === undefined) {
      this.violations.push(`p${process} ${what} of ${cell} returned ${JSON.stringify(value)}`)
    } else if (version > this.version(keyOf(cell))) {
      this.violations.push(`p${process} ${what} of ${cell} returned ${version}, which never was`)
    } else if (version < floor) {
      this.violations.push(`p${process} ${what} of ${cell} returned ${version} after ${floor}`)
    } else this.#countOverlap(reading, cell, version)
  }

  fail(process: number, what: string, error: unknown): void {
    this.note(`p${process} ${what} threw ${error}`)
    this.violations.push(`p${process} ${what} threw ${error}`)
  }

  /** From now on this process must know of everything up to the number. */
  confirm(process: number, number: number): void {
    raise(this.#obeyed[process] as Map<Cell, number>, this.#upTo(number))
  }

  /** From now on everybody must know of everything. */
  confirmAll(): void {
    for (const obeyed of this.#obeyed) {
      for (const { floors } of this.#acknowledged) raise(obeyed, floors)
    }
  }

  note(line: string): void {
    this.trace.push(line)
  }

  #countOverlap({ process, acknowledged, what }: Reading, cell: Cell, version: number): void {
    // A read of many answers when its slowest key does; the others are from before.
    if (what === 'getMany') return
    const since = (this.#byProcess[process] ?? []).slice(acknowledged)
    const floors = since.flatMap((each) => each.get(cell) ?? [])
    if (floors.length === 0) return
    this.overlaps.reads += 1
    if (version >= Math.max(...floors)) return
    this.overlaps.older += 1
    this.note(`   older than ${Math.max(...floors)}, with ${floors.length} in the meantime`)
    if (floors.length === 1) this.overlaps.olderAfterOne += 1
  }

  #upTo(number: number): Floors {
    const floors = new Map<Cell, number>()
    for (const each of this.#acknowledged) {
      if (each.number !== undefined && each.number <= number) raise(floors, each.floors)
    }
    return floors
  }
}

export function keyOf(cell: Cell): Key {
  return cell.slice(cell.indexOf(':') + 1) as Key
}

function raise(floors: Map<Cell, number>, others: Floors): void {
  for (const [cell, floor] of others) floors.set(cell, Math.max(floor, floors.get(cell) ?? 0))
}

/** The version, if this is a value of that key at all. */
function versionOf(value: unknown, key: string): number | undefined {
  const { key: itsKey, version } = (value ?? {}) as Partial<Value>
  return itsKey === key && typeof version === 'number' ? version : undefined
}
