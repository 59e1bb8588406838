import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compilePattern, escapeGlob, patternPrefix } from '../../src/store/pattern.ts'

describe('a pattern', () => {
  test.each([
    ['product-search:*', 'product-search:berlin', true],
    ['product-search:*', 'product-search:', true],
    ['product-search:*', 'product-details:1', false],
    ['product-search:*', 'xproduct-search:', false],
    ['*', '', true],
    ['*', 'anything', true],
    ['**', 'anything', true],
    ['', '', true],
    ['', 'a', false],
    ['a', 'a', true],
    ['a', 'ab', false],
    ['?', 'a', true],
    ['?', '', false],
    ['?', 'ab', false],
    ['a?c', 'abc', true],
    ['*a', 'aab', false],
    ['*ab', 'aab', true],
    ['ab*ba', 'aba', false],
    ['ab*ba', 'abba', true],
    ['*b*d*', 'abcde', true],
    ['*d*b*', 'abcde', false],
    ['*?b*', 'bb', true],
    ['*?b*', 'ba', false],
    ['a*?', 'a', false],
    ['a*?', 'ab', true],
    ['\\*', '*', true],
    ['\\*', 'a', false],
    ['a\\?b', 'a?b', true],
    ['a\\\\b', 'a\\b', true],
    ['\\a', 'a', true],
    ['a\\', 'a\\', true],
    ['[ab]', '[ab]', true],
    ['[ab]', 'a', false],
    ['search:~["de",*', 'search:~["de",1]', true],
    ['*{"city":"Berlin"*', 'search:~{"city":"Berlin","page":2}', true],
    ['ü*', 'über', true],
    ['*\n*', 'a\nb', true],
  ])('%s, asked about %s, says %s', (pattern, text, expected) => {
    expect(compilePattern(pattern)(text)).toBe(expected)
  })

  test('says what the definition of globs says', () => {
    const piece = fc.constantFrom('a', 'b', '*', '?', '\\*', '\\a', '\\\\', '[')
    const patterns = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''))
    const texts = fc
      .array(fc.constantFrom('a', 'b', '*', '\\', '['), { maxLength: 8 })
      .map((chars) => chars.join(''))

    fc.assert(
      fc.property(patterns, texts, (pattern, text) => {
        expect(compilePattern(pattern)(text)).toBe(matchesByDefinition(pattern, text))
      }),
      { numRuns: 20_000 },
    )
  })

  test('made of an escaped text matches that text and no other', () => {
    const text = fc
      .array(fc.constantFrom('a', '*', '?', '\\', '[', ']', '^', '-', 'ü'), { maxLength: 8 })
      .map((chars) => chars.join(''))

    fc.assert(
      fc.property(text, text, (first, second) => {
        const matches = compilePattern(escapeGlob(first))
        expect(matches(first)).toBe(true)
        expect(matches(second)).toBe(first === second)
        expect(compilePattern(`${escapeGlob(first)}:*`)(`${second}:x`)).toBe(first === second)
        expect(patternPrefix(escapeGlob(first))).toBe(first)
      }),
      { numRuns: 10_000 },
    )
  })

  test.each([
    ['product-search:*', 'product-search:'],
    ['a\\*b*', 'a*b'],
    ['a?b', 'a'],
    ['*', ''],
    ['', ''],
    ['abc', 'abc'],
    ['a[b]*', 'a[b]'],
  ])('%s begins with %s', (pattern, prefix) => {
    expect(patternPrefix(pattern)).toBe(prefix)
  })

  test('of 1 025 characters is refused', () => {
    expect(() => compilePattern('a'.repeat(1_025))).toThrow(
      expect.objectContaining({ code: 'ERR_KEY', message: expect.stringMatching(/1025/) }),
    )
    expect(compilePattern('a'.repeat(1_024))('a'.repeat(1_024))).toBe(true)
  })

  // With backtracking each of these would not end within the age of the universe.
  test.each([
    ['*a'.repeat(500), `${'a'.repeat(65_535)}b`],
    [`${'a*'.repeat(500)}b`, 'a'.repeat(65_536)],
    [`*${'?*'.repeat(500)}b`, 'a'.repeat(65_536)],
    [`${'*a?'.repeat(340)}b`, 'a'.repeat(65_536)],
    [`*${'?'.repeat(500)}b*`, 'a'.repeat(65_536)],
    [`*${'a'.repeat(500)}b*`, 'a'.repeat(65_536)],
  ])('made to take for ever ends: %#', (pattern, text) => {
    expect(compilePattern(pattern)(text)).toBe(false)
  })
})

/** Slow and plain: tries everything. */
function matchesByDefinition(pattern: string, text: string): boolean {
  if (pattern === '') return text === ''
  const [first, second] = [pattern[0], pattern[1]]
  if (first === '*') {
    const rest = pattern.slice(1)
    return Array.from({ length: text.length + 1 }, (_, i) => text.slice(i)).some((tail) =>
      matchesByDefinition(rest, tail),
    )
  }
  if (text === '') return false
  if (first === '?') return matchesByDefinition(pattern.slice(1), text.slice(1))
  const isEscape = first === '\\' && second !== undefined
  const literal = isEscape ? second : first
  return literal === text[0] && matchesByDefinition(pattern.slice(isEscape ? 2 : 1), text.slice(1))
}
