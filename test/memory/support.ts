import type { Entry } from '../../src/store/entry.ts'

/** An entry with working times; say what matters. */
export function entryOf(value: unknown, over: Partial<Entry> = {}): Entry {
  const until = Number.MAX_SAFE_INTEGER
  return {
    value,
    createdAt: 0,
    freshUntil: until,
    staleUntil: until,
    loadMs: 0,
    tags: [],
    stamp: 0,
    ...over,
  }
}

/** Keys by a Zipf law: key 0 is asked for most. */
export function zipfDraw(keys: number, exponent: number, random: () => number): () => number {
  const sums = new Float64Array(keys)
  let sum = 0
  for (let key = 0; key < keys; key++) {
    sum += 1 / (key + 1) ** exponent
    sums[key] = sum
  }
  return () => {
    const target = random() * sum
    let [low, high] = [0, keys - 1]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((sums[middle] as number) < target) low = middle + 1
      else high = middle
    }
    return low
  }
}
