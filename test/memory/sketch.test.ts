import { describe, expect, test } from 'vitest'
import { spread } from '../../src/memory/hash.ts'
import { Sketch } from '../../src/memory/sketch.ts'

describe('the sketch', () => {
  test('counts to fifteen and no further', () => {
    const sketch = new Sketch(1_000)

    for (let use = 0; use < 40; use++) sketch.add(spread(1))

    expect(sketch.estimate(spread(1))).toBe(15)
    expect(sketch.estimate(spread(2))).toBe(0)
  })

  test('never estimates too low', () => {
    const sketch = new Sketch(1_000)
    for (let key = 0; key < 3_000; key++) {
      for (let use = 0; use <= key % 3; use++) sketch.add(spread(key))
    }

    const tooLow = Array.from({ length: 3_000 }, (_, key) => key).filter(
      (key) => sketch.estimate(spread(key)) < (key % 3) + 1,
    )

    expect(tooLow).toEqual([])
  })

  test('halves what it counted as time goes by', () => {
    const sketch = new Sketch(100)
    for (let use = 0; use < 12; use++) sketch.add(spread(1))

    for (let key = 2; key < 1_000; key++) sketch.add(spread(key))

    expect(sketch.estimate(spread(1))).toBeGreaterThanOrEqual(6)
    expect(sketch.estimate(spread(1))).toBeLessThan(12)
  })

  test('keeps what it counted when it grows', () => {
    const sketch = new Sketch(10)
    for (let use = 0; use < 5; use++) sketch.add(spread(1))
    const before = sketch.bytes

    sketch.ensure(10_000)
    sketch.ensure(10)

    expect(sketch.bytes).toBeGreaterThan(before)
    expect(sketch.estimate(spread(1))).toBe(5)
  })

  test('takes at most 16 bytes an entry', () => {
    expect(new Sketch(100_000).bytes).toBeLessThanOrEqual(1_600_000)
  })
})
