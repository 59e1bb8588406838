/*
 * Compression of bodies: above a threshold, and kept only if it saves a tenth.
 *
 * Measured on Node 20 and 22, rows of places packed by msgpackr, µs to compress/decompress:
 *
 *             2 000 bytes     20 000 bytes    100 000 bytes   ratio at 100 000
 *   deflate 1      15/5           42/18          451/117          0.31
 *   brotli 1       11/7           41/28          217/202          0.31
 *   brotli 4       35/6          121/24          697/187          0.28
 *   zstd 1         18/12          36/23          118/60           0.29
 *
 * So: zstd above 16 kB where Node has it (22.15 on), else raw deflate, which is read fastest of
 * what every Node has. Brotli is there for those who pay for the smallest. Gzip would add a header
 * and a second checksum to deflate.
 *
 * The length before compression goes first: it says how much memory to take (decompressing is one
 * step then), whether to leave the work to another thread, and that a bomb is one before it is lit.
 */

import { promisify } from 'node:util'
import * as zlib from 'node:zlib'
import { type ByteSize, toBytes } from '../base/duration.ts'
import { optionError } from '../base/errors.ts'
import type { Rejection } from './rejection.ts'

export type CompressionMethod = 'auto' | 'deflate' | 'brotli' | 'zstd'

export interface CompressionOptions {
  /**
   * Bodies of so many bytes and more are compressed.
   *
   * @default '4kb'
   */
  readonly threshold?: ByteSize
  /**
   * `'auto'` takes what costs least: zstd for large bodies where Node has it, else deflate.
   * `'zstd'` needs Node 22.15 wherever entries are read.
   *
   * @default 'auto'
   */
  readonly method?: CompressionMethod
}

export interface ResolvedCompression {
  readonly thresholdBytes: number
  readonly method: CompressionMethod
}

/** The id in the envelope of a body that is not compressed. */
export const UNCOMPRESSED = 0

const LENGTH_BYTES = 4
const MAX_RATIO = 0.9
const ZSTD_FROM_BYTES = 16_384
/** About 0.1 ms of work; more goes to another thread, which costs 0.03 ms by itself. */
const MAX_SYNC_COMPRESS_BYTES = 32_768
const MAX_SYNC_DECOMPRESS_BYTES = 65_536

type Transform = (bytes: Uint8Array, options: zlib.ZlibOptions) => Buffer
type AsyncTransform = (bytes: Uint8Array, options: zlib.ZlibOptions) => Promise<Buffer>

interface Method {
  readonly id: number
  readonly options: object
  readonly compressSync: Transform
  readonly compress: AsyncTransform
  readonly decompressSync: Transform
  readonly decompress: AsyncTransform
}

const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_SIZE_HINT } = zlib.constants

const DEFLATE: Method = {
  id: 1,
  options: { level: 1 },
  compressSync: zlib.deflateRawSync,
  compress: promisify<Uint8Array, object, Buffer>(zlib.deflateRaw),
  decompressSync: zlib.inflateRawSync,
  decompress: promisify<Uint8Array, object, Buffer>(zlib.inflateRaw),
}

const BROTLI: Method = {
  id: 2,
  options: { params: { [BROTLI_PARAM_QUALITY]: 4, [BROTLI_PARAM_SIZE_HINT]: 65_536 } },
  compressSync: zlib.brotliCompressSync,
  compress: promisify<Uint8Array, object, Buffer>(zlib.brotliCompress),
  decompressSync: zlib.brotliDecompressSync,
  decompress: promisify<Uint8Array, object, Buffer>(zlib.brotliDecompress),
}

const ZSTD: Method | undefined = findZstd()

const METHODS: readonly (Method | undefined)[] = [undefined, DEFLATE, BROTLI, ZSTD]

