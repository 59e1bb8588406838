import { expect, test } from 'vitest'
import { CacheError, isCacheError, optionError, show } from '../../src/base/errors.ts'

test('carries its code, its sentence and its cause', () => {
  const cause = new Error('connection refused')

  const error = new CacheError('ERR_STORE', 'The store cannot be reached.', { cause })

  expect(error).toBeInstanceOf(Error)
  expect(error).toMatchObject({ name: 'CacheError', code: 'ERR_STORE', cause })
  expect(String(error)).toBe('CacheError: The store cannot be reached.')
})

test('is told from other errors by its code', () => {
  const error = new CacheError('ERR_KEY', 'No.')

  expect(isCacheError(error)).toBe(true)
  expect(isCacheError(error, 'ERR_KEY')).toBe(true)
  expect(isCacheError(error, 'ERR_LOAD')).toBe(false)
  expect(isCacheError(new Error('No.'))).toBe(false)
  expect(isCacheError({ name: 'CacheError', code: 'ERR_KEY' })).toBe(false)
  expect(isCacheError(undefined)).toBe(false)
})

test('is recognised from a second copy of the package', () => {
  class CacheErrorOfAnotherCopy extends Error {
    override readonly name: string = 'CacheError'
    readonly code: string = 'ERR_KEY'
  }

  expect(isCacheError(new CacheErrorOfAnotherCopy('No.'), 'ERR_KEY')).toBe(true)
})

test('names the option, what was expected and what came', () => {
  const error = optionError('ttl', "a duration such as '5m'", 'soon')

  expect(error.code).toBe('ERR_OPTION')
  expect(error.message).toBe("Expected `ttl` to be a duration such as '5m', got 'soon'.")
})

test.each<[unknown, string]>([
  ['text', "'text'"],
  ['x'.repeat(100), `'${'x'.repeat(60)}…'`],
  [5, '5'],
  [5n, '5n'],
  [Number.NaN, 'NaN'],
  [true, 'true'],
  [null, 'null'],
  [undefined, 'undefined'],
  [Symbol('mark'), 'Symbol(mark)'],
  [() => 'secret', 'a function'],
  [['secret'], 'an array'],
  [{ password: 'secret' }, 'an object'],
])('shows %o as %s: short, and never the contents of an object', (value, shown) => {
  expect(show(value)).toBe(shown)
})
