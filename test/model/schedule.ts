import fc from 'fast-check'

/*
 * What happens in one schedule: a few clients, each in one of the processes, do one thing after
 * the other, with random pauses between; all clients at once, on the same few keys.
 */

/** How an entry is kept: for long, as a mostly stale one within its grace, or by key alone. */
export type Kind = 'plain' | 'graced' | 'kv'

export type Key = 'k0' | 'k1' | 'k2'

export type Step =
  | { readonly do: 'get'; readonly kind: Kind; readonly key: Key; readonly after: boolean }
  | { readonly do: 'getMany'; readonly kind: Kind; readonly keys: readonly Key[] }
  | { readonly do: 'stored'; readonly key: Key }
  | { readonly do: 'set'; readonly kind: Kind; readonly key: Key }
  | { readonly do: 'delete'; readonly kind: Kind; readonly key: Key; readonly writes: boolean }
  | { readonly do: 'expire'; readonly kind: Kind; readonly key: Key; readonly writes: boolean }
  | { readonly do: 'tag'; readonly tag: string; readonly writes: boolean }
  | { readonly do: 'pattern'; readonly pattern: string; readonly writes: boolean }
  | { readonly do: 'clear'; readonly writes: boolean }

export interface Client {
  readonly process: number
  readonly steps: readonly { readonly step: Step; readonly pause: number }[]
}

export interface Schedule {
  readonly clients: readonly Client[]
  /** How many turns of the event loop the loads take, one after the other. */
  readonly loadTurns: readonly number[]
  /** Whether the first step waits until every process is connected. */
  readonly waits: boolean
}

export const KEYS: readonly Key[] = ['k0', 'k1', 'k2']
export const KINDS: readonly Kind[] = ['plain', 'graced', 'kv']
export const PROCESSES = 3

export const TAGS: Readonly<Record<Key, readonly string[]>> = {
  k0: ['even', 'all'],
  k1: ['odd', 'all'],
  k2: ['even', 'all'],
}

/** Patterns, with what they match as `<kind>:<key>`. */
export const PATTERNS: Readonly<Record<string, RegExp>> = {
  '*': /./,
  'plain:*': /^plain:/,
  'graced:k?': /^graced:/,
  'k*': /^kv:/,
  '*k0': /:k0$/,
}

const key = fc.constantFrom(...KEYS)
const kind = fc.constantFrom(...KINDS)
const writes = fc.boolean()

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ do: fc.constant('get'), kind, key, after: fc.boolean() }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('getMany'),
      kind,
      keys: fc.shuffledSubarray([...KEYS]),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('stored'), key }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('set'), kind, key }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('delete'), kind, key, writes }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('expire'), kind, key, writes }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('tag'),
      tag: fc.constantFrom('even', 'odd', 'all'),
      writes,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('pattern'),
      pattern: fc.constantFrom(...Object.keys(PATTERNS)),
      writes,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('clear'), writes }) },
) as fc.Arbitrary<Step>

const client: fc.Arbitrary<Client> = fc.record({
  process: fc.nat(PROCESSES - 1),
  steps: fc.array(fc.record({ step, pause: fc.nat(4) }), { minLength: 2, maxLength: 8 }),
})

const mixed: fc.Arbitrary<Schedule> = fc.record({
  clients: fc.array(client, { minLength: 2, maxLength: 5 }),
  loadTurns: fc.array(fc.nat(8), { minLength: 4, maxLength: 4 }),
  waits: fc.oneof({ weight: 9, arbitrary: fc.constant(true) }, fc.boolean()),
})

/** Everybody reads and deletes one key, as fast as they can. */
const contended: fc.Arbitrary<Schedule> = fc.record({
  clients: fc.array(
    fc.record({
      process: fc.nat(PROCESSES - 1),
      steps: fc.array(fc.record({ step: contendedStep(), pause: fc.nat(2) }), {
        minLength: 6,
        maxLength: 14,
      }),
    }),
    { minLength: 4, maxLength: 6 },
  ),
  loadTurns: fc.array(fc.nat(1), { minLength: 4, maxLength: 4 }),
  waits: fc.constant(true),
})

function contendedStep(): fc.Arbitrary<Step> {
  const entry = { kind: fc.constant('plain'), key: fc.constant('k0') } as const
  return fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constantFrom('get'),
        ...entry,
        after: fc.constant(false),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constantFrom('delete'), ...entry, writes: fc.constant(true) }),
    },
  ) as fc.Arbitrary<Step>
}

/** What breaks while a fleet runs its schedules, and when, in milliseconds. */
export interface Fault {
  readonly atMs: number
  readonly kind:
    | 'cut-subscriber'
    | 'cut-commands'
    | 'black-hole'
    | 'freeze'
    | 'lose-all'
    | 'lose-clock'
    | 'corrupt'
  readonly process: number
  readonly forMs: number
}

/** Schedules that run side by side, each in a namespace of its own, on one fleet of processes. */
export interface Batch {
  readonly schedules: readonly Schedule[]
  readonly faults: readonly Fault[]
  readonly tracking: 'keys' | 'broadcast' | 'pubsub' | 'off'
  readonly poolSize: number
  /** How long a process that is cut off may serve what it has; short where that has to be awaited. */
  readonly maxUnverifiedMs?: number
  /** Entries that are large enough to be compressed and decompressed by another thread. */
  readonly isLarge: boolean
}

const fault: fc.Arbitrary<Fault> = fc.record({
  atMs: fc.nat(150),
  kind: fc.constantFrom(
    'cut-subscriber',
    'cut-commands',
    'black-hole',
    'freeze',
    'lose-all',
    'lose-clock',
    'corrupt',
  ),
  process: fc.nat(PROCESSES - 1),
  forMs: fc.integer({ min: 10, max: 600 }),
})

/** @param allContended whether all schedules are about one key */
export function batches(size: number, allContended = false): fc.Arbitrary<Batch> {
  const schedule = allContended
    ? contended
    : fc.oneof({ weight: 9, arbitrary: mixed }, { weight: 1, arbitrary: contended })
  return fc.record({
    schedules: fc.array(schedule, { minLength: size, maxLength: size, size: 'max' }),
    faults: fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(fault, { minLength: 1, maxLength: 3 }) },
    ),
    tracking: fc.oneof(
      { weight: 5, arbitrary: fc.constant('keys' as const) },
      { weight: 1, arbitrary: fc.constantFrom('broadcast', 'pubsub', 'off' as const) },
    ),
    poolSize: fc.oneof(
      { weight: 3, arbitrary: fc.constant(1) },
      { weight: 1, arbitrary: fc.constant(2) },
    ),
    isLarge: fc.oneof(
      { weight: 5, arbitrary: fc.constant(false) },
      { weight: 1, arbitrary: fc.constant(true) },
    ),
  })
}
