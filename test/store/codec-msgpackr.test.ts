import { inspect } from 'node:util'
import fc from 'fast-check'
import { Packr, pack } from 'msgpackr'
import { describe, expect, test } from 'vitest'
import { msgpackrCodec } from '../../src/store/codec-msgpackr.ts'

function roundTrip(value: unknown): unknown {
  return msgpackrCodec.decode(Buffer.from(msgpackrCodec.encode(value)))
}

function nested(depth: number): unknown {
  let value: unknown = 1
  for (let i = 0; i < depth; i += 1) value = i % 2 === 0 ? [value] : { a: value }
  return value
}

const exact: unknown[] = [
  [undefined, null, true, false, '', 0, -0, NaN, Infinity, -Infinity],
  [127, 128, 255, 256, 65_535, 65_536, 2 ** 31, 2 ** 32, 2 ** 53, 2 ** 60],
  [-1, -32, -33, -128, -129, -32_768, -32_769, -(2 ** 31), -(2 ** 31) - 1, -(2 ** 53)],
  [0.1, -1.5, 5e-324, Number.MAX_VALUE, Number.EPSILON],
  [0n, -1n, 2n ** 63n, -(2n ** 63n), 2n ** 64n - 1n, 2n ** 64n, -(2n ** 64n) - 1n],
  [2n ** 200n, -(2n ** 200n), 2n ** 70_000n, -(2n ** 70_000n)],
  ['ü', '日本', '👩‍👩‍👧', '\0', 'x'.repeat(70_000), 'ü'.repeat(40), 'ö'.repeat(40_000)],
  ['\ufeff', `\ufeff${'x'.repeat(100)}`, '\ud800', `${'x'.repeat(100)}\udfff`, '\uffff\ufffd'],
  [
    new Date(0),
    new Date(1),
    new Date(-1),
    new Date(1_763_700_000_123),
    new Date(-62_198_755_200_000),
  ],
  [new Date(8.64e15), new Date(-8.64e15), new Date(2 ** 32 * 1000 + 7), new Date(500)],
  [
    new Map(),
    new Map<unknown, unknown>([
      [1, 'a'],
      ['1', new Map([[{ b: 1 }, []]])],
      [-0, -0],
    ]),
  ],
  [new Set(), new Set<unknown>([1, '1', new Set([new Map()]), -0])],
  [Buffer.from('abc'), Buffer.alloc(0), Buffer.alloc(70_000, 7), new Uint8Array([1, 2, 255])],
  [new Int8Array([-1]), new Uint8ClampedArray([255]), new Int16Array([-2]), new Uint16Array([9])],
  [new Int32Array([-3]), new Uint32Array([2 ** 32 - 1]), new Float32Array([1.5, -0, NaN])],
  [new Float64Array([Math.PI]), new BigInt64Array([-1n]), new BigUint64Array([2n ** 64n - 1n])],
  [new ArrayBuffer(3), new DataView(new ArrayBuffer(16), 4, 5), new Uint8Array(8).subarray(3, 5)],
  { undefined, null: null, nested: [undefined, { undefined }] },
  { '~': 1 },
  { '~': ['map', 1, 2], inner: { '~': { '~': -0 } } },
  { '\ud800': 1, '\udfff': 2, plain: 3, '~': 4 },
  { constructor: 1, prototype: 2, hasOwnProperty: 3, toString: 4, toJSON: 'text', length: 5 },
  { 10: 'a', 9: 'b', '': 'c', 'a b': 'd' },
  Object.fromEntries(Array.from({ length: 70_000 }, (_, i) => [`key-${i}`, i])),
  Array.from({ length: 70_000 }, (_, i) => i),
  nested(500),
]

