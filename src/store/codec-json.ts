import { CacheError } from '../base/errors.ts'
import type { Codec } from './codec.ts'
import { isForbiddenKey, PLAIN, survey } from './codec-survey.ts'

/*
 * JSON, for values that other languages or people read. It keeps fewer types than the default:
 * dates and everything else with a `toJSON` become what that returns, undefined properties are
 * left out, -0 becomes 0. What would vanish or change without a trace (Map, Set, binary data, NaN,
 * infinities, undefined or a function in an array) is refused with ERR_VALUE.
 */

/** The codec `'json'`. */
export const jsonCodec: Codec = {
  id: 1,
  name: 'json',

  encode(value) {
    const text = survey(value) === PLAIN ? JSON.stringify(value) : stringifyStrictly(value)
    return text === undefined ? Buffer.alloc(0) : Buffer.from(text)
  },

  decode(bytes) {
    if (bytes.length === 0) return undefined
    const text = textOf(bytes)
    const value: unknown = JSON.parse(text)
    // The key can be spelled with escapes.
    if ((text.includes('__proto_') || text.includes('\\u00')) && hasForbiddenKey(value)) {
      throw new TypeError('The value has a key that could replace a prototype.')
    }
    return value
  },
}

function textOf(bytes: Uint8Array): string {
  if (bytes instanceof Buffer) return bytes.toString()
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString()
}

function stringifyStrictly(value: unknown): string | undefined {
  return JSON.stringify(value, function refuseLoss(this: unknown, key, part: unknown) {
    if (isForbiddenKey(key) || isLost(part, this)) {
      throw new CacheError('ERR_VALUE', `JSON cannot keep the value at \`${key.slice(0, 120)}\`.`)
    }
    return part
  })
}

function isLost(part: unknown, holder: unknown): boolean {
  if (typeof part === 'number') return !Number.isFinite(part)
  if (part === undefined) return Array.isArray(holder)
  if (typeof part === 'function' || typeof part === 'symbol') return true
  if (typeof part !== 'object' || part === null || Array.isArray(part)) return false
  return Object.prototype.toString.call(part) !== '[object Object]'
}

function hasForbiddenKey(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return Object.keys(value).some(
    (key) => isForbiddenKey(key) || hasForbiddenKey((value as Record<string, unknown>)[key]),
  )
}
