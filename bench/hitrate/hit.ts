/*
 * What a hit in the in-process tier costs, beside an `async` getter over a bare `Map`: CPU time of
 * millions of awaited calls, 1,000 keys, rounds alternating so that the machine's mood hits both.
 * A full store takes note of uses, one with room left does not; both are shown.
 *
 *   npx tsx bench/hitrate/hit.ts
 */
import { createMemoryStore } from '../../src/memory/index.ts'

const KEYS = 1_000
const CALLS = 2_000_000
const ROUNDS = 9
const TARGET_RATIO = 0.8

interface Getter {
  get(key: string): Promise<unknown>
}

const keys = Array.from({ length: KEYS }, (_, index) => `product:${index}`)

function mapGetter(): Getter {
  const map = new Map(keys.map((key) => [key, { id: key }]))
  return { get: async (key) => map.get(key) }
}

function storeGetter(maxEntries: number): Getter {
  const region = createMemoryStore({ maxEntries }).space('bench').region('hit')
  const until = Number.MAX_SAFE_INTEGER
  const rest = { createdAt: 0, freshUntil: until, staleUntil: until, loadMs: 0, stamp: 0 }
  for (const key of keys) region.set(key, { value: { id: key }, tags: [], ...rest })
  return { get: (key) => Promise.resolve(region.fresh(key)) }
}

async function nanosecondsPerCall(getter: Getter): Promise<number> {
  const before = process.cpuUsage()
  for (let call = 0; call < CALLS; call++) await getter.get(keys[call % KEYS] as string)
  const { user, system } = process.cpuUsage(before)
  return ((user + system) * 1_000) / CALLS
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  return sorted[sorted.length >> 1] as number
}

async function compare(name: string, getter: Getter): Promise<void> {
  const floor = mapGetter()
  const ours: number[] = []
  const theirs: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    theirs.push(await nanosecondsPerCall(floor))
    ours.push(await nanosecondsPerCall(getter))
  }
  const ratio = median(theirs) / median(ours)
  const met = ratio >= TARGET_RATIO ? 'met' : 'MISSED'
  const figures = `${median(ours).toFixed(0)} ns, Map ${median(theirs).toFixed(0)} ns`
  console.log(
    `${name.padEnd(22)} ${figures}, ratio ${ratio.toFixed(2)} (>= ${TARGET_RATIO}: ${met})`,
  )
}

await compare('store with room left', storeGetter(100 * KEYS))
await compare('store that is full', storeGetter(KEYS))
