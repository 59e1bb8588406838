import { describe, expect, test } from 'vitest'
import { ENCRYPTION_BYTES, type EncryptionOptions, KeyRing } from '../../src/store/encryption.ts'
import type { Decoded } from '../../src/store/entry-codec.ts'
import { ENVELOPE_STATE_OFFSET, readHeader, sealEnvelope } from '../../src/store/envelope.ts'
import { isRejection } from '../../src/store/rejection.ts'
import {
  codecWith,
  entryOf,
  flipped,
  KEY,
  MANY_RUNS,
  MARKS,
  OTHER_SECRET,
  SECRET,
} from './support.ts'

const first: EncryptionOptions = { current: 1, keys: { 1: SECRET } }
const rotated: EncryptionOptions = { current: 2, keys: { 1: SECRET, 2: OTHER_SECRET } }
const codec = codecWith({ encryption: first })
const value = { card: '4111 1111 1111 1111', tags: new Set([1]) }
const bytes = codec.encode(KEY, entryOf(value), MARKS) as Buffer
const bodyStart = bytes.length - (readHeader(bytes) as { bodyStart: number }).bodyStart

describe('an encrypted entry', () => {
  test('comes back as it was, and cannot be read in the store', () => {
    expect(codec.decode(KEY, bytes)).toMatchObject({ value, header: { keyId: 1, stamp: 812 } })
    expect(bytes.includes('4111')).toBe(false)
  })

  test('differs each time it is written', () => {
    const again = codec.encode(KEY, entryOf(value), MARKS) as Buffer

    expect(again.equals(bytes)).toBe(false)
  })

  test('is large and compressed as well', async () => {
    const large = { text: 'a house at the lake. '.repeat(10_000) }

    const stored = await codec.encode(KEY, entryOf(large), MARKS)

    expect(stored.length).toBeLessThan(20_000)
    expect(await codec.decode(KEY, stored)).toMatchObject({ value: large })
  })

  test('is rejected when any bit of it has changed, though its checksum was made to fit', () => {
    for (let at = 0; at < bytes.length; at += 1) {
      if (at === ENVELOPE_STATE_OFFSET || (at >= 4 && at < 8)) continue
      for (let bit = 0; bit < 8; bit += 1) {
        expect(codec.decode(KEY, sealEnvelope(flipped(bytes, at, 1 << bit)))).toSatisfy(isRejection)
      }
    }
  })

  test('can be expired by hand without the key, but not made fresh beyond its time', () => {
    const expired = flipped(bytes, ENVELOPE_STATE_OFFSET)

    expect(codec.decode(KEY, expired)).toMatchObject({ value, header: { freshUntil: 0 } })
  })

  test.each([
    'stays:product-details:{43}',
    'stays:product-detail:{42}',
    'stay:product-details:{42}',
    'stays:product-details:{42}:l',
    '',
  ])('is rejected under the name %s', (name) => {
    expect(codec.decode(name, bytes)).toBe('forged')
  })

  test('is rejected in another namespace, though the secret is the same', () => {
    const foreign = codecWith({ namespace: 'tenant-b', encryption: first })

    expect(foreign.decode(KEY, bytes)).toBe('forged')
  })

  test('is rejected with a tag of any shorter length', () => {
    const ring = new KeyRing(first, 'stays')
    const body = Buffer.alloc(5 + ENCRYPTION_BYTES)
    ring.encrypt(Buffer.from('value'), Buffer.from('name'), body)

    for (let cut = 1; cut <= 16; cut += 1) {
      expect(
        ring.decrypt(1, body.subarray(0, body.length - cut), Buffer.from('name')),
      ).toBeUndefined()
    }
    expect(ring.decrypt(1, body, Buffer.from('name'))?.toString()).toBe('value')
    expect(ring.decrypt(1, body, Buffer.from('nam'))).toBeUndefined()
    expect(ring.decrypt(2, body, Buffer.from('name'))).toBeUndefined()
    expect(bodyStart).toBeGreaterThan(ENCRYPTION_BYTES)
  })

  test('and one that is not, where encryption is configured, is a miss', () => {
    const open = codecWith().encode(KEY, entryOf(value), MARKS) as Buffer

    expect(codec.decode(KEY, open)).toBe('not-encrypted')
    expect(codecWith().decode(KEY, bytes)).toBe('unknown-key')
  })
})

describe('rotation of keys', () => {
  test('reads what the old key wrote, writes with the new one, and forgets a removed key', () => {
    const both = codecWith({ encryption: rotated })
    const written = both.encode(KEY, entryOf(value), MARKS) as Buffer
    const onlyNew = codecWith({ encryption: { current: 2, keys: { 2: OTHER_SECRET } } })

    expect(both.decode(KEY, bytes)).toMatchObject({ value })
    expect((both.decode(KEY, written) as Decoded).header.keyId).toBe(2)
    expect(onlyNew.decode(KEY, written)).toMatchObject({ value })
    expect(onlyNew.decode(KEY, bytes)).toBe('unknown-key')
    expect(codec.decode(KEY, written)).toBe('unknown-key')
  })

  test('to another secret under the same id is noticed', () => {
    const mistaken = codecWith({ encryption: { current: 1, keys: { 1: OTHER_SECRET } } })

    expect(mistaken.decode(KEY, bytes)).toBe('forged')
  })
})

test('no nonce is ever used twice', () => {
  const ring = new KeyRing(first, 'stays')
  const target = Buffer.alloc(1 + ENCRYPTION_BYTES)
  const plain = Buffer.from('x')
  const nonces = new Set<string>()

  for (let i = 0; i < MANY_RUNS; i += 1) {
    ring.encrypt(plain, plain, target)
    nonces.add(target.toString('latin1', 0, 12))
  }

  expect(nonces.size).toBe(MANY_RUNS)
}, 120_000)

describe('the options of encryption', () => {
  test('take bytes, hex and base64 for the same secret', () => {
    const forms = [
      new Uint8Array(SECRET),
      SECRET.toString('hex'),
      SECRET.toString('base64'),
      SECRET.toString('base64url'),
    ]

    const values = forms.map((key) => {
      return codecWith({ encryption: { current: 1, keys: { 1: key } } }).decode(KEY, bytes)
    })

    expect(values).toMatchObject([{ value }, { value }, { value }, { value }])
  })

  test.each([
    [
      { current: 1, keys: { 1: SECRET.toString('hex').slice(1) } },
      /keys\[1\].*32 bytes.*got a text of 63/,
    ],
    [
      { current: 1, keys: { 1: 'correct horse battery staple' } },
      /keys\[1\].*a text of 28 characters/,
    ],
    [{ current: 1, keys: { 1: SECRET.subarray(1) } }, /keys\[1\].*got an? object/],
    [
      { current: 1, keys: { 1: SECRET, 2: undefined } },
      /keys\[2\].*got a undefined|keys\[2\].*got undefined/,
    ],
    [{ current: 3, keys: { 1: SECRET } }, /`encryption.current` to be the id of a key.*got 3/],
    [{ current: 0, keys: { 0: SECRET } }, /integers from 1 to 65535/],
    [{ current: 1, keys: { first: SECRET } }, /integers from 1 to 65535/],
    [{ current: 1 }, /`encryption.keys` to be an object/],
  ])('refuse mistake %#, and never show a secret', (options, message) => {
    const attempt = (): unknown =>
      codecWith({ encryption: options as unknown as EncryptionOptions })

    expect(attempt).toThrow(expect.objectContaining({ code: 'ERR_OPTION' }))
    expect(attempt).toThrow(message)
    expect(attempt).not.toThrow(/horse|0108|01080f/)
  })
})
