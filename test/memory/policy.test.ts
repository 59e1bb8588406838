import { describe, expect, test } from 'vitest'
import { createPolicy, type Policy } from '../../src/memory/index.ts'
import { seededRandom } from '../../src/testing/random.ts'
import { zipfDraw } from './support.ts'

function hitRate(policy: Policy, keys: Iterable<string | number>): number {
  let [hits, asked] = [0, 0]
  for (const key of keys) {
    asked += 1
    if (policy.access(key)) hits += 1
  }
  return hits / asked
}

/** The hit rate of the plain least-recently-used rule: hard to beat where keys drift. */
function lruHitRate(maxEntries: number, keys: readonly number[]): number {
  const held = new Set<number>()
  let hits = 0
  for (const key of keys) {
    if (held.delete(key)) hits += 1
    held.add(key)
    if (held.size > maxEntries) held.delete(held.values().next().value as number)
  }
  return hits / keys.length
}

function loop(length: number, rounds: number): number[] {
  return Array.from({ length: length * rounds }, (_, index) => index % length)
}

/** Keys that are asked for a few times soon after each other, and never again. */
function drift(length: number, seed: number): number[] {
  const random = seededRandom(seed)
  return Array.from({ length }, (_, index) => Math.floor(index / 4 - random() ** 2 * 300))
}

describe('the policy', () => {
  test('holds no more keys than it may', () => {
    const policy = createPolicy({ maxEntries: 7, random: seededRandom(1) })

    hitRate(policy, loop(100, 3))

    expect(policy.size).toBe(7)
  })

  test('decides the same with the same chance', () => {
    const keys = Array.from({ length: 5_000 }, zipfDraw(500, 1, seededRandom(3)))
    const rates = [5, 5].map((seed) =>
      hitRate(createPolicy({ maxEntries: 50, random: seededRandom(seed) }), keys),
    )

    expect(rates[0]).toBe(rates[1])
  })

  test('takes text and numbers, each for itself', () => {
    const policy = createPolicy({ maxEntries: 10 })

    expect([policy.access(1), policy.access('1'), policy.access(1), policy.access('1')]).toEqual([
      false,
      false,
      true,
      true,
    ])
  })

  test('keeps a part of a loop that is larger than the cache, where LRU has no hit', () => {
    const policy = createPolicy({ maxEntries: 200, random: seededRandom(1) })

    expect(hitRate(policy, loop(1_000, 50))).toBeGreaterThan(0.17)
  })

  test('follows what is popular only for a while', () => {
    const policy = createPolicy({ maxEntries: 200, random: seededRandom(1) })

    const keys = drift(100_000, 1)

    expect(hitRate(policy, keys)).toBeGreaterThan(lruHitRate(200, keys) - 0.02)
  })

  test('turns from one to the other and back', () => {
    const policy = createPolicy({ maxEntries: 200, random: seededRandom(1) })
    const keys = drift(100_000, 1).map((key) => key + 1_000_000)

    hitRate(policy, loop(1_000, 50))
    const drifting = hitRate(policy, keys)
    hitRate(policy, loop(1_000, 30))
    const looping = hitRate(policy, loop(1_000, 30))

    expect(drifting).toBeGreaterThan(lruHitRate(200, keys) - 0.03)
    expect(looping).toBeGreaterThan(0.15)
  })

  test.each([0, -1, 1.5, Number.NaN, '10'])('refuses %s as a number of entries', (maxEntries) => {
    expect(() => createPolicy({ maxEntries: maxEntries as number })).toThrow(
      'Expected `maxEntries` to be a whole number of at least 1',
    )
  })
})
