import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Sketch } from '../../src/memory/sketch.ts'
import { TinyLfu } from '../../src/memory/tiny-lfu.ts'

const SLOTS = 64

interface Bench {
  readonly lfu: TinyLfu
  readonly sketch: Sketch
  readonly evicted: number[]
}

function open(over: Partial<ConstructorParameters<typeof TinyLfu>[0]> = {}): Bench {
  const evicted: number[] = []
  const sketch = new Sketch(10)
  const lfu = new TinyLfu({
    maxEntries: 10,
    maxWeight: Number.POSITIVE_INFINITY,
    weightOf: undefined,
    windowShare: 0.1,
    slots: SLOTS,
    entriesWhenFull: 10,
    sketch,
    random: () => 1,
    evict: (slot) => evicted.push(slot),
    ...over,
  })
  return { lfu, sketch, evicted }
}

function fill({ lfu }: Bench, count: number): void {
  for (let slot = 0; slot < count; slot++) lfu.insert(slot, slot + 1)
}

describe('the queues', () => {
  test('evict nothing while there is room', () => {
    const bench = open()

    fill(bench, 10)

    expect(bench.evicted).toEqual([])
    expect(bench.lfu.count).toBe(10)
  })

  test('turn a candidate away that nobody asked for more than its victim', () => {
    const bench = open()
    fill(bench, 10)

    bench.lfu.insert(10, 11)

    expect(bench.evicted).toEqual([9])
  })

  test('admit a candidate that was asked for more than its victim', () => {
    const bench = open()
    fill(bench, 10)
    bench.sketch.add(10)

    bench.lfu.insert(10, 11)

    expect(bench.evicted).toEqual([0])
  })

  test('admit without a duel who returns while its ghost is here', () => {
    const bench = open()
    fill(bench, 11)
    expect(bench.evicted).toEqual([9])

    bench.lfu.insert(9, 10)

    expect(bench.lfu.has(9)).toBe(true)
    expect(bench.evicted).toEqual([9, 0])
  })

  test('now and then admit a loser that is asked for often', () => {
    const bench = open({ random: () => 0 })
    fill(bench, 10)
    for (let use = 0; use < 6; use++) for (const hash of [1, 10]) bench.sketch.add(hash)

    bench.lfu.insert(10, 11)

    expect(bench.evicted).toEqual([0])
  })

  test('protect what was used twice from what was used once', () => {
    const bench = open()
    fill(bench, 10)
    bench.lfu.touch(0)
    bench.sketch.add(10)

    bench.lfu.insert(10, 11)

    expect(bench.evicted).toEqual([1])
  })

  test('hand a shrinking window over little by little', () => {
    const bench = open({ windowShare: 0.9 })
    fill(bench, 10)
    bench.lfu.setWindowShare(0.1)

    bench.lfu.insert(10, 11)
    bench.lfu.insert(11, 12)

    expect(bench.lfu.count).toBe(10)
    expect(bench.evicted).toHaveLength(2)
  })

  test('evict as many as a heavy newcomer needs, or the newcomer', () => {
    const weights = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 5]
    const bench = open({ maxWeight: 10, weightOf: (slot) => weights[slot] ?? 1 })
    fill(bench, 10)
    for (let use = 0; use < 3; use++) bench.sketch.add(11)

    bench.lfu.insert(10, 11)

    expect(bench.lfu.has(10)).toBe(true)
    expect(bench.evicted).toHaveLength(5)
    expect(bench.lfu.weight).toBe(10)
  })
})

type Operation = readonly ['insert' | 'touch' | 'remove' | 'reweigh' | 'share', number, number]

const operations = fc.array(
  fc.tuple(
    fc.constantFrom('insert', 'insert', 'insert', 'touch', 'remove', 'reweigh', 'share'),
    fc.nat(SLOTS - 1),
    fc.integer({ min: 0, max: 30 }),
  ) as fc.Arbitrary<Operation>,
  { maxLength: 300 },
)

/** Slot and weight of what ought to be in the queues. */
function apply(operation: Operation, lfu: TinyLfu, weights: Map<number, number>): void {
  const [name, slot, amount] = operation
  const isIn = weights.has(slot)
  if (name === 'share') lfu.setWindowShare((amount + 1) / 32)
  else if (name === 'insert' && !isIn) {
    weights.set(slot, amount)
    lfu.insert(slot, amount * 77)
  } else if (name === 'touch' && isIn) lfu.touch(slot)
  else if (name === 'remove' && isIn) {
    lfu.remove(slot)
    weights.delete(slot)
  } else if (name === 'reweigh' && isIn) {
    const change = amount - (weights.get(slot) as number)
    weights.set(slot, amount)
    lfu.reweigh(slot, change)
  }
}

test('the queues keep count and weight within bounds and exact, whatever comes', () => {
  fc.assert(
    fc.property(operations, (operations) => {
      const weights = new Map<number, number>()
      const { lfu } = open({
        maxWeight: 100,
        weightOf: (slot) => weights.get(slot) ?? 0,
        evict: (slot) => weights.delete(slot),
      })
      for (const operation of operations) {
        apply(operation, lfu, weights)
        const sum = [...weights.values()].reduce((total, weight) => total + weight, 0)
        expect([lfu.count, lfu.weight]).toEqual([weights.size, sum])
        expect(lfu.count).toBeLessThanOrEqual(10)
        expect(lfu.weight).toBeLessThanOrEqual(100)
      }
      for (let slot = 0; slot < SLOTS; slot++) expect(lfu.has(slot)).toBe(weights.has(slot))
    }),
    { numRuns: 300 },
  )
})
