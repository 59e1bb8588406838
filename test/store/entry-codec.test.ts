import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Decoded, EntryCodec } from '../../src/store/entry-codec.ts'
import { isRejection } from '../../src/store/rejection.ts'
import { poisons } from './poison.ts'
import { codecWith, EPOCH, entryOf, flipped, KEY, MARKS, noise, SECRET } from './support.ts'

const encryption = { current: 1, keys: { 1: SECRET } }

describe('an entry', () => {
  test('comes back as it went, in every combination of options', async () => {
    const value = {
      id: 1,
      at: new Date(5),
      text: 'a house at the lake. '.repeat(20),
      tags: new Map([[1, -0]]),
    }
    for (const compression of [
      false,
      { threshold: 0 },
      { threshold: 0, method: 'brotli' },
    ] as const) {
      for (const ring of [undefined, encryption]) {
        const codec = codecWith({ compression, encryption: ring })

        const { value: found, header } = (await codec.decode(
          KEY,
          await codec.encode(KEY, entryOf(value), MARKS),
        )) as Decoded

        const { value: _, ...fields } = entryOf(value)
        expect(found).toStrictEqual(value)
        expect(header).toMatchObject({ ...fields, epoch: EPOCH, schema: 7, expired: false })
      }
    }
  })

  test('is handled at once while it is small, by a promise when it is large', async () => {
    for (const ring of [undefined, encryption]) {
      const codec = codecWith({ encryption: ring })
      const small = codec.encode(KEY, entryOf('x'.repeat(5_000)), MARKS)
      const large = codec.encode(KEY, entryOf('x'.repeat(500_000)), MARKS)

      expect(small).toBeInstanceOf(Buffer)
      expect(codec.decode(KEY, small as Buffer)).toMatchObject({ value: 'x'.repeat(5_000) })
      expect(large).toBeInstanceOf(Promise)
      expect((await large).length).toBeLessThan(5_000)
      expect(codec.decode(KEY, await large)).toBeInstanceOf(Promise)
      expect(await codec.decode(KEY, await large)).toMatchObject({ value: 'x'.repeat(500_000) })
    }
  })

  test('of a large value is right though others are encoded meanwhile', async () => {
    const codec = codecWith()
    const values = Array.from({ length: 5 }, (_, i) => String(i).repeat(200_000))

    const stored = await Promise.all(
      values.map((value) => codec.encode(KEY, entryOf(value), MARKS)),
    )
    const found = await Promise.all(stored.map((bytes) => codec.decode(KEY, bytes)))

    expect(found.map((decoded) => (decoded as Decoded).value)).toEqual(values)
  })

  test('can be judged without its body', () => {
    const codec = codecWith()
    const bytes = codec.encode(KEY, entryOf({ a: 1 }), MARKS) as Buffer

    const header = codec.readHeader(bytes)

    expect(header).toMatchObject({ stamp: 812, tags: ['product:42', 'host:ü'], epoch: EPOCH })
    if (!isRejection(header)) {
      expect(codec.decodeBody(KEY, bytes, header)).toMatchObject({ value: { a: 1 } })
    }
  })

  test('leaves the bytes it is read from as they were', () => {
    const bytes = codecWith().encode(KEY, entryOf(Buffer.from('abc')), MARKS) as Buffer
    const before = Buffer.from(bytes)

    const { value } = codecWith().decode(KEY, bytes) as Decoded
    ;(value as Buffer).fill(0)

    expect(bytes.equals(before)).toBe(true)
  })
})

describe('a value', () => {
  test('larger than allowed is refused, and one of exactly that size is not', async () => {
    const codec = codecWith({ codec: 'msgpackr', maxValueBytes: 1_000, compression: false })
    const fitting = 'x'.repeat(997)

    const bytes = codec.encode(KEY, entryOf(fitting), MARKS) as Buffer
    expect(codec.decode(KEY, bytes)).toMatchObject({ value: fitting })
    expect(() => codec.encode(KEY, entryOf(`${fitting}x`), MARKS)).toThrow(
      expect.objectContaining({
        code: 'ERR_VALUE',
        message: 'The value has 1001 bytes encoded, more than `maxValueBytes` (1000).',
      }),
    )
  })

  test('larger than allowed here, but not where it was written, is a miss', async () => {
    const [small, large] = [
      codecWith({ maxValueBytes: '1kb' }),
      codecWith({ maxValueBytes: '8mb' }),
    ]
    const values = ['x'.repeat(2_000), 'x'.repeat(100_000), noise(3_000)]

    for (const value of values) {
      expect(await small.decode(KEY, await large.encode(KEY, entryOf(value), MARKS))).toBe(
        'too-large',
      )
    }
  })

  test('that its codec cannot encode is refused with the cause', () => {
    const codec = codecWith({ codec: 'json' })

    expect(() => codec.encode(KEY, entryOf(1n), MARKS)).toThrow(
      expect.objectContaining({ code: 'ERR_VALUE', cause: expect.any(TypeError) }),
    )
  })

  test('that throws while it is read is refused with the cause', () => {
    const value = {
      get broken(): never {
        throw new Error('broken getter')
      },
    }

    expect(() => codecWith().encode(KEY, entryOf(value), MARKS)).toThrow(
      expect.objectContaining({ code: 'ERR_VALUE', cause: expect.any(Error) }),
    )
  })
})

describe('what is no entry', () => {
  test('is known in more than 200 forms', () => {
    expect(poisons.length).toBeGreaterThan(200)
  })

  test.each(poisons)('%s is a miss, with and without encryption', async (_, bytes) => {
    expect(await codecWith().decode(KEY, bytes)).toSatisfy(isRejection)
    expect(await codecWith({ encryption }).decode(KEY, bytes)).toSatisfy(isRejection)
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })

  test('is a miss for random bodies under a proper checksum', async () => {
    const codec = codecWith()
    const bytes = codec.encode(
      KEY,
      entryOf({ a: [1, 'x', new Date(5)], b: { c: null } }),
      MARKS,
    ) as Buffer
    const change = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), {
      minLength: 1,
      maxLength: 4,
    })

    await fc.assert(
      fc.asyncProperty(change, async (changes) => {
        const copy = Buffer.from(bytes)
        for (const [at, byte] of changes) copy[at] = byte
        const found = await codec.decode(KEY, copy)
        if (!isRejection(found)) expect(found.header.expired || copy.equals(bytes)).toBe(true)
      }),
      { numRuns: 5_000 },
    )
  })

  test('newer than this version is told apart, so that it is not overwritten', () => {
    const bytes = codecWith().encode(KEY, entryOf(1), MARKS) as Buffer

    expect(codecWith().decode(KEY, flipped(bytes, 2, 1 ^ 3))).toBe('newer-version')
  })
})

test('a size that is none is refused', () => {
  expect(() => new EntryCodec({ namespace: 'a', maxValueBytes: '1 mb' as '1mb' })).toThrow(
    /Expected `maxValueBytes` to be a size/,
  )
})