/** The types of Node 20 do not know it. */
function findZstd(): Method | undefined {
  const found = zlib as unknown as Record<string, Transform | undefined>
  const { zstdCompressSync, zstdDecompressSync } = found
  if (!zstdCompressSync || !zstdDecompressSync) return undefined
  type Callback = (bytes: Uint8Array, options: object, done: (error: unknown) => void) => void
  const later = (name: string): AsyncTransform =>
    promisify(found[name] as unknown as Callback) as unknown as AsyncTransform
  const level = (zlib.constants as Record<string, number>).ZSTD_c_compressionLevel as number
  return {
    id: 3,
    options: { params: { [level]: 1 } },
    compressSync: zstdCompressSync,
    compress: later('zstdCompress'),
    decompressSync: zstdDecompressSync,
    decompress: later('zstdDecompress'),
  }
}

/** @throws {CacheError} ERR_OPTION */
export function resolveCompression(
  options: CompressionOptions | false = {},
): ResolvedCompression | undefined {
  if (options === false) return undefined
  const { threshold = '4kb', method = 'auto' } = options
  if (!['auto', 'deflate', 'brotli', 'zstd'].includes(method)) {
    throw optionError('compression.method', "'auto', 'deflate', 'brotli' or 'zstd'", method)
  }
  if (method === 'zstd' && !ZSTD) {
    throw optionError('compression.method', "'auto' on Node before 22.15", method)
  }
  return { thresholdBytes: toBytes('compression.threshold', threshold), method }
}

/** A body as it is stored, and the id of how. */
export interface Compressed {
  readonly id: number
  readonly body: Uint8Array
}

/** Compresses if it pays. May keep `raw` until the promise settles, if it returns one. */
export function compress(
  raw: Uint8Array,
  options: ResolvedCompression | undefined,
): Compressed | Promise<Compressed> {
  if (!options || raw.length < options.thresholdBytes) return { id: UNCOMPRESSED, body: raw }
  const method = choose(options.method, raw.length)
  if (raw.length <= MAX_SYNC_COMPRESS_BYTES) {
    return ifItPays(method.id, raw, method.compressSync(raw, method.options))
  }
  // An encoder may overwrite its bytes before the other thread has read them.
  const copy = Buffer.from(raw)
  return method.compress(copy, method.options).then((body) => ifItPays(method.id, copy, body))
}

function choose(method: CompressionMethod, bytes: number): Method {
  if (method === 'brotli') return BROTLI
  const mayUseZstd = method === 'zstd' || (method === 'auto' && bytes >= ZSTD_FROM_BYTES)
  return mayUseZstd && ZSTD ? ZSTD : DEFLATE
}

function ifItPays(id: number, raw: Uint8Array, compressed: Buffer): Compressed {
  if (compressed.length + LENGTH_BYTES > raw.length * MAX_RATIO) {
    return { id: UNCOMPRESSED, body: raw }
  }
  const body = Buffer.allocUnsafe(LENGTH_BYTES + compressed.length)
  body.writeUInt32LE(raw.length, 0)
  body.set(compressed, LENGTH_BYTES)
  return { id, body }
}

/** Undoes `compress`. Never throws; never takes more memory than `maxBytes`. */
export function decompress(
  id: number,
  body: Buffer,
  maxBytes: number,
): Buffer | Rejection | Promise<Buffer | Rejection> {
  if (id === UNCOMPRESSED) return body.length > maxBytes ? 'too-large' : body
  const method = METHODS[id]
  if (!method) return 'unknown-compression'
  if (body.length < LENGTH_BYTES) return 'undecodable'

  const length = body.readUInt32LE(0)
  if (length > maxBytes) return 'too-large'
  const options = { maxOutputLength: Math.max(length, 1), chunkSize: Math.max(length + 1, 64) }
  const compressed = body.subarray(LENGTH_BYTES)
  const check = (raw: Buffer): Buffer | Rejection => (raw.length === length ? raw : 'undecodable')
  if (length > MAX_SYNC_DECOMPRESS_BYTES) {
    return method.decompress(compressed, options).then(check, rejectionOf)
  }
  try {
    return check(method.decompressSync(compressed, options))
  } catch (error) {
    return rejectionOf(error)
  }
}

/** More came out than was said: a bomb. Anything else: no output of the compressor. */
function rejectionOf(error: unknown): Rejection {
  const { code } = error as { code?: unknown }
  return code === 'ERR_BUFFER_TOO_LARGE' ? 'too-large' : 'undecodable'
}
