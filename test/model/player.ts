import type { Cache, Definition } from '../../src/index.ts'
import { eventually } from '../support/eventually.ts'
import { type Key, type Kind, PATTERNS, type Schedule, type Step, TAGS } from './schedule.ts'
import { CELLS, type Cell, keyOf, type Truth, type Value } from './truth.ts'

/** One process's view of a schedule's namespace. */
export interface Seat {
  readonly cache: Cache
  readonly plain: Definition<Key, Value>
  readonly graced: Definition<Key, Value>
  /** Whether the connection was in trouble since the number that is given back was asked for. */
  readonly trouble: { count: number }
}

const LONG = '1h'
const SHORT_MS = 15
/** Against hanging only. */
export const SETTLES_WITHIN_MS = 30_000

/** So many turns of the event loop; input is handled in each. */
export async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) await new Promise((resolve) => setImmediate(resolve))
}

/** Plays one schedule against one namespace of a fleet. */
export class Player {
  readonly truth: Truth
  readonly #schedule: Schedule
  readonly #seats: readonly Seat[]
  readonly #ballast: string | undefined
  #loads = 0

  constructor(truth: Truth, schedule: Schedule, caches: readonly Cache[], isLarge: boolean) {
    this.truth = truth
    this.#schedule = schedule
    this.#ballast = isLarge ? BALLAST : undefined
    this.#seats = caches.map((cache) => this.#sit(cache))
  }

  get seats(): readonly Seat[] {
    return this.#seats
  }

  async play(): Promise<void> {
    await Promise.all(
      this.#schedule.clients.map(async ({ process, steps }) => {
        for (const { step, pause } of steps) {
          await turns(pause)
          await this.#do(process, step)
        }
      }),
    )
  }

  /** Reads every cell in every process and holds it against all that was acknowledged. */
  async readAll(what: string, after?: number): Promise<void> {
    for (const process of this.#seats.keys()) {
      await Promise.all(CELLS.map((cell) => this.#get(process, cell, after, what)))
    }
  }

  #sit(cache: Cache): Seat {
    const load = (key: Key): Promise<Value> => this.#load(key)
    const loadMany = (keys: readonly Key[]): Promise<Value[]> =>
      Promise.all(keys.map((key) => this.#load(key)))
    const tags = (key: Key): readonly string[] => TAGS[key]
    const trouble = { count: 0 }
    for (const event of ['error', 'breaker', 'connection'] as const) {
      cache.on(event, () => {
        trouble.count += 1
      })
    }
    return {
      cache,
      trouble,
      plain: cache.define({ name: 'plain', load, loadMany, tags, ttl: LONG }),
      graced: cache.define({ name: 'graced', load, tags, ttl: SHORT_MS, grace: LONG }),
    }
  }

  /** What a slow source answers: as it was when it was asked. */
  async #load(key: Key): Promise<Value> {
    const version = this.truth.version(key)
    const { loadTurns } = this.#schedule
    this.#loads += 1
    await turns(loadTurns[this.#loads % loadTurns.length] as number)
    return this.#value(key, version)
  }

  #value(key: Key, version: number): Value {
    const value = { key, version }
    return this.#ballast === undefined ? value : Object.assign(value, { ballast: this.#ballast })
  }

  #do(process: number, step: Step): Promise<void> {
    switch (step.do) {
      case 'get':
        return this.#get(
          process,
          `${step.kind}:${step.key}`,
          step.after ? this.truth.number : undefined,
          'get',
        )
      case 'getMany':
        return this.#getMany(process, step.kind, step.keys)
      case 'stored':
        return this.#stored(process, step.key)
      case 'set':
        return this.#set(process, step.kind, step.key)
      default:
        return this.#invalidate(process, step)
    }
  }

  async #get(process: number, cell: Cell, after: number | undefined, what: string): Promise<void> {
    const { truth } = this
    const seat = this.#seat(process)
    const before = seat.trouble.count
    const name = after === undefined ? what : `${what} after ${after}`
    truth.note(`p${process} ${name} ${cell}`)
    const reading = truth.begin(process, name, after)
    try {
      const value = await read(seat, cell, { after }, (key) => this.#load(key))
      truth.end(reading, cell, value)
      const isSure = before === seat.trouble.count && seat.cache.stats().shared?.isAvailable
      if (after !== undefined && isSure) truth.confirm(process, after)
    } catch (error) {
      truth.fail(process, `${name} ${cell}`, error)
    }
  }

  async #getMany(process: number, kind: Kind, keys: readonly Key[]): Promise<void> {
    const { truth } = this
    truth.note(`p${process} getMany ${kind} ${keys}`)
    const reading = truth.begin(process, 'getMany')
    try {
      const values = await this.#many(this.#seat(process), kind, keys)
      keys.forEach((key, i) => {
        truth.end(reading, `${kind}:${key}`, values[i])
      })
    } catch (error) {
      truth.fail(process, `getMany ${kind}`, error)
    }
  }

  #many(seat: Seat, kind: Kind, keys: readonly Key[]): Promise<Value[]> {
    if (kind !== 'kv') return seat[kind].getMany(keys)
    // The tags of one call hold for all its keys; here they differ.
    return Promise.all(keys.map((key) => readEntry(seat, key, {}, (each) => this.#load(each))))
  }

  /** A read that never loads: nothing is a right answer too. */
  async #stored(process: number, key: Key): Promise<void> {
    const reading = this.truth.begin(process, 'stored')
    const value = await this.#seat(process).cache.get(key)
    if (value !== undefined) this.truth.end(reading, `kv:${key}`, value)
  }

  async #set(process: number, kind: Kind, key: Key): Promise<void> {
    const seat = this.#seat(process)
    await this.truth.store(key, async ({ version }) => {
      this.truth.note(`p${process} set ${kind}:${key} = ${version}`)
      const value = this.#value(key, version)
      const { applied } =
        kind === 'kv'
          ? await seat.cache.set(key, value, { ttl: LONG, tags: TAGS[key] })
          : await seat[kind].set(key, value)
      // Sent or not, nobody knows. It may still arrive, until its process has taken it back.
      if (applied === 'local') {
        await eventually(() => seat.cache.stats().shared?.isAvailable, SETTLES_WITHIN_MS)
      }
    })
  }

  async #invalidate(
    process: number,
    step: Extract<Step, { readonly writes: boolean }>,
  ): Promise<void> {
    const { truth } = this
    const cells = coveredBy(step)
    if (step.writes) {
      const keys = [...new Set(cells.map(keyOf))]
      for (let busy = truth.writing(keys); busy; busy = truth.writing(keys)) await busy
      for (const key of keys) truth.write(key)
    }
    const floors = truth.floorsOf(cells)
    const what = describe(step)
    truth.note(`p${process} ${what} begins`)
    const { number } = await send(this.#seat(process), step)
    truth.acknowledge(process, floors, number, what)
  }

  #seat(process: number): Seat {
    return this.#seats[process % this.#seats.length] as Seat
  }
}

