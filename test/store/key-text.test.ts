import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { entryKey, parseEntryKey } from '../../src/store/key.ts'
import { keyText, MAX_KEY_TEXT_BYTES } from '../../src/store/key-text.ts'
import { MANY_RUNS } from './support.ts'

describe('the text of a key', () => {
  test.each([
    ['42', '42'],
    ['user:1', 'user:1'],
    ['Zürich', 'Zürich'],
    ['日本', '日本'],
    ['a}b{c', 'a}b{c'],
    ['{a}', '{a}'],
    ['', '~s'],
    ['~', '~s~'],
    ['~42', '~s~42'],
    ['}', '~s}'],
    ['}:l', '~s}:l'],
    [42, '~42'],
    [-1.5, '~-1.5'],
    [1e21, '~1e+21'],
    [-0, '~0'],
    [NaN, '~NaN'],
    [-Infinity, '~-Infinity'],
    [12n, '~12n'],
    [true, '~true'],
    [null, '~null'],
    [undefined, '~undefined'],
    [['de', 1], '~["de",1]'],
    [[], '~[]'],
    [{ guests: 2, city: 'Kiel' }, '~{"city":"Kiel","guests":2}'],
    [{ a: { c: [undefined], b: null } }, '~{"a":{"b":null,"c":[undefined]}}'],
    [new Date(0), '~Date(1970-01-01T00:00:00.000Z)'],
    [new Date(NaN), '~Date(NaN)'],
    [
      new Map([
        ['b', 2],
        ['a', 1],
      ]),
      '~Map("a"=>1,"b"=>2)',
    ],
    [new Set([2, 1]), '~Set(1,2)'],
    [new Uint8Array([1, 2]), '~Uint8Array(AQI)'],
    [new Float64Array([0]), '~Float64Array(AAAAAAAAAAA)'],
    [new ArrayBuffer(1), '~ArrayBuffer(AA)'],
    [new URL('https://example.com/a'), '~JSON("https://example.com/a")'],
    [{ '"': '"' }, '~{"\\"":"\\""}'],
  ])('of %o is %s', (params, text) => {
    expect(keyText(params)).toBe(text)
  })

  test.each([
    ['properties in another order', { a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 }],
    ['properties that are undefined', { a: 1, b: undefined }, { a: 1 }],
    [
      'maps in another order',
      new Map([
        [1, 2],
        [3, 4],
      ]),
      new Map([
        [3, 4],
        [1, 2],
      ]),
    ],
    ['sets in another order', new Set(['a', 'b']), new Set(['b', 'a'])],
    ['objects without a prototype', Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
    ['the two zeros', [0], [-0]],
    ['holes and undefined', new Array(1), [undefined]],
    ['a Buffer and its bytes', Buffer.from('a'), new Uint8Array([97])],
  ])('is the same for %s', (_, first, second) => {
    expect(keyText(first)).toBe(keyText(second))
  })

  test('is a hash once it is longer than 200 bytes', () => {
    const longest = 'a'.repeat(MAX_KEY_TEXT_BYTES)
    const texts = [
      `${longest}a`,
      `${longest}b`,
      'ü'.repeat(101),
      [longest],
      `~s${longest}`,
      '}'.repeat(199),
    ].map(keyText)

    expect(keyText(longest)).toBe(longest)
    expect(keyText('ü'.repeat(100))).toBe('ü'.repeat(100))
    expect(texts.every((text) => /^~h[\w-]{43}$/.test(text))).toBe(true)
    expect(new Set(texts).size).toBe(texts.length)
    expect(keyText(keyText(`${longest}a`))).not.toBe(keyText(`${longest}a`))
  })

  test('of random texts is another one for each, and is read back from the name in Redis', () => {
    const char = fc.oneof(
      fc.constantFrom('~', '}', '{', ':', 'l', 's', 'h', '*', '\\', '"', '\0', 'ü', 'u\u0308'),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
      fc.nat(0xffff).map((unit) => String.fromCharCode(unit)),
    )
    const texts = fc.array(char, { maxLength: 12 }).map((chars) => chars.join(''))
    const distinct = new Set(fc.sample(texts, { numRuns: MANY_RUNS, seed: 42 }))

    const names = new Set<string>()
    let accepted = 0
    for (const text of distinct) {
      if (!(text as unknown as { isWellFormed(): boolean }).isWellFormed()) {
        expect(() => keyText(text)).toThrow(/lone surrogate/)
        continue
      }
      const encoded = keyText(text)
      const name = entryKey('ns', 'def', encoded)
      const received = Buffer.from(name).toString()
      if (parseEntryKey(received, 'ns')?.keyText !== encoded) expect.unreachable(text)
      names.add(received)
      accepted += 1
    }

    expect(names.size).toBe(accepted)
    expect(accepted).toBeGreaterThan(distinct.size / 4)
  }, 120_000)

  test('of random params is the same only where they mean the same', () => {
    const seen = new Map<string, unknown>()

    for (const params of fc.sample(lookalikes, { numRuns: MANY_RUNS, seed: 7 })) {
      const text = keyText(params)
      const normal = normalised(params)
      if (!seen.has(text)) seen.set(text, normal)
      else if (!isDeepStrictEqual(seen.get(text), normal)) expect.unreachable(text)
    }

    expect(seen.size).toBeGreaterThan(1_000)
  }, 120_000)

  test('of params that mean the same is the same', () => {
    fc.assert(
      fc.property(fc.tuple(lookalikes, lookalikes), ([first, second]) => {
        const areEqual = isDeepStrictEqual(normalised(first), normalised(second))
        expect(keyText(first) === keyText(second)).toBe(areEqual)
      }),
      { numRuns: 5_000 },
    )
  })
})

/** Values made of few parts that look alike, so that collisions would be met. */
const lookalikes: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  leaf: fc.constantFrom<unknown>(
    ...[1, '1', 1n, '1n', true, 'true', null, 'null', undefined, 'undefined', NaN, 'NaN', 0, -0],
    ...['', '~', '~1', '}', '"', '"1"', '[1]', '{}', 'a"=>1', ',', '1,1', '\\', '\\"', 'Set(1)'],
    ...[new Date(1), new Date(1).toISOString(), 'Date(1)', Buffer.of(1), 'AQ', new Int8Array([1])],
    new Uint16Array([1]),
  ),
  part: fc.oneof({ maxDepth: 3 }, tie('leaf'), tie('array'), tie('object'), tie('map'), tie('set')),
  array: fc.array(tie('part'), { maxLength: 3 }),
  object: fc.dictionary(fc.constantFrom('', 'a', 'b', '"', 'a":1,"b'), tie('part'), { maxKeys: 3 }),
  map: fc
    .array(fc.tuple(tie('leaf'), tie('part')), { maxLength: 2 })
    .map((pairs) => new Map(pairs)),
  set: fc.array(tie('leaf'), { maxLength: 3 }).map((members) => new Set(members)),
})).part

