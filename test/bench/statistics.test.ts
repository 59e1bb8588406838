import { describe, expect, test } from 'vitest'
import { median, percentile, round } from '../../bench/harness/statistics.ts'

describe('statistics of the benchmarks', () => {
  test('the median of an odd number of figures is the middle one, whatever their order', () => {
    expect(median([9, 1, 5])).toBe(5)
  })

  test('the median of an even number of figures lies between the two in the middle', () => {
    expect(median([4, 1, 2, 100])).toBe(3)
  })

  test('a percentile lies between its neighbours, and 0 and 100 are the ends', () => {
    const figures = [10, 20, 30, 40, 50]
    expect(percentile(figures, 0)).toBe(10)
    expect(percentile(figures, 99)).toBeCloseTo(49.6)
    expect(percentile(figures, 100)).toBe(50)
  })

  test('a percentile leaves the figures as they were', () => {
    const figures = [3, 1, 2]
    percentile(figures, 50)
    expect(figures).toEqual([3, 1, 2])
  })

  test('the figure that never came keeps its place at the end', () => {
    expect(percentile([1, 2, Number.POSITIVE_INFINITY], 100)).toBe(Number.POSITIVE_INFINITY)
  })

  test('no figures have no percentile', () => {
    expect(() => percentile([], 50)).toThrow('Expected at least one number, got none.')
  })

  test('rounding keeps three digits and infinity', () => {
    expect(round(123_456)).toBe(123_000)
    expect(round(0.012345)).toBe(0.0123)
    expect(round(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY)
  })
})
