import { expect, test } from 'vitest'
import { drawSeed, hashNumber, hashText } from '../../src/memory/hash.ts'
import { seededRandom } from '../../src/testing/random.ts'

test('hashes spread, and repeat with their seed only', () => {
  const [one, two] = [drawSeed(seededRandom(1)), drawSeed(seededRandom(2))]
  const keys = Array.from({ length: 10_000 }, (_, index) => index)
  const texts = new Set(keys.map((key) => hashText(`key:${key}`, one)))
  const numbers = new Set(keys.map((key) => hashNumber(key * 2 ** 20, one)))

  expect(texts.size).toBeGreaterThan(9_990)
  expect(numbers.size).toBeGreaterThan(9_990)
  expect(hashText('key', one)).toBe(hashText('key', one))
  expect(hashText('key', one)).not.toBe(hashText('key', two))
})