/** Which cells may serve nothing older once the step was acknowledged. */
function coveredBy(step: Extract<Step, { readonly writes: boolean }>): readonly Cell[] {
  switch (step.do) {
    case 'delete':
      return [`${step.kind}:${step.key}`]
    case 'expire':
      // What has a grace may be served stale; what has none is as good as deleted.
      return step.kind === 'graced' ? [] : [`${step.kind}:${step.key}`]
    case 'tag':
      return CELLS.filter((cell) => TAGS[keyOf(cell)].includes(step.tag))
    case 'pattern':
      return CELLS.filter((cell) => PATTERNS[step.pattern]?.test(cell))
    case 'clear':
      return CELLS
  }
}

function send(
  seat: Seat,
  step: Extract<Step, { readonly writes: boolean }>,
): Promise<{ readonly number: number | undefined }> {
  switch (step.do) {
    case 'delete':
    case 'expire': {
      const { kind, key } = step
      return kind === 'kv' ? seat.cache[step.do](key) : seat[kind][step.do](key)
    }
    case 'tag':
      return seat.cache.invalidateTags([step.tag])
    case 'pattern':
      return seat.cache.invalidatePattern(step.pattern)
    case 'clear':
      return seat.cache.clear()
  }
}

function describe(step: Extract<Step, { readonly writes: boolean }>): string {
  const { do: name, writes, ...rest } = step
  return `${writes ? 'write and ' : ''}${name} ${Object.values(rest).join(':')}`
}

function read(
  seat: Seat,
  cell: Cell,
  options: { after: number | undefined },
  load: (key: Key) => Promise<Value>,
): Promise<Value> {
  const key = keyOf(cell)
  if (cell.startsWith('plain')) return seat.plain.get(key, options)
  if (cell.startsWith('graced')) return seat.graced.get(key, options)
  return readEntry(seat, key, options, load)
}

function readEntry(
  { cache }: Seat,
  key: Key,
  options: { after?: number | undefined },
  load: (key: Key) => Promise<Value>,
): Promise<Value> {
  return cache.getOrSet(key, () => load(key), { ...options, ttl: LONG, tags: TAGS[key] })
}

/** Too random to compress well, and long enough to go to another thread. */
const BALLAST = Array.from({ length: 5_000 }, (_, i) => Math.sin(i).toString(36).slice(3, 20)).join(
  '',
)
