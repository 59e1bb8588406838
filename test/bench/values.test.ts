import { expect, test } from 'vitest'
import { makeKeys, makeValue } from '../../bench/harness/values.ts'

test.each([200, 2_000])('a value of %i bytes has about as many as JSON', (bytes) => {
  const length = Buffer.byteLength(JSON.stringify(makeValue('product-1', bytes)))
  expect(Math.abs(length - bytes)).toBeLessThan(bytes / 20)
})

test('keys differ', () => {
  expect(new Set(makeKeys(1_000)).size).toBe(1_000)
})
