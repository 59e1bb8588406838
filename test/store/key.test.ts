import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  entryKey,
  entryPath,
  leaseKey,
  parseEntryKey,
  validateName,
  validateNamespace,
} from '../../src/store/key.ts'
import { keyText } from '../../src/store/key-text.ts'

const name = fc.stringMatching(/^[A-Za-z0-9._-]{1,8}$/)
const namespace = fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(':'))
const text = fc
  .array(fc.constantFrom('}', '{', ':', 'l', ':l', '}:l', '~', 'a', 'ü', '*'), { maxLength: 8 })
  .map((parts) => keyText(parts.join('')))

/** The slot's text by the rule of Redis Cluster: within the first braces, if not empty. */
function hashTag(key: string): string {
  const start = key.indexOf('{')
  const end = key.indexOf('}', start + 1)
  return start >= 0 && end > start + 1 ? key.slice(start + 1, end) : key
}

describe('the name of an entry in Redis', () => {
  test('is what people expect', () => {
    expect(entryKey('stays', 'product-details', '42')).toBe('stays:product-details:{42}')
    expect(leaseKey('stays', 'product-details', '42')).toBe('stays:product-details:{42}:l')
  })

  test('is read back exactly, and so is its lease, in one slot', () => {
    fc.assert(
      fc.property(namespace, name, text, (space, definition, key) => {
        const entry = entryKey(space, definition, key)
        const lease = leaseKey(space, definition, key)

        expect(parseEntryKey(entry, space)).toEqual({ definition, keyText: key, kind: 'entry' })
        expect(parseEntryKey(lease, space)).toEqual({ definition, keyText: key, kind: 'lease' })
        expect(hashTag(lease)).toBe(hashTag(entry))
        expect(hashTag(entry)).not.toBe(entry)
      }),
      { numRuns: 3_000 },
    )
  })

  test('is of one namespace only', () => {
    fc.assert(
      fc.property(namespace, namespace, name, text, (space, other, definition, key) => {
        fc.pre(space !== other)
        expect(parseEntryKey(entryKey(space, definition, key), other)).toBeUndefined()
      }),
      { numRuns: 3_000 },
    )
  })

  test.each([
    'stays',
    'stays:',
    'stays:{stays}:clock',
    'stays:{stays}:tags',
    'stays:details',
    'stays:details:42',
    'stays:details:{42',
    'stays:details:{',
    'stays:details:{}',
    'stays:details:{}}',
    'stays:details:{}:l',
    'stays:details:{42}:x',
    'stays:details:{42}l',
    'stays::{42}',
    'stays:sub:details:{42}',
    'staysx:details:{42}',
    'stay:details:{42}',
    'stays:bad name:{42}',
    `stays:${'a'.repeat(65)}:{42}`,
    '',
  ])('is not %s', (key) => {
    expect(parseEntryKey(key, 'stays')).toBeUndefined()
  })
})

test('the path of an entry has its definition, unless it was stored by key alone', () => {
  expect(entryPath('product-search', 'berlin')).toBe('product-search:berlin')
  expect(entryPath('kv', 'greeting')).toBe('greeting')
})

describe('names', () => {
  test.each(['a', 'stays', 'app:v1', 'a.b_c-D:9', 'x'.repeat(64)])(
    '%s names a namespace',
    (given) => {
      expect(validateNamespace(given)).toBe(given)
    },
  )

  test.each(['', ':', 'a:', ':a', 'a::b', 'a b', 'a{b}', 'a*', 'ü', 'x'.repeat(65), 7, undefined])(
    '%s names no namespace',
    (given) => {
      expect(() => validateNamespace(given)).toThrow(/Expected `namespace` to be 1 to 64 letters/)
    },
  )

  test.each(['kv', 'product-details', 'a.b_c', 'x'.repeat(64)])(
    '%s names a definition',
    (given) => {
      expect(validateName(given)).toBe(given)
    },
  )

  test.each(['', 'a:b', 'a{b', '}', 'a b', 'a?', 'x'.repeat(65), null])(
    '%s names no definition',
    (given) => {
      expect(() => validateName(given)).toThrow(
        expect.objectContaining({ code: 'ERR_OPTION', message: expect.stringMatching(/`name`/) }),
      )
    },
  )
})
