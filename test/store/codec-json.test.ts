import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { jsonCodec } from '../../src/store/codec-json.ts'

function roundTrip(value: unknown): unknown {
  return jsonCodec.decode(jsonCodec.encode(value))
}

describe('the JSON codec', () => {
  test('keeps what JSON keeps', () => {
    const plain = fc.jsonValue({ noUnicodeString: false }).filter((value) => {
      return !JSON.stringify(value).includes('__proto_')
    })

    fc.assert(
      fc.property(plain, (value) => {
        expect(roundTrip(value)).toStrictEqual(JSON.parse(JSON.stringify(value)))
      }),
      { numRuns: 500 },
    )
  })

  test('keeps undefined itself, and leaves out properties that are undefined', () => {
    expect(roundTrip(undefined)).toBeUndefined()
    expect(roundTrip({ a: undefined, b: 1 })).toStrictEqual({ b: 1 })
  })

  test('writes -0 as 0, as JSON does', () => {
    expect(roundTrip([-0, 1])).toStrictEqual([0, 1])
  })

  test('writes dates as their text, as JSON does', () => {
    expect(roundTrip({ at: new Date(0) })).toEqual({ at: '1970-01-01T00:00:00.000Z' })
  })

  test('writes JSON that other programs read', () => {
    expect(Buffer.from(jsonCodec.encode({ a: ['ü', 1] })).toString()).toBe('{"a":["ü",1]}')
  })

  test.each([
    ['a Map', { a: new Map([[1, 2]]) }],
    ['a Set', [new Set()]],
    ['binary data', { a: new Uint8Array(1) }],
    ['NaN', [NaN]],
    ['undefined in an array', [undefined]],
    ['a function', { a: () => 1 }],
    ['an error', new Error('x')],
    ['a key __proto__', JSON.parse('{"__proto__":1}')],
  ])('refuses %s, which would be lost without a trace', (_, value) => {
    expect(() => jsonCodec.encode(value)).toThrow(expect.objectContaining({ code: 'ERR_VALUE' }))
  })

  test.each([
    ['a big integer', 1n],
    ['300 000 levels', JSON.parse('['.repeat(300_000) + ']'.repeat(300_000))],
  ])('throws for %s', (_, value) => {
    expect(() => jsonCodec.encode(value)).toThrow()
  })

  test.each([
    '{"__proto__":{"polluted":1}}',
    '[{"a":{"__proto__":null}}]',
    '{"\\u005f_proto__":1}',
    '{"__\\u0070roto__":1}',
    '{"a":1}x',
    '{"a":',
    'NaN',
  ])('does not read %s', (text) => {
    expect(() => jsonCodec.decode(Buffer.from(text))).toThrow()
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })

  test('reads texts that only speak of such keys', () => {
    const value = { text: 'a "__proto__" key', path: '\\u005f', key: { x__proto__: 1 } }

    expect(roundTrip(value)).toEqual(value)
  })
})
