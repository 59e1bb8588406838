import { judge } from '../store/entry.ts'
import { ABSENT } from '../store/local-store.ts'
import type { Found } from '../store/shared-store.ts'
import type { Collection } from './collection.ts'
import { type ReadOptions, read, tellHit } from './reading.ts'
import type { LoadJob } from './running.ts'

/**
 * Reads many keys: memory first, then one exchange with the shared tier for what is missing, then
 * loads for what is missing there too.
 *
 * @param jobsFor makes the jobs of the keys at these positions, together, so that they can share
 *   one call of the loader
 * @returns the values in the order of the keys; a key that is given twice is read once
 */
export async function readMany(
  collection: Collection,
  keys: readonly string[],
  options: ReadOptions | undefined,
  jobsFor: (missing: readonly number[]) => readonly LoadJob[],
): Promise<unknown[]> {
  const reading = new ReadingMany(collection, keys)
  const mayServe = options?.after === undefined
  if (mayServe) reading.fromMemory()
  else reading.missAll()
  if (reading.missing.length > 0) {
    const found = mayServe ? await reading.fromShared() : undefined
    await load(reading, options, jobsFor, found)
  }
  return reading.values()
}

class ReadingMany {
  readonly collection: Collection
  readonly keys: readonly string[]
  /** Positions of the keys that have no value yet, each key once. */
  missing: number[] = []
  readonly #values: unknown[]
  /** Where a key stands for the first time, of those that memory did not have. */
  readonly #firstAt = new Map<string, number>()

  constructor(collection: Collection, keys: readonly string[]) {
    this.collection = collection
    this.keys = keys
    this.#values = new Array(keys.length).fill(ABSENT)
  }

  fromMemory(): void {
    for (let i = 0; i < this.keys.length; i += 1) {
      const value = this.collection.fresh(this.keys[i] as string)
      if (value === ABSENT) this.#miss(i)
      else this.#values[i] = value
    }
  }

  missAll(): void {
    for (let i = 0; i < this.keys.length; i += 1) this.#miss(i)
  }

  set(position: number, value: unknown): void {
    this.#values[position] = value
  }

  /** @returns what the shared tier has of those still missing: null for nothing */
  async fromShared(): Promise<ReadonlyMap<string, Found | null> | undefined> {
    const { scope, local, lookups } = this.collection
    const shared = scope.isEnabled ? this.collection.reachable : undefined
    if (!shared) return undefined
    // Stale entries in memory and keys that others look up already go their own way.
    const asked = this.missing.filter((i) => {
      const key = this.keys[i] as string
      return !lookups.has(key) && !local.get(key)
    })
    if (asked.length === 0) return undefined
    try {
      return this.#take(asked, await shared.getMany(asked.map((i) => this.keys[i] as string)))
    } catch {
      // The tier reported it.
      return undefined
    }
  }

  /** Every value, where a key that was given again has that of its first place. */
  values(): unknown[] {
    const values = this.#values
    for (let i = 0; i < values.length; i += 1) {
      if (values[i] !== ABSENT) continue
      values[i] = values[this.#firstAt.get(this.keys[i] as string) as number]
    }
    return values
  }

  #take(
    asked: readonly number[],
    found: readonly (Found | undefined)[],
  ): ReadonlyMap<string, Found | null> {
    const { collection } = this
    const now = collection.scope.clock.now()
    const rest = new Map<string, Found | null>()
    for (let j = 0; j < asked.length; j += 1) {
      const position = asked[j] as number
      const key = this.keys[position] as string
      const each = found[j]
      if (!each || judge(each.entry, now) !== 'fresh') {
        rest.set(key, each ?? null)
        continue
      }
      collection.keepLocal(key, each.entry, each.keep)
      collection.counters.sharedHits += 1
      tellHit(collection, key, 'shared')
      this.#values[position] = each.entry.value
    }
    this.missing = this.missing.filter((i) => this.#values[i] === ABSENT)
    return rest
  }

  #miss(position: number): void {
    const key = this.keys[position] as string
    if (this.#firstAt.has(key)) return
    this.#firstAt.set(key, position)
    this.missing.push(position)
  }
}

async function load(
  reading: ReadingMany,
  options: ReadOptions | undefined,
  jobsFor: (missing: readonly number[]) => readonly LoadJob[],
  found: ReadonlyMap<string, Found | null> | undefined,
): Promise<void> {
  const { missing, collection } = reading
  if (missing.length === 0) return
  const jobs = jobsFor(missing)
  await Promise.all(
    jobs.map(async (job, i) => {
      try {
        const value = await read(collection, job, options, found?.get(job.key))
        reading.set(missing[i] as number, value)
      } finally {
        // Whatever happened to it, the others must not wait for it; unless a reload goes on with it.
        if (!job.holder) job.stepBack?.()
      }
    }),
  )
}
