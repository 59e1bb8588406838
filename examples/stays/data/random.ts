/*
 * Chance that repeats. The generator is sfc32 of the PractRand suite [1]: 128 bits of state, one
 * run of data is always the same for one seed.
 *
 * [1] C. Doty-Humphrey: PractRand, https://pracrand.sourceforge.net/RNG_engines.txt
 */

export interface Random {
  /** Uniform in [0, 1). */
  next(): number
  /** A whole number, both ends included. */
  between(lowest: number, highest: number): number
  /** True in `share` of the cases. */
  chance(share: number): boolean
  pick<Item>(items: readonly Item[]): Item
  /** `count` different items, or all of them where there are fewer. */
  sample<Item>(items: readonly Item[], count: number): Item[]
}

export function createRandom(seed: number): Random {
  const next = sfc32(seed)
  const between = (lowest: number, highest: number): number =>
    lowest + Math.floor(next() * (highest - lowest + 1))
  const pick = <Item>(items: readonly Item[]): Item => items[between(0, items.length - 1)] as Item
  return {
    next,
    between,
    pick,
    chance: (share) => next() < share,
    sample: (items, count) => sample(items, count, between),
  }
}

/** Indexes 0 … n-1 by weight: `pick` costs a binary search. */
export function weighted(weights: readonly number[], random: Random): () => number {
  const sums: number[] = []
  let total = 0
  for (const weight of weights) {
    total += weight
    sums.push(total)
  }
  return () => firstAbove(sums, random.next() * total)
}

/** Indexes 0 … count-1 by Zipf's law: the k-th is drawn in proportion to 1 / k^exponent. */
export function zipf(count: number, exponent: number, random: Random): () => number {
  const weights = Array.from({ length: count }, (_, index) => (index + 1) ** -exponent)
  return weighted(weights, random)
}

function firstAbove(sums: readonly number[], target: number): number {
  let low = 0
  let high = sums.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sums[middle] as number) > target) high = middle
    else low = middle + 1
  }
  return low
}

function sample<Item>(
  items: readonly Item[],
  count: number,
  between: (lowest: number, highest: number) => number,
): Item[] {
  const left = [...items]
  const taken: Item[] = []
  while (taken.length < count && left.length > 0) {
    const index = between(0, left.length - 1)
    taken.push(left[index] as Item)
    left[index] = left[left.length - 1] as Item
    left.pop()
  }
  return taken
}

const TWO_TO_32 = 2 ** 32
const WARM_UP_ROUNDS = 12

function sfc32(seed: number): () => number {
  let [a, b, c, counter] = [0, seed, Math.floor(seed / TWO_TO_32), 1]
  const next = (): number => {
    const mixed = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + mixed) | 0
    return (mixed >>> 0) / TWO_TO_32
  }
  for (let round = 0; round < WARM_UP_ROUNDS; round++) next()
  return next
}
