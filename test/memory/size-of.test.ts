import { describe, expect, test } from 'vitest'
import { sizeOf } from '../../src/memory/index.ts'

describe('sizeOf', () => {
  test.each([
    ['Latin text', 'x'.repeat(1_000), 1_000, 1_050],
    ['other text', '\u4e2d'.repeat(1_000), 2_000, 2_050],
    ['a number', 1, 8, 8],
    ['nothing', undefined, 8, 8],
    ['a bigint', 2n ** 800n, 100, 150],
    ['a buffer', Buffer.alloc(5_000), 5_000, 5_100],
    ['an array buffer', new ArrayBuffer(5_000), 5_000, 5_100],
    ['a date', new Date(0), 24, 100],
    ['an array of numbers', Array.from({ length: 100 }, (_, n) => n), 800, 2_000],
    ['an object', { a: 'x'.repeat(100), b: 1 }, 140, 200],
    ['a map', new Map([['k', 'x'.repeat(500)]]), 550, 700],
    ['a set', new Set(['x'.repeat(500)]), 550, 700],
    ['a function', () => 1, 8, 100],
  ])('estimates %s', (_, value, least, most) => {
    const size = sizeOf(value)

    expect(size).toBeGreaterThanOrEqual(least)
    expect(size).toBeLessThanOrEqual(most)
  })

  test('counts what occurs twice once, and ends on cycles', () => {
    const shared = { text: 'x'.repeat(1_000) }
    const value: Record<string, unknown> = { one: shared, two: shared }
    value.self = value

    expect(sizeOf(value)).toBeLessThan(1_300)
  })

  test('takes the rest of a large collection to be like the part it looks at', () => {
    const item = (): object => ({ text: 'x'.repeat(80) })
    const array = Array.from({ length: 100_000 }, item)
    const map = new Map(array.map((value, index) => [index, value]))

    expect(sizeOf(array) / (sizeOf(array.slice(0, 100)) * 1_000)).toBeCloseTo(1, 1)
    expect(sizeOf(map)).toBeGreaterThan(10_000_000)
    expect(sizeOf(new Set(array))).toBeGreaterThan(10_000_000)
  })

  test('calls no getter', () => {
    const value = {
      get bad(): never {
        throw new Error('called')
      },
    }

    expect(sizeOf(value)).toBeLessThan(100)
  })
})
