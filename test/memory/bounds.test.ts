import { describe, expect, test } from 'vitest'
import { createMemoryStore } from '../../src/memory/index.ts'
import { ABSENT } from '../../src/store/local-store.ts'
import { fakeClock } from '../../src/testing/fake-clock.ts'
import { seededRandom } from '../../src/testing/random.ts'
import { entryOf, zipfDraw } from './support.ts'

const KEYS = 3_000

describe('bounds', () => {
  test('the number of entries never exceeds maxEntries', () => {
    const store = createMemoryStore({ maxEntries: 100, clock: fakeClock() })
    const region = store.space('a').region('b')
    const counts = new Set<number>()

    for (let key = 0; key < 1_000; key++) {
      region.set(`${key}`, entryOf(key))
      counts.add(store.size.entries)
    }

    expect(Math.max(...counts)).toBe(100)
    expect(region.size).toBe(100)
  })

  test('a store of one entry holds the newest', () => {
    const region = createMemoryStore({ maxEntries: 1, clock: fakeClock() }).space('a').region('b')

    region.set('a', entryOf(1))
    region.set('b', entryOf(2))

    expect(region.fresh('a')).toBe(ABSENT)
    expect(region.fresh('b')).toBe(2)
  })

  test('an entry larger than the store is refused, and ends what it was to replace', () => {
    const store = createMemoryStore({
      maxBytes: 100,
      sizeOf: (value) => Number(value),
      clock: fakeClock(),
    })
    const region = store.space('a').region('b')
    region.set('a', entryOf(60))
    region.set('b', entryOf(40))

    expect(region.set('a', entryOf(101))).toBe(false)
    expect(region.fresh('a')).toBe(ABSENT)
    expect(region.fresh('b')).toBe(40)
    expect(store.size.bytes).toBe(40)
  })

  test('an entry that fills the whole store drives the others out', () => {
    const store = createMemoryStore({
      maxBytes: 100,
      sizeOf: (value) => Number(value),
      clock: fakeClock(),
    })
    const region = store.space('a').region('b')
    region.set('a', entryOf(10))

    expect(region.set('b', entryOf(100))).toBe(true)
    expect(region.fresh('b')).toBe(100)
    expect(store.size).toMatchObject({ entries: 1, bytes: 100 })
  })

  test('an entry that grows makes the store evict', () => {
    const store = createMemoryStore({
      maxBytes: 100,
      sizeOf: (value) => Number(value),
      clock: fakeClock(),
    })
    const region = store.space('a').region('b')
    for (let key = 0; key < 10; key++) region.set(`${key}`, entryOf(10))

    region.set('9', entryOf(50))

    expect(store.size.bytes).toBeLessThanOrEqual(100)
    expect(region.fresh('9')).toBe(50)
  })

  test('bytes are estimated where no sizer is given', () => {
    const store = createMemoryStore({ maxBytes: '1mb', clock: fakeClock() })
    const region = store.space('a').region('b')

    region.set('a', entryOf('x'.repeat(10_000)))

    expect(store.size.bytes).toBeGreaterThan(10_000)
    expect(store.size.bytes).toBeLessThan(10_500)
  })

  test('a sizer that answers no size is a mistake that names it', () => {
    const region = createMemoryStore({ maxBytes: 100, sizeOf: () => Number.NaN })
      .space('a')
      .region('b')

    expect(() => region.set('a', entryOf(1))).toThrow('`sizeOf`')
  })

  test('the account of bytes is exact after a million random operations', () => {
    const random = seededRandom(7)
    const clock = fakeClock()
    const store = createMemoryStore({
      maxBytes: 20_000,
      maxEntries: 400,
      sizeOf: (value) => Number(value),
      clock,
    })
    const region = store.space('a').region('b')

    const step = (): void => {
      const key = `${Math.floor(random() ** 3 * KEYS)}`
      const choice = random()
      if (choice < 0.5) region.fresh(key)
      else if (choice < 0.6) region.delete(key)
      else {
        const until = clock.now() + Math.floor(random() * 1_000)
        const size = Math.floor(random() ** 4 * 22_000)
        region.set(key, entryOf(size, { freshUntil: until, staleUntil: until }))
      }
    }
    const heldSizes = (): number[] => {
      const held = [...region.keys()].map((key) => region.get(key)?.value as number)
      // Expired entries still count: let them be met, one look at each.
      for (let key = 0; key < KEYS; key++) region.get(`${key}`)
      return held
    }

    for (let batch = 0; batch < 100; batch++) {
      for (let operation = 0; operation < 10_000; operation++) step()
      clock.advance(100)
      const held = heldSizes()
      expect(store.size.bytes).toBe(held.reduce((sum, size) => sum + size, 0))
      expect(store.size.entries).toBe(held.length)
      expect(store.size.bytes).toBeLessThanOrEqual(20_000)
      expect(store.size.entries).toBeLessThanOrEqual(400)
    }
  })
})

describe('a flood of keys that nobody asks for again', () => {
  const HOT_KEYS = 2_000
  const CAPACITY = 1_000

  function hitRate(floodShare: number): number {
    const random = seededRandom(11)
    const draw = zipfDraw(HOT_KEYS, 0.9, random)
    const store = createMemoryStore({ maxEntries: CAPACITY, clock: fakeClock() })
    const region = store.space('a').region('b')
    let [hits, asked] = [0, 0]
    for (let step = 0; step < 300_000; step++) {
      const isFlood = random() < floodShare
      const key = isFlood ? `flood ${step}` : `hot ${draw()}`
      const isHit = region.fresh(key) !== ABSENT
      if (!isHit) region.set(key, entryOf(step))
      if (!isFlood) asked += 1
      if (!isFlood && isHit) hits += 1
    }
    return hits / asked
  }

  test('leaves the hot set its hits', () => {
    const calm = hitRate(0)
    const flooded = hitRate(0.5)

    expect(flooded).toBeGreaterThan(0.9 * calm)
  })
})
