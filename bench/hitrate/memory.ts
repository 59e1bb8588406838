/*
 * Bytes an entry with a value of 200 characters costs, beside a bare `Map`, each in a process of
 * its own. Keys are made beforehand and not counted; `external` includes the array buffers.
 * Writes `bench/results/memory.json`, one object a line.
 *
 *   npx tsx bench/hitrate/memory.ts
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createMemoryStore, type MemoryStoreOptions } from '../../src/memory/index.ts'
import type { Entry } from '../../src/store/entry.ts'

const ENTRIES = 100_000
const VALUE_LENGTH = 200
const TARGET_BYTES = 290
const TTL_MS = 300_000

const SUBJECTS = {
  map: 'Map',
  room: 'store with room left',
  full: 'store that is full',
  bytes: 'store bounded by bytes, with room left',
  loaded: 'store with room left, entries with grace, load time and stamp',
} as const

type Subject = keyof typeof SUBJECTS

function measure(subject: Subject): number {
  const keys = Array.from({ length: ENTRIES }, (_, index) => flat(`product:${index}`))
  const before = usedBytes()
  const held = fill(subject, keys)
  const bytes = usedBytes() - before
  if (held() !== ENTRIES) throw new Error(`Expected ${ENTRIES} entries, got ${held()}.`)
  return bytes / ENTRIES
}

function fill(subject: Subject, keys: readonly string[]): () => number {
  if (subject === 'map') {
    const map = new Map<string, string>()
    for (const key of keys) map.set(key, textOf(key))
    return () => map.size
  }
  const store = createMemoryStore(optionsOf(subject))
  const region = store.space('bench').region('memory')
  for (const key of keys) region.set(key, entryOf(key, subject))
  return () => store.size.entries
}

function optionsOf(subject: Subject): MemoryStoreOptions {
  if (subject === 'full') return { maxEntries: ENTRIES }
  if (subject === 'bytes') return { maxBytes: '1gb' }
  return { maxEntries: 3 * ENTRIES }
}

function entryOf(key: string, subject: Subject): Entry {
  const createdAt = performance.timeOrigin + performance.now()
  const freshUntil = createdAt + TTL_MS
  const isLoaded = subject === 'loaded'
  return {
    value: textOf(key),
    createdAt,
    freshUntil,
    staleUntil: isLoaded ? freshUntil + TTL_MS : freshUntil,
    loadMs: isLoaded ? 12 : 0,
    tags: [],
    stamp: isLoaded ? 7 : 0,
  }
}

/** One piece of memory, as text that came over a wire is; joined text would hold its parts. */
function flat(text: string): string {
  return Buffer.from(text).toString('latin1')
}

function textOf(key: string): string {
  return Buffer.alloc(VALUE_LENGTH, key).toString('latin1')
}

function usedBytes(): number {
  if (globalThis.gc === undefined) throw new Error('Run with --expose-gc.')
  for (let round = 0; round < 6; round++) globalThis.gc()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

function measureApart(subject: Subject): number {
  const script = fileURLToPath(import.meta.url)
  const flags = ['--expose-gc', '--import', 'tsx', script, subject]
  return Number(execFileSync(process.execPath, flags, { encoding: 'utf8' }))
}

function compare(): void {
  const floor = measureApart('map')
  const lines: string[] = []
  for (const subject of Object.keys(SUBJECTS) as Subject[]) {
    const value = subject === 'map' ? floor : measureApart(subject)
    const name = `memory an entry, ${SUBJECTS[subject]}`
    const target = subject === 'map' ? undefined : `<= ${TARGET_BYTES}`
    const met = target === undefined ? undefined : value <= TARGET_BYTES
    const rounded = Math.round(value)
    console.log(`${SUBJECTS[subject].padEnd(64)} ${rounded} B  ${(value / floor).toFixed(2)} x Map`)
    const ratio = Math.round((value / floor) * 100) / 100
    const result = { name, value: rounded, unit: 'B', floor: Math.round(floor), ratio, target, met }
    lines.push(`${JSON.stringify(result)}\n`)
  }
  const folder = new URL('../results/', import.meta.url)
  mkdirSync(folder, { recursive: true })
  writeFileSync(new URL('memory.json', folder), lines.join(''))
}

const subject = process.argv[2]
if (subject === undefined) compare()
else console.log(measure(subject as Subject))