/** The params without what is documented not to matter. */
function normalised(value: unknown): unknown {
  if (Object.is(value, -0)) return 0
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  if (ArrayBuffer.isView(value)) return Buffer.isBuffer(value) ? new Uint8Array(value) : value
  if (Array.isArray(value)) return value.map(normalised)
  if (value instanceof Set) return new Set([...value].map(normalised))
  if (value instanceof Map)
    return new Map([...value].map(([k, v]) => [normalised(k), normalised(v)]))
  const known = Object.entries(value).filter(([, part]) => part !== undefined)
  return Object.fromEntries(known.map(([key, part]) => [key, normalised(part)]))
}

const cyclic: Record<string, unknown> = {}
cyclic.a = { b: cyclic }
const wide: unknown[] = []
wide.push(wide, wide)
class Opaque {
  readonly id = 1
}

describe('a key is refused, naming where,', () => {
  test.each([
    ['with a lone surrogate', 'a\ud800', /A key is text with a lone surrogate/],
    ['with a lone surrogate within', { a: ['\udfff'] }, /`a\.0`.*lone surrogate/],
    ['with a lone surrogate as a property', { '\ud800': 1 }, /lone surrogate/],
    ['that is a function', () => 1, /A key is a function/],
    ['with a symbol', [Symbol('a')], /`0`.*symbol/],
    ['with an instance of an unknown class', { user: new Opaque() }, /`user`.*instance of Opaque/],
    ['with an error', [new Error('x')], /instance of Error/],
    ['with a promise', { a: Promise.resolve() }, /instance of Promise/],
    ['with a cycle', cyclic, /`a\.b\.a\.b`.*cycle/],
    ['with a cycle that branches', wide, /cycle/],
    ['with 100 001 parts', new Array(100_001).fill(1), /large/],
    [
      'that cannot be read',
      {
        toJSON: () => {
          throw new Error('broken')
        },
      },
      /cannot be read/,
    ],
  ])('%s', (_, params, message) => {
    expect(() => keyText(params)).toThrow(
      expect.objectContaining({ code: 'ERR_KEY', message: expect.stringMatching(message) }),
    )
  })

  test('without showing what else it holds', () => {
    expect(() => keyText({ password: 'hunter2', token: Symbol('t') })).not.toThrow(/hunter2/)
  })
})
