import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  createEpoch,
  ENVELOPE_HEADER_BYTES,
  ENVELOPE_STATE_OFFSET,
  encodeEnvelope,
  type Header,
  readHeader,
  schemaHash,
} from '../../src/store/envelope.ts'
import { isRejection } from '../../src/store/rejection.ts'
import { EPOCH, entryOf, flipped, MARKS } from './support.ts'

const body = Buffer.from('the body')
const bytes = encodeEnvelope(entryOf(undefined), MARKS, body)

describe('an envelope', () => {
  test('tells all that was written, and where the body is', () => {
    const header = readHeader(bytes) as Header

    const { value, ...fields } = entryOf(undefined)
    const bodyStart = bytes.length - body.length
    expect(value).toBeUndefined()
    expect(header).toEqual({ ...fields, ...MARKS, expired: false, bodyStart })
    expect(bytes.subarray(header.bodyStart)).toEqual(body)
  })

  test('keeps times, tags and marks exactly, whatever they are', () => {
    const moment = fc.double({ min: 0, max: 1e15, noNaN: true, noDefaultInfinity: true })
    const tags = fc.array(fc.string({ unit: 'binary' }), { maxLength: 20 })
    const entries = fc.record({
      createdAt: moment,
      freshUntil: moment,
      staleUntil: fc.oneof(moment, fc.constant(Infinity)),
      loadMs: moment,
      stamp: fc.maxSafeNat(),
      tags,
    })
    const marks = fc.record({
      epoch: fc.constantFrom(EPOCH, createEpoch()),
      schema: fc.nat({ max: 0xffff_ffff }),
      codec: fc.nat(15),
      compression: fc.nat(15),
      keyId: fc.nat(0xffff),
    })

    fc.assert(
      fc.property(entries, marks, fc.uint8Array(), (entry, mark, content) => {
        const written = encodeEnvelope(entry, mark, content)
        const header = readHeader(written) as Header

        expect(header).toMatchObject({ ...entry, ...mark })
        expect(written.subarray(header.bodyStart)).toEqual(Buffer.from(content))
      }),
      { numRuns: 300 },
    )
  })

  test.each([1, 127, 128, 200, 255, 256, 4_096, 65_535])('takes a tag of %i bytes', (length) => {
    const tags = ['a'.repeat(length), 'z']

    const header = readHeader(encodeEnvelope(entryOf(0, { tags }), MARKS, body)) as Header

    expect(header.tags).toEqual(tags)
  })

  test.each([
    ['longer than 65 535 bytes', 'ü'.repeat(32_768)],
    ['with a lone surrogate', 'host:\ud800'],
  ])('refuses a tag %s', (_, tag) => {
    expect(() => encodeEnvelope(entryOf(0, { tags: [tag] }), MARKS, body)).toThrow(
      expect.objectContaining({ code: 'ERR_VALUE' }),
    )
  })

  test('refuses an epoch of another length', () => {
    expect(() => encodeEnvelope(entryOf(0), { ...MARKS, epoch: 'short' }, body)).toThrow(/epoch/)
  })

  test('is expired by hand by writing any other byte at the place of its state', () => {
    const expired = Buffer.from(bytes)
    expired[ENVELOPE_STATE_OFFSET] = '1'.charCodeAt(0)

    expect(readHeader(expired)).toMatchObject({
      expired: true,
      freshUntil: 0,
      staleUntil: entryOf(0).staleUntil,
    })
  })
})

describe('bytes that are no envelope are rejected', () => {
  test('when any byte but the state has changed, by any bit', () => {
    for (let at = 0; at < bytes.length; at += 1) {
      if (at === ENVELOPE_STATE_OFFSET) continue
      for (let bit = 0; bit < 8; bit += 1) {
        expect(readHeader(flipped(bytes, at, 1 << bit))).toSatisfy(isRejection)
      }
    }
  })

  test('when they end early or late, at every length', () => {
    for (let length = 1; length < bytes.length; length += 1) {
      expect(readHeader(bytes.subarray(0, length))).toBe('truncated')
    }
    expect(readHeader(Buffer.alloc(0))).toBe('foreign')
    expect(readHeader(Buffer.concat([bytes, Buffer.of(0)]))).toBe('corrupt')
  })

  test('when somebody else wrote them', () => {
    expect(readHeader(Buffer.from('{"value":1,"expires":null}'))).toBe('foreign')
    expect(readHeader(Buffer.from('null'))).toBe('foreign')
  })

  test('and those of a later version are told apart, whatever follows', () => {
    const later = Buffer.from(bytes)
    later[2] = 2

    expect(readHeader(later)).toBe('newer-version')
    expect(readHeader(later.subarray(0, 3))).toBe('newer-version')
    later[2] = 0
    expect(readHeader(later)).toBe('older-version')
  })

  test('when the body is larger than allowed, before it is read', () => {
    expect(readHeader(bytes, body.length)).not.toSatisfy(isRejection)
    expect(readHeader(flipped(bytes, bytes.length - 1), body.length - 1)).toBe('too-large')
  })

  test.each(['stamp', 'createdAt', 'freshUntil', 'staleUntil', 'loadMs'] as const)(
    'when %s is no number',
    (field) => {
      expect(readHeader(encodeEnvelope(entryOf(0, { [field]: NaN }), MARKS, body))).toBe('corrupt')
    },
  )

  test('and never anything worse, for random bytes and for random changes', () => {
    const change = fc.tuple(fc.nat(bytes.length - 1), fc.nat(255))
    const mutants = fc.array(change, { minLength: 1, maxLength: 6 }).map((changes) => {
      const copy = Buffer.from(bytes)
      for (const [at, byte] of changes) copy[at] = byte
      return copy
    })
    const strangers = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array))
    const prefixed = strangers.map((tail) => Buffer.concat([bytes.subarray(0, 3), tail]))

    fc.assert(
      fc.property(fc.oneof(mutants, strangers, prefixed), (input) => {
        const header = readHeader(input)
        if (!isRejection(header)) expect(input.equals(bytes) || header.expired).toBe(true)
      }),
      { numRuns: 10_000 },
    )
  })
})

test('the length of the header is where tags begin', () => {
  const empty = encodeEnvelope(entryOf(0, { tags: [] }), MARKS, body)

  expect(empty.length).toBe(ENVELOPE_HEADER_BYTES + body.length)
  expect((readHeader(empty) as Header).tags).toEqual([])
})

test('epochs are random texts of one length', () => {
  const epochs = Array.from({ length: 1_000 }, createEpoch)

  expect(new Set(epochs).size).toBe(1_000)
  expect(epochs.every((epoch) => /^[\w-]{8}$/.test(epoch))).toBe(true)
})

test('schema versions of different kind or text have different hashes', () => {
  const versions = [1, 2, '1', '2', 'v1', '']

  expect(new Set(versions.map(schemaHash)).size).toBe(versions.length)
  expect(schemaHash('v1')).toBe(schemaHash('v1'))
})
