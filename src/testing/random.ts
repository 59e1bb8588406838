/*
 * Mulberry32: a small generator of uniform numbers with 32 bits of state. Good enough to replay a
 * test from its seed, and nothing more: never use it where an attacker must not guess.
 */

const STEP = 0x6d2b79f5
const TWO_TO_32 = 2 ** 32

/** Chance that repeats itself: the same seed gives the same numbers, uniform in [0, 1). */
export function seededRandom(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + STEP) | 0
    let bits = Math.imul(state ^ (state >>> 15), state | 1)
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61)
    return ((bits ^ (bits >>> 14)) >>> 0) / TWO_TO_32
  }
}
