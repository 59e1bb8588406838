import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CreateCache } from './fleet.ts'
import { type Batch, type Fault, PROCESSES } from './schedule.ts'

/*
 * Copies of the source in each of which one guard is missing. A mutant is made by replacing a text
 * that has to be there exactly once, so a guard that is renamed or moved shows at once.
 */

export interface Mutant {
  /** What is missing. */
  readonly guard: string
  readonly file: string
  readonly text: string
  readonly replacement: string
  /** The circumstances in which the guard is needed. */
  readonly where?: Partial<Batch>
  /** Whether it takes many on one key to need it. */
  readonly isContended?: boolean
}

/** The same thing again and again, in each process. */
function often(kind: Fault['kind'], forMs = 250): readonly Fault[] {
  return [30, 60, 90, 120].map((atMs, i) => ({ atMs, kind, process: i % PROCESSES, forMs }))
}

/** Loads without Redis, and invalidations that wait for it. */
const OUTAGE: readonly Fault[] = [{ atMs: 15, kind: 'freeze', process: 0, forMs: 400 }]

export const MUTANTS: readonly Mutant[] = [
  {
    guard: 'the lease is looked at before a fill',
    file: 'redis/scripts/fill.lua.ts',
    text: "if redis.call('GET', KEYS[2]) ~= ARGV[1] then",
    replacement: 'if false then',
  },
  {
    guard: 'the stamp is held against the numbers of tags',
    file: 'store/invalidation-log.ts',
    text: "} else if (number > entry.stamp) return 'invalid'",
    replacement: '}',
  },
  {
    guard: 'the stamp is held against the numbers of patterns',
    file: 'store/invalidation-log.ts',
    text: 'if (ban.number > entry.stamp && ban.matches(path)) return true',
    replacement: '',
  },
  {
    guard: 'the stamp is held against the number of the last clear',
    file: 'store/invalidation-log.ts',
    text: "if (entry.epoch !== this.#epoch || entry.stamp < this.#cleared) return 'invalid'",
    replacement: "if (entry.epoch !== this.#epoch) return 'invalid'",
  },
  {
    guard: 'an answer that a change has overtaken is not kept',
    file: 'redis/in-flight.ts',
    text: 'return this.#allChangedAt > look.since || (this.#changedAt.get(key) ?? 0) > look.since',
    replacement: 'return false',
    where: { faults: [], tracking: 'keys' },
    isContended: true,
  },
  {
    guard: 'a delete takes the lease away',
    file: 'redis/scripts/remove.lua.ts',
    text: "redis.call('UNLINK', KEYS[2])",
    replacement: '',
  },
  {
    guard: 'a delete without Redis makes loads begin anew',
    file: 'cache/load.ts',
    text: 'if (this.#isVoid) return false',
    replacement: '',
    where: { faults: OUTAGE },
  },
  {
    guard: 'an entry of a lost epoch is invalid',
    file: 'store/invalidation-log.ts',
    text: "if (entry.epoch !== this.#epoch || entry.stamp < this.#cleared) return 'invalid'",
    replacement: "if (entry.stamp < this.#cleared) return 'invalid'",
    where: { faults: often('lose-clock') },
  },
  {
    guard: 'a push takes the copy in memory away',
    file: 'cache/scope.ts',
    text: 'this.#collections.get(definition)?.local.delete(key)',
    replacement: '',
    where: { faults: [], tracking: 'keys' },
  },
  {
    guard: 'memory is emptied when a connection was lost',
    file: 'cache/scope.ts',
    text: '  lost(): void {\n    this.local.clear()',
    replacement: '  lost(): void {',
    where: { faults: often('cut-subscriber'), tracking: 'keys', maxUnverifiedMs: 1_500 },
  },
  {
    guard: 'a byte that has changed shows',
    file: 'store/envelope.ts',
    text: 'if (crc32(bytes.subarray(CHECKED_FROM), CRC_SEED) !== bytes.readUInt32LE(CRC_OFFSET)) {',
    replacement: 'if (false) {',
    where: { faults: often('corrupt'), isLarge: false },
  },
]

/** Below the repository, so that packages are found; what lies in `.cache` is not checked in. */
const FOLDER = join(import.meta.dirname, '../../.cache/mutants')
const SOURCE = join(import.meta.dirname, '../../src')

/** Makes the mutant and loads it. @throws when the guard is not where it is said to be */
export async function loadMutant(mutant: Mutant, name: string): Promise<CreateCache> {
  const folder = join(FOLDER, `${process.pid}-${name}`)
  mkdirSync(folder, { recursive: true })
  cpSync(SOURCE, folder, { recursive: true })
  const path = join(folder, mutant.file)
  const parts = readFileSync(path, 'utf8').split(mutant.text)
  if (parts.length !== 2) {
    throw new Error(`Expected '${mutant.text}' once in ${mutant.file}, found ${parts.length - 1}.`)
  }
  writeFileSync(path, parts.join(mutant.replacement))
  const { createCache } = (await import(/* @vite-ignore */ join(folder, 'index.ts'))) as {
    createCache: CreateCache
  }
  return createCache
}

export function removeMutants(): void {
  rmSync(FOLDER, { recursive: true, force: true })
}
