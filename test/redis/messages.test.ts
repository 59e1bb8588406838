import { expect, test } from 'vitest'
import { isCacheError } from '../../src/base/errors.ts'
import { changeArguments, parseChangeMessage } from '../../src/redis/change-message.ts'
import { decodeSharedError, encodeSharedError } from '../../src/redis/shared-error.ts'
import type { Change } from '../../src/store/invalidation-log.ts'

const HEAD = '12|Ab3-_x9Q|me|'

const GOOD: readonly (readonly [string, Change | undefined])[] = [
  ['tags["a","b|c["]', { kind: 'tags', tags: ['a', 'b|c['] }],
  ['pattern["a*"]', { kind: 'pattern', pattern: 'a*' }],
  ['swept["a*","7"]', { kind: 'swept', pattern: 'a*', upTo: 7 }],
  ['clear', { kind: 'clear' }],
  ['none', { kind: 'none' }],
  ['', undefined],
]

test.each(GOOD)('reads the change %s', (body, change) => {
  expect(parseChangeMessage(HEAD + body)).toEqual({
    number: 12,
    epoch: 'Ab3-_x9Q',
    sender: 'me',
    change,
  })
})

const BAD = [
  '',
  'x',
  '1|e',
  'x|e|s|clear',
  '99999999999999999|e|s|clear',
  `${HEAD}nonsense`,
  `${HEAD}tags[`,
  `${HEAD}tags{"a":1}`,
  `${HEAD}pattern[]`,
]

test.each(BAD)('takes %j for no message', (text) => {
  expect(parseChangeMessage(text)).toBeUndefined()
})

test('tells the script what it needs of each change', () => {
  expect(changeArguments({ kind: 'tags', tags: ['a'] }).list).toEqual(['a'])
  expect(changeArguments({ kind: 'swept', pattern: 'a', upTo: 3 })).toEqual({
    kind: 'swept',
    upTo: 3,
    list: ['a'],
  })
  expect(changeArguments({ kind: 'clear' })).toEqual({ kind: 'clear', upTo: 0, list: [] })
})

test('carries the error of a load to other processes', () => {
  const error = Object.assign(new TypeError('no such row'), { code: 'P2025' })

  const shared = decodeSharedError(encodeSharedError(error, false))

  expect(isCacheError(shared, 'ERR_LOAD')).toBe(true)
  expect(shared.message).toContain('no such row')
  expect(shared.cause).toMatchObject({ name: 'TypeError', message: 'no such row', code: 'P2025' })
})

test('keeps long errors short, and makes an error of nonsense', () => {
  const long = encodeSharedError(new Error('x'.repeat(100_000)), false)
  expect(long.length).toBeLessThan(2_000)

  for (const text of ['', 'null', '[]', '{', '"str"', '{"name":1}']) {
    expect(decodeSharedError(text)).toMatchObject({ code: 'ERR_LOAD' })
  }
})