describe('the msgpackr codec keeps', () => {
  test.each(exact.map((value) => [inspect(value, { depth: 1 }).slice(0, 60), value]))(
    '%s',
    (_, value) => {
      expect(roundTrip(value)).toStrictEqual(value)
    },
  )

  test('whatever values of its types fast-check makes up', () => {
    const anything = fc.anything({
      key: fc.string({ unit: 'binary' }).filter((key) => !/^__proto__?$/.test(key)),
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
      withUnicodeString: true,
      withNullPrototype: false,
      withSparseArray: false,
      withBoxedValues: false,
    })

    fc.assert(
      fc.property(anything, (value) => {
        expect(roundTrip(value)).toStrictEqual(value)
      }),
      { numRuns: 1_000 },
    )
  })

  test('texts with lone surrogates and marks, in every place', () => {
    const text = fc
      .array(fc.constantFrom('a', 'ü', '\ud800', '\udfff', '\ufeff', '😀'), { maxLength: 80 })
      .map((parts) => parts.join(''))
    const value = fc.oneof(
      text,
      fc.dictionary(text, text, { noNullPrototype: true }),
      fc.array(fc.tuple(text, fc.double())),
    )

    fc.assert(
      fc.property(value, (input) => {
        expect(roundTrip(input)).toStrictEqual(input)
      }),
      { numRuns: 1_000 },
    )
  })

  test('an invalid date', () => {
    expect((roundTrip(new Date(NaN)) as Date).getTime()).toBeNaN()
  })

  test('errors, with name, message, cause and own properties, but no stack of another process', () => {
    const cause = new RangeError('inner')
    const error = Object.assign(new TypeError('outer', { cause }), {
      code: 'E_TEST',
      at: new Date(5),
    })

    const { error: found } = roundTrip({ error }) as {
      error: TypeError & { code: string; at: Date }
    }

    expect(found).toBeInstanceOf(TypeError)
    expect(found).toMatchObject({ name: 'TypeError', message: 'outer', code: 'E_TEST' })
    expect(found.cause).toBeInstanceOf(RangeError)
    expect(found.at).toEqual(new Date(5))
    expect(found.stack).toBe('TypeError: outer')
  })

  test('errors of classes that it does not know as errors of their name', () => {
    class QueryError extends Error {
      override readonly name = 'QueryError'
    }

    const found = roundTrip([new QueryError('x'), new AggregateError([new Error('y')], 'z')])

    expect(found).toMatchObject([{ name: 'QueryError' }, { name: 'AggregateError', message: 'z' }])
    expect((found as AggregateError[])[1]?.errors).toMatchObject([{ message: 'y' }])
  })
})

describe('the msgpackr codec changes, as documented,', () => {
  class Price {
    readonly #currency = 'EUR'
    readonly cents = 5

    toJSON(): unknown {
      return `${this.cents} ${this.#currency}`
    }
  }
  class Point {
    readonly x = 1
    readonly y = -0
  }

  test.each([
    ['holes in arrays into undefined', new Array(2), [undefined, undefined]],
    ['instances with toJSON into what that returns', { price: new Price() }, { price: '5 EUR' }],
    ['other instances into their own properties', new Point(), { x: 1, y: -0 }],
    [
      'objects without a prototype into plain ones',
      Object.assign(Object.create(null), { a: 1 }),
      { a: 1 },
    ],
    ['addresses into their text', [new URL('https://example.com/a')], ['https://example.com/a']],
  ])('%s', (_, value, expected) => {
    expect(roundTrip(value)).toStrictEqual(expected)
  })

  test('shared references into copies', () => {
    const shared = { a: 1 }

    const [first, second] = roundTrip([shared, shared]) as [object, object]

    expect(first).toEqual(shared)
    expect(first).not.toBe(second)
  })
})

const cyclic: Record<string, unknown> = { name: 'x' }
cyclic.self = { cyclic }
const wide: unknown[] = []
wide.push(wide, wide, wide)
const huge: unknown[] = []
huge[2 ** 31] = 1

describe('the msgpackr codec refuses, naming where,', () => {
  test.each([
    ['a function', () => 1, /^The value cannot be stored: it is a function/],
    ['a function within', { a: [{ b: () => 1 }] }, /`a\.0\.b`/],
    ['a symbol', { a: Symbol('s') }, /`a`.*symbol/],
    ['a promise that was not awaited', { a: Promise.resolve(1) }, /`a`.*Promise/],
    ['a weak map', new WeakMap(), /WeakMap/],
    ['a regular expression', [/a/], /RegExp/],
    ['a boxed value', Object('a'), /String/],
    ['a key __proto__', JSON.parse('{"a":{"__proto__":{"b":1}}}'), /`a`.*__proto__/],
    ['a key __proto__ under a map', new Map([[1, JSON.parse('{"__proto__":1}')]]), /__proto__/],
    ['a cycle', cyclic, /cycle/],
    ['a cycle that branches', wide, /cycle/],
    ['513 levels', nested(513), /deep/],
    ['100 000 levels', nested(100_000), /deep/],
    ['an array of 2^31', huge, /large/],
  ])('%s', (_, value, message) => {
    expect(() => msgpackrCodec.encode(value)).toThrow(
      expect.objectContaining({ code: 'ERR_VALUE', message: expect.stringMatching(message) }),
    )
  })
})

