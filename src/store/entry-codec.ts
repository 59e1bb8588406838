import { type ByteSize, toBytes } from '../base/duration.ts'
import { CacheError } from '../base/errors.ts'
import type { Codec } from './codec.ts'
import { type CodecChoice, type CodecFor, resolveCodecs } from './codec-choice.ts'
import {
  type Compressed,
  type CompressionOptions,
  compress,
  decompress,
  type ResolvedCompression,
  resolveCompression,
} from './compression.ts'
import { ENCRYPTION_BYTES, type EncryptionOptions, KeyRing } from './encryption.ts'
import type { Entry } from './entry.ts'
import {
  type EnvelopeMarks,
  encodeEnvelope,
  type Header,
  layEnvelope,
  readHeader,
  sealEnvelope,
} from './envelope.ts'
import { isRejection, type Rejection } from './rejection.ts'
import type { Awaitable } from './store.ts'

export interface EntryCodecOptions {
  /** Part of what encryption is bound to. */
  readonly namespace: string
  /**
   * How values become bytes. `'auto'` writes JSON where that keeps the value exactly, else
   * msgpackr, which keeps types (dates, maps, big integers, buffers, undefined). `'json'` is for
   * values that other programs read.
   *
   * @default 'auto'
   */
  readonly codec?: CodecChoice
  /**
   * Further codecs of your own that may be met in stored entries. The built-in ones always may.
   *
   * @default []
   */
  readonly codecs?: readonly Codec[]
  /**
   * Compression of large values; `false` turns it off. What is stored stays readable either way.
   *
   * @default {}
   */
  readonly compression?: CompressionOptions | false
  /**
   * Encrypts values with AES-256-GCM; entries that are not encrypted are misses then.
   *
   * @default undefined
   */
  readonly encryption?: EncryptionOptions | undefined
  /**
   * Larger values, as encoded, are not stored in the shared tier.
   *
   * @default '1mb'
   */
  readonly maxValueBytes?: ByteSize
}

/** An entry as it was read. Its times are the server's. */
export interface Decoded {
  readonly header: Header
  readonly value: unknown
}

const LENGTH_FIELD_BYTES = 4
const VERSION_OFFSET = 2
const STATE_AND_CHECKSUM_BYTES = 5
const AUTHENTICATED_FROM = 8

/**
 * Entries to bytes and back: codec, compression, encryption, envelope.
 *
 * Small bodies are handled at once and plain values are returned; for large ones another thread
 * compresses, and a promise is returned.
 */
export class EntryCodec {
  readonly #writerFor: CodecFor
  readonly #readers: readonly (Codec | undefined)[]
  readonly #compression: ResolvedCompression | undefined
  readonly #ring: KeyRing | undefined
  readonly #maxValueBytes: number

  /** @throws {CacheError} ERR_OPTION */
  constructor(options: EntryCodecOptions) {
    const { codec = 'auto', codecs = [], maxValueBytes = '1mb', encryption } = options
    const { writerFor, readers } = resolveCodecs(codec, codecs)
    this.#writerFor = writerFor
    this.#readers = readers
    this.#compression = resolveCompression(options.compression)
    this.#ring = encryption && new KeyRing(encryption, options.namespace)
    this.#maxValueBytes = toBytes('maxValueBytes', maxValueBytes)
  }

  get isEncrypting(): boolean {
    return this.#ring !== undefined
  }

