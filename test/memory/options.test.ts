import { expect, test } from 'vitest'
import { createMemoryStore, type MemoryStoreOptions } from '../../src/memory/index.ts'

test.each([
  [{ maxEntries: 0 }, 'Expected `maxEntries` to be a whole number of at least 1, got 0.'],
  [{ maxEntries: 1.5 }, '`maxEntries`'],
  [{ maxBytes: 'much' }, "Expected `maxBytes` to be a size such as 4096, '64kb' or '64mb'"],
  [{ maxBytes: 0 }, 'Expected `maxBytes` to be a size above 0, got 0.'],
  [{ sizeOf: 3 }, 'Expected `sizeOf` to be a function, got 3.'],
  [{ isolation: 'clone' }, "Expected `isolation` to be 'reference' or 'copy', got 'clone'."],
  [{ freeze: 1 }, 'Expected `freeze` to be true or false, got 1.'],
  [{ onEvict: 'x' }, '`onEvict`'],
  [{ random: 0.5 }, '`random`'],
  [{ maxItems: 5 }, 'Expected `maxItems` to be one of maxEntries, maxBytes'],
])('%o is refused with a sentence that names the option', (options, message) => {
  expect(() => createMemoryStore(options as unknown as MemoryStoreOptions)).toThrow(message)
})

test('bounds default to 100,000 entries, or to the bytes that are given', () => {
  expect(createMemoryStore().size).toMatchObject({ maxEntries: 100_000, maxBytes: Infinity })
  expect(createMemoryStore({ maxBytes: '1kb' }).size).toMatchObject({
    maxEntries: 2 ** 24,
    maxBytes: 1_024,
  })
  expect(createMemoryStore({ maxEntries: Infinity, maxBytes: Infinity }).size).toMatchObject({
    maxEntries: 2 ** 24,
    maxBytes: Infinity,
  })
})
