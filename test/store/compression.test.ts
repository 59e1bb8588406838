import * as zlib from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  compress,
  decompress,
  type ResolvedCompression,
  resolveCompression,
} from '../../src/store/compression.ts'
import { noise } from './support.ts'

const CAP = 1_048_576
const hasZstd = 'zstdCompressSync' in zlib
const text = (length: number): Buffer =>
  Buffer.from('a house at the lake. '.repeat(length / 21 + 1)).subarray(0, length)
const options = (method: string): ResolvedCompression => ({
  thresholdBytes: 0,
  method: method as 'auto',
})
const methods = ['auto', 'deflate', 'brotli', ...(hasZstd ? ['zstd'] : [])]

describe('compression', () => {
  test.each(methods)(
    'by %s is undone, at once for small bodies and later for large ones',
    async (method) => {
      for (const size of [1, 100, 2_000, 32_768, 32_769, 65_536, 65_537, 500_000]) {
        const raw = text(size)
        const { id, body } = await compress(raw, options(method))
        const restored = decompress(id, Buffer.from(body), CAP)

        expect(compress(raw, options(method)) instanceof Promise).toBe(size > 32_768)
        expect(restored instanceof Promise).toBe(size > 65_536)
        expect(((await restored) as Buffer).equals(raw)).toBe(true)
      }
    },
  )

  test('of random bytes is undone', () => {
    fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 5_000 }),
        fc.constantFrom(...methods),
        async (raw, method) => {
          const { id, body } = await compress(raw, options(method))
          expect(await decompress(id, Buffer.from(body), CAP)).toEqual(Buffer.from(raw))
        },
      ),
      { numRuns: 300 },
    )
  })

  test('is left alone below its threshold, and where it saves less than a tenth', async () => {
    const below = text(4_095)
    const dense = Buffer.from(noise(5_000), 'latin1').map((byte, i) => byte ^ (i * 167))
    const denseAndLarge = Buffer.concat(
      Array.from({ length: 20 }, (_, i) => dense.map((byte) => byte ^ (i * 13 + 1))),
    )

    expect(compress(below, resolveCompression())).toEqual({ id: 0, body: below })
    expect(compress(below, undefined)).toEqual({ id: 0, body: below })
    expect(compress(dense, resolveCompression())).toEqual({ id: 0, body: dense })
    expect((await compress(denseAndLarge, options('deflate'))).body.length).toBeLessThanOrEqual(
      100_000,
    )
  })

  // Each is a race that a thread without a copy of its own loses more often than not.
  test('does not read its input after another one has overwritten it', async () => {
    const expected = text(100_000)
    const compressThenOverwrite = async () => {
      const raw = Buffer.from(expected)
      const pending = compress(raw, options('deflate'))
      raw.fill(0)
      return pending
    }

    const compressed = await Promise.all(Array.from({ length: 64 }, compressThenOverwrite))
    const restored = await Promise.all(
      compressed.map(({ id, body }) => decompress(id, body as Buffer, CAP)),
    )

    expect(restored.every((raw) => Buffer.isBuffer(raw) && raw.equals(expected))).toBe(true)
  })

  test.each([
    [
      { method: 'gzip' },
      /Expected `compression.method` to be 'auto', 'deflate', 'brotli' or 'zstd', got 'gzip'/,
    ],
    [{ threshold: 'some' }, /Expected `compression.threshold` to be a size/],
  ])('refuses %o', (given, message) => {
    expect(() => resolveCompression(given as object)).toThrow(message)
  })

  test('is off when asked to be', () => {
    expect(resolveCompression(false)).toBeUndefined()
  })
})

/** What a hundred megabytes of zeros become, with any length claimed before it. */
function bomb(compressed: Buffer, claimed: number): Buffer {
  const body = Buffer.alloc(4 + compressed.length)
  body.writeUInt32LE(claimed, 0)
  compressed.copy(body, 4)
  return body
}

describe('a decompression bomb', () => {
  const zeros = Buffer.alloc(100_000_000)
  const bombs: [string, number, Buffer][] = [
    ['deflate', 1, zlib.deflateRawSync(zeros, { level: 9 })],
    [
      'brotli',
      2,
      zlib.brotliCompressSync(zeros, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 4 } }),
    ],
  ]

  test.each(bombs)('of %s is rejected, whatever length it claims', async (_, id, compressed) => {
    for (const claimed of [0, 1, 1_000, 65_536, 65_537, CAP]) {
      expect(await decompress(id, bomb(compressed, claimed), CAP)).toBe('too-large')
    }
    expect(decompress(id, bomb(compressed, CAP + 1), CAP)).toBe('too-large')
    expect(decompress(id, bomb(compressed, 0xffff_ffff), CAP)).toBe('too-large')
  })

  test.each(bombs)(
    'of %s takes no more memory than the largest value allowed',
    async (_, id, compressed) => {
      const before = process.memoryUsage().arrayBuffers

      await Promise.all(Array.from({ length: 5 }, () => decompress(id, bomb(compressed, CAP), CAP)))

      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(5 * 2 * CAP)
    },
  )
})

describe('a compressed body is rejected', () => {
  const { id, body } = compress(text(3_000), options('deflate')) as { id: number; body: Buffer }

  test.each([
    ['without a length', id, body.subarray(0, 3), 'undecodable'],
    ['of nothing', id, body.subarray(0, 4), 'undecodable'],
    ['cut short', id, body.subarray(0, 20), 'undecodable'],
    ['of random bytes', id, bomb(Buffer.from(noise(100)), 3_000), 'undecodable'],
    ['of less than it claims', id, bomb(body.subarray(4), 3_001), 'undecodable'],
    ['of more than it claims', id, bomb(body.subarray(4), 2_999), 'too-large'],
    ['by a method nobody knows', 9, body, 'unknown-compression'],
    ['that is larger than allowed', 0, Buffer.alloc(CAP + 1), 'too-large'],
  ])('%s', (_, method, bytes, reason) => {
    expect(decompress(method, bytes, CAP)).toBe(reason)
  })

  test('cut short and large, by the promise', async () => {
    const large = (await compress(text(200_000), options('deflate'))).body as Buffer

    expect(await decompress(id, large.subarray(0, 300), CAP)).toBe('undecodable')
  })
})