  /**
   * @param fullKey the name in Redis, which encryption binds the entry to
   * @param marks what the entry alone does not say
   * @throws {CacheError} ERR_VALUE when the value is too large or cannot be encoded, or a tag; at
   *   once, or by the promise if there is one
   */
  encode(
    fullKey: string,
    entry: Entry,
    marks: Pick<EnvelopeMarks, 'epoch' | 'schema'>,
  ): Awaitable<Buffer> {
    const codec = this.#chooseCodec(entry.value)
    const raw = this.#encodeValue(codec, entry.value)
    const compressed = compress(raw, this.#compression)
    if (compressed instanceof Promise) {
      return compressed.then((body) =>
        this.#enclose(fullKey, entry, { ...marks, codec: codec.id }, body),
      )
    }
    return this.#enclose(fullKey, entry, { ...marks, codec: codec.id }, compressed)
  }

  /**
   * Header and value, or why there are none. Never throws, never rejects.
   *
   * @param bytes kept by nothing that is returned
   */
  decode(fullKey: string, bytes: Buffer): Awaitable<Decoded | Rejection> {
    const header = this.readHeader(bytes)
    return isRejection(header) ? header : this.decodeBody(fullKey, bytes, header)
  }

  /** The first half of `decode`: what an entry is judged by. */
  readHeader(bytes: Buffer): Header | Rejection {
    return readHeader(bytes, this.#maxValueBytes + ENCRYPTION_BYTES + LENGTH_FIELD_BYTES)
  }

  /** The second half of `decode`. `header` has to be what `readHeader` said of the same bytes. */
  decodeBody(fullKey: string, bytes: Buffer, header: Header): Awaitable<Decoded | Rejection> {
    const codec = this.#readers[header.codec]
    if (!codec) return 'unknown-codec'
    const body = this.#open(fullKey, bytes, header)
    if (isRejection(body)) return body
    const raw = decompress(header.compression, body, this.#maxValueBytes)
    if (raw instanceof Promise) return raw.then((settled) => decodeValue(codec, settled, header))
    return decodeValue(codec, raw, header)
  }

  #chooseCodec(value: unknown): Codec {
    try {
      return this.#writerFor(value)
    } catch (error) {
      throw new CacheError('ERR_VALUE', 'The value cannot be read.', { cause: error })
    }
  }

  #encodeValue(codec: Codec, value: unknown): Uint8Array {
    const raw = encodeWith(codec, value)
    if (raw.length <= this.#maxValueBytes) return raw
    throw new CacheError(
      'ERR_VALUE',
      `The value has ${raw.length} bytes encoded, more than \`maxValueBytes\` (${this.#maxValueBytes}).`,
    )
  }

  #enclose(
    fullKey: string,
    entry: Entry,
    { epoch, schema, codec }: Pick<EnvelopeMarks, 'epoch' | 'schema' | 'codec'>,
    { id: compression, body }: Compressed,
  ): Buffer {
    const ring = this.#ring
    if (!ring) return encodeEnvelope(entry, { epoch, schema, codec, compression, keyId: 0 }, body)

    const marks = { epoch, schema, codec, compression, keyId: ring.current }
    const envelope = layEnvelope(entry, marks, body.length + ENCRYPTION_BYTES)
    const bodyStart = envelope.length - body.length - ENCRYPTION_BYTES
    ring.encrypt(body, authenticatedWith(fullKey, envelope, bodyStart), envelope)
    return sealEnvelope(envelope)
  }

  #open(fullKey: string, bytes: Buffer, { keyId, bodyStart }: Header): Buffer | Rejection {
    const ring = this.#ring
    if (keyId === 0) return ring ? 'not-encrypted' : bytes.subarray(bodyStart)
    if (!ring?.has(keyId)) return 'unknown-key'
    const authenticated = authenticatedWith(fullKey, bytes, bodyStart)
    return ring.decrypt(keyId, bytes.subarray(bodyStart), authenticated) ?? 'forged'
  }
}

function encodeWith(codec: Codec, value: unknown): Uint8Array {
  try {
    return codec.encode(value)
  } catch (error) {
    if (error instanceof CacheError) throw error
    throw new CacheError('ERR_VALUE', `The codec '${codec.name}' cannot encode the value.`, {
      cause: error,
    })
  }
}

function decodeValue(codec: Codec, raw: Buffer | Rejection, header: Header): Decoded | Rejection {
  if (isRejection(raw)) return raw
  try {
    return { header, value: codec.decode(raw) }
  } catch {
    return 'undecodable'
  }
}

/** The header without state and checksum, the tags, the key. The header tells where tags end. */
function authenticatedWith(fullKey: string, envelope: Buffer, bodyStart: number): Buffer {
  const length = bodyStart - STATE_AND_CHECKSUM_BYTES + Buffer.byteLength(fullKey)
  const authenticated = Buffer.allocUnsafe(length)
  envelope.copy(authenticated, 0, 0, VERSION_OFFSET + 1)
  envelope.copy(authenticated, VERSION_OFFSET + 1, AUTHENTICATED_FROM, bodyStart)
  authenticated.write(fullKey, bodyStart - STATE_AND_CHECKSUM_BYTES)
  return authenticated
}
