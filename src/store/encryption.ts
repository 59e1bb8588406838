/*
 * Encryption of bodies at rest: AES-256-GCM [1], so that who can read or write Redis can neither
 * read a value nor make one up.
 *
 *   - The key name and the header (but its state and checksum) are authenticated with the body: an
 *     entry that is moved to another key, given other tags or a longer life is rejected.
 *   - Each namespace has a key of its own, derived by HKDF-SHA-256 [2]: one that is lost to a
 *     tenant's process opens nothing of another's.
 *   - The nonce is 96 random bits. By the birthday bound a key must be rotated before 2^32 entries
 *     were written with it [1, §8.3]; the ring keeps old ones for reading.
 *   - A tag shorter than 16 bytes is refused by `authTagLength`: without it Node accepts one of 4.
 *   - Keys and header fields, tags and times among them, are not secret.
 *
 * Compressed before, a value's length tells something of its content: an attacker who can put text
 * beside a secret into one value, and see lengths, can guess the secret. Turn compression off then.
 *
 * The body is nonce (12), ciphertext, tag (16).
 *
 * [1] NIST SP 800-38D. https://doi.org/10.6028/NIST.SP.800-38D
 * [2] RFC 5869. https://www.rfc-editor.org/rfc/rfc5869
 */

import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomFillSync,
} from 'node:crypto'
import { CacheError, optionError } from '../base/errors.ts'

export interface EncryptionOptions {
  /** The id of the key that new entries are written with. */
  readonly current: number
  /**
   * Keys by id, 1 to 65 535: 32 random bytes each, or their hex or base64 text. Ids of older keys
   * stay in until the entries written with them have expired; an id must never change its key.
   */
  readonly keys: Readonly<Record<number, Uint8Array | string>>
}

const CIPHER = 'aes-256-gcm'
const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16
const MAX_KEY_ID = 0xffff
const NONCES_AT_ONCE = 256

/** How much longer an encrypted body is. */
export const ENCRYPTION_BYTES: number = NONCE_BYTES + TAG_BYTES

/** The keys of one namespace. */
export class KeyRing {
  readonly #keys = new Map<number, KeyObject>()
  readonly #nonces = Buffer.allocUnsafeSlow(NONCE_BYTES * NONCES_AT_ONCE)
  #nonceAt: number = this.#nonces.length
  /** The id of the key that `encrypt` uses. */
  readonly current: number

  /** @throws {CacheError} ERR_OPTION; never with a key in its message */
  constructor(options: EncryptionOptions, namespace: string) {
    const { current, keys } = options
    if (typeof keys !== 'object' || keys === null) {
      throw optionError('encryption.keys', 'an object of keys by id', undefined)
    }
    for (const [id, key] of Object.entries(keys)) {
      this.#keys.set(parseId(id), deriveKey(parseKey(id, key), namespace))
    }
    if (!this.#keys.has(current)) {
      throw optionError('encryption.current', 'the id of a key in `encryption.keys`', current)
    }
    this.current = current
  }

  has(id: number): boolean {
    return this.#keys.has(id)
  }

  /** Writes the encrypted body to the end of `target`. */
  encrypt(plain: Uint8Array, authenticated: Uint8Array, target: Buffer): void {
    const start = target.length - plain.length - ENCRYPTION_BYTES
    const nonce = this.#nextNonce()
    const key = this.#keys.get(this.current) as KeyObject
    const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES })
    cipher.setAAD(authenticated)
    target.set(nonce, start)
    target.set(cipher.update(plain), start + NONCE_BYTES)
    cipher.final()
    target.set(cipher.getAuthTag(), target.length - TAG_BYTES)
  }

  /** The body as it was, or undefined if it or what it was authenticated with has changed. */
  decrypt(keyId: number, body: Buffer, authenticated: Uint8Array): Buffer | undefined {
    const key = this.#keys.get(keyId)
    if (!key || body.length < ENCRYPTION_BYTES) return undefined
    const nonce = body.subarray(0, NONCE_BYTES)
    const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES })
    decipher.setAAD(authenticated)
    decipher.setAuthTag(body.subarray(body.length - TAG_BYTES))
    const plain = decipher.update(body.subarray(NONCE_BYTES, body.length - TAG_BYTES))
    try {
      decipher.final()
      return plain
    } catch {
      return undefined
    }
  }

  /** Drawing 256 at once costs a tenth of drawing each. */
  #nextNonce(): Buffer {
    if (this.#nonceAt === this.#nonces.length) {
      randomFillSync(this.#nonces)
      this.#nonceAt = 0
    }
    this.#nonceAt += NONCE_BYTES
    return this.#nonces.subarray(this.#nonceAt - NONCE_BYTES, this.#nonceAt)
  }
}

function parseId(text: string): number {
  const id = Number(text)
  if (Number.isInteger(id) && id >= 1 && id <= MAX_KEY_ID) return id
  throw optionError(
    'encryption.keys',
    `an object whose ids are integers from 1 to ${MAX_KEY_ID}`,
    {},
  )
}

/** A text is taken as hex if it has its form, else as base64: 32 bytes make different lengths. */
function parseKey(id: string, key: unknown): Uint8Array {
  const bytes = typeof key === 'string' ? parseKeyText(key) : key
  if (bytes instanceof Uint8Array && bytes.length === KEY_BYTES) return bytes
  // Not even a part of what was given may appear: it may be a key with a typing error.
  const got = typeof key === 'string' ? `a text of ${key.length} characters` : `a ${typeof key}`
  throw new CacheError(
    'ERR_OPTION',
    `Expected \`encryption.keys[${id}]\` to be ${KEY_BYTES} bytes, or their hex or base64 text, got ${got}.`,
  )
}

function parseKeyText(text: string): Uint8Array | undefined {
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, 'hex')
  return /^[\w+/-]{43}=?$/.test(text) ? Buffer.from(text, 'base64') : undefined
}

function deriveKey(key: Uint8Array, namespace: string): KeyObject {
  const info = `cachetier entry v1 ${namespace}`
  return createSecretKey(Buffer.from(hkdfSync('sha256', key, '', info, KEY_BYTES)))
}