describe('the msgpackr codec, given bytes that it never writes, throws for', () => {
  const records = new Packr({ useRecords: true, moreTypes: true, structuredClone: true })
  const own = new Packr({ useRecords: false, moreTypes: true, variableMapSize: true })
  const wrapped = (content: unknown): Buffer => Buffer.concat([Buffer.of(0xc1), own.pack(content)])

  test.each([
    ['nothing', Buffer.alloc(0)],
    ['bytes left over', Buffer.concat([pack({ a: 1 }), Buffer.of(1)])],
    ['a value cut short', pack('x'.repeat(50)).subarray(0, 30)],
    ['the byte without a meaning', Buffer.of(0x91, 0xc1)],
    ['a key __proto__', Buffer.concat([Buffer.of(0x81), pack('__proto__'), pack({ a: 1 })])],
    ['a key __proto__ within', Buffer.concat([Buffer.of(0x91, 0x81), pack('__proto__'), pack(1)])],
    ['an unknown extension', Buffer.of(0xc7, 1, 0x33, 0)],
    ['an error of msgpackr', Buffer.from(records.pack([new Error('x')]))],
    [
      'an error named like a method',
      Buffer.concat([Buffer.of(0xd4, 0x65, 0), pack(['valueOf', 'x'])]),
    ],
    ['a regular expression', Buffer.from(records.pack(/(a+)+$/))],
    ['600 levels', Buffer.concat([Buffer.alloc(600, 0x91), Buffer.of(1)])],
    ['10^6 levels', Buffer.alloc(1_000_000, 0x91)],
    ['an array said to be of 2^32', Buffer.of(0xdd, 0xff, 0xff, 0xff, 0xff)],
    ['an object said to be of 2^32', Buffer.of(0xdf, 0xff, 0xff, 0xff, 0xff)],
    ['a text said to be of 2^32', Buffer.of(0xdb, 0xff, 0xff, 0xff, 0xff)],
    ['a wrapped value of unknown kind', wrapped({ '~': ['constructor'] })],
    ['a wrapped value without a kind', wrapped({ '~': 1 })],
    ['a wrapped value of nothing', Buffer.of(0xc1)],
    ['a wrapped text of no bytes', wrapped({ '~': ['text', 'x'] })],
    ['a wrapped map of three parts', wrapped({ '~': ['map', 1, 2, 3] })],
    ['a wrapped object with a key __proto__', wrapped({ '~': ['object', {}, '__proto__', 1] })],
    ['a wrapped object with a key 1', wrapped({ '~': ['object', {}, 1, 1] })],
    ['a wrapped object of none', wrapped({ '~': ['object'] })],
    ['a wrapped error of none', wrapped({ '~': ['error', 'Error', 1, {}] })],
    ['a wrapped error with __proto__', wrapped({ '~': ['error', 'Error', 'x', new Set([1])] })],
    ['a wrapped foreign class', Buffer.concat([Buffer.of(0xc1), records.pack([/a/])])],
    ['10^6 wrapped levels', Buffer.concat([Buffer.of(0xc1), Buffer.alloc(1_000_000, 0x91)])],
  ])('%s', (_, bytes) => {
    expect(() => msgpackrCodec.decode(bytes)).toThrow()
  })

  test('and works on after each', () => {
    expect(() => msgpackrCodec.decode(Buffer.alloc(100_000, 0x91))).toThrow()
    expect(() => msgpackrCodec.encode({ a: Symbol('x') })).toThrow()

    expect(roundTrip({ a: [1, new Map()] })).toStrictEqual({ a: [1, new Map()] })
  })
})

test('a decoded buffer shares no memory with what it was decoded from', () => {
  const bytes = Buffer.from(msgpackrCodec.encode([Buffer.from('abc'), new Uint8Array([1])]))

  const [buffer, array] = msgpackrCodec.decode(bytes) as [Buffer, Uint8Array]
  bytes.fill(0)

  expect(buffer.toString()).toBe('abc')
  expect(array[0]).toBe(1)
})

test('keys that name parts of every object are only keys', () => {
  const decoded = roundTrip({ constructor: { prototype: { polluted: 1 } } })

  expect(decoded).toEqual({ constructor: { prototype: { polluted: 1 } } })
  expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  expect(Object.getPrototypeOf(decoded)).toBe(Object.prototype)
})

test('a large value does not keep its buffer for ever', () => {
  msgpackrCodec.encode('x'.repeat(5_000_000))

  expect(msgpackrCodec.encode(1).buffer.byteLength).toBeLessThan(100_000)
})
