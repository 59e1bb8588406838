/*
 * Seeded 32-bit hashes for the eviction policy. They only steer which entry goes, never which
 * value is returned, so speed counts for more than strength; but the multiplier and the start are
 * drawn anew for every store, so that nobody can prepare keys that collide in the sketch.
 */

/** Drawn once a store. */
export interface HashSeed {
  readonly start: number
  /** Odd, so that multiplying loses nothing. */
  readonly multiplier: number
}

const TWO_POW_32 = 4_294_967_296

export function drawSeed(random: () => number): HashSeed {
  const start = Math.floor(random() * TWO_POW_32) | 0
  const multiplier = Math.floor(random() * TWO_POW_32) | 1
  return { start, multiplier }
}

/** Spreads every bit of `value` over all 32: the finaliser of MurmurHash3. */
export function spread(value: number): number {
  let bits = value | 0
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b)
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35)
  return bits ^ (bits >>> 16)
}

export function hashText(text: string, seed: HashSeed): number {
  const { multiplier } = seed
  let hash = seed.start
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), multiplier)
    hash ^= hash >>> 15
  }
  return spread(hash)
}

export function hashNumber(value: number, seed: HashSeed): number {
  const high = Math.trunc(value / TWO_POW_32)
  return spread(Math.imul(value ^ seed.start, seed.multiplier) ^ spread(high + seed.multiplier))
}
