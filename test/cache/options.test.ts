import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkNames } from '../../src/base/option-names.ts'
import { type PolicyOptions, resolvePolicy } from '../../src/cache/options.ts'
import { openCache } from './support.ts'

describe('a policy', () => {
  test('is made of the defaults', () => {
    expect(resolvePolicy()).toEqual({
      ttlMs: 300_000,
      graceMs: 0,
      softTimeoutMs: 0,
      hardTimeoutMs: 30_000,
      negativeTtlMs: 300_000,
      jitter: 0,
      earlyRefresh: 1,
      graceBackoffMs: 1_000,
    })
  })

  test('takes the last layer that has a word, and never an undefined one', () => {
    const none = { ttl: undefined } as unknown as PolicyOptions

    expect(resolvePolicy({ ttl: '1m', grace: '1h' }, { ttl: '2m' }, none)).toMatchObject({
      ttlMs: 120_000,
      graceMs: 3_600_000,
      negativeTtlMs: 120_000,
    })
  })

  test('cannot be changed', () => {
    expect(Object.isFrozen(resolvePolicy())).toBe(true)
  })

  test.each([
    ['ttl', 'soon', "a duration such as 500, '30s' or '5m', got 'soon'"],
    ['grace', -1, "a duration such as 500, '30s' or '5m', got -1"],
    ['softTimeout', Number.NaN, 'a duration'],
    ['hardTimeout', '5 minutes', "got '5 minutes'"],
    ['negativeTtl', 'never', "got 'never'"],
    ['graceBackoff', {}, 'got an object'],
    ['jitter', 1.1, 'a number from 0 to 1, got 1.1'],
    ['jitter', '0.5', "a number from 0 to 1, got '0.5'"],
    ['earlyRefresh', -1, 'a number from 0 to 100, got -1'],
    ['earlyRefresh', Number.NaN, 'a number from 0 to 100, got NaN'],
  ])('refuses %s of %s', (name, value, sentence) => {
    const { cache } = openCache()
    const options = { [name]: value }

    expect(() => resolvePolicy(options)).toThrow(`Expected \`${name}\` to be `)
    expect(() => resolvePolicy(options)).toThrow(sentence)
    expect(() => cache.define({ name: 'x', load: () => 1, ...options })).toThrow(sentence)
  })
})

describe('a name that is not known', () => {
  test.each([
    ['tll', "'ttl'"],
    ['TTL', "'ttl'"],
    ['softTimout', "'softTimeout'"],
    ['gracebackoff', "'graceBackoff'"],
    ['earlyRefresh ', "'earlyRefresh'"],
  ])('%s probably means %s', (name, meant) => {
    const { cache } = openCache()
    const options = { [name]: 1 }

    const sentence = `Expected \`definition option\` to be ${meant}, got '${name}'.`
    expect(() => cache.define({ name: 'x', load: () => 1, ...options })).toThrow(sentence)
  })

  test('is shown all that there are, where none is near', () => {
    expect(() => checkNames('cache', { colour: 1 }, ['ttl', 'grace'])).toThrow(
      "Expected `cache option` to be one of ttl, grace, got 'colour'.",
    )
  })

  test('never passes, and one that is known always does', () => {
    const known = ['ttl', 'grace', 'jitter']
    fc.assert(
      fc.property(fc.string(), (name) => {
        const check = (): void => checkNames('cache', { [name]: 1 }, known)
        if (known.includes(name)) expect(check).not.toThrow()
        else if (Object.keys({ [name]: 1 }).length > 0)
          expect(check).toThrow('Expected `cache option`')
      }),
    )
  })
})

test.each<[string, object, string]>([
  ['no load', { name: 'x' }, 'Expected `load` to be a function, got undefined.'],
  ['no name', { load: () => 1 }, 'Expected `name` to be'],
  ['a name with a space', { name: 'a b', load: () => 1 }, "got 'a b'"],
  ['a long name', { name: 'x'.repeat(65), load: () => 1 }, 'Expected `name` to be'],
])('a definition with %s is refused', (_name, options, sentence) => {
  const { cache } = openCache()

  expect(() => cache.define(options as never)).toThrow(sentence)
})

test('options of one call are held to the same', async () => {
  const { cache } = openCache()
  const load = (): number => 1

  await expect(cache.getOrSet('a', load, { ttl: 'soon' as never })).rejects.toThrow('`ttl`')
  await expect(cache.getOrSet('a', load, { tll: 1 } as never)).rejects.toThrow("'ttl'")
  await expect(cache.set('a', 1, { tag: [] } as never)).rejects.toThrow("'tags'")
})
