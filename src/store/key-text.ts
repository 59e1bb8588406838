/*
 * The text of a key: the same for params that mean the same, different for all others, and short
 * enough to be read by people, who invalidate by pattern over it.
 *
 *   - A string is its own text. With `~s` before it where it begins with `~` (which begins all
 *     other forms) or `}` (which would end the hash tag of key.ts), or is empty.
 *   - `~` and then a notation near to that of JavaScript for everything else: `~42`, `~true`,
 *     `~12n`, `~["de",1]`, `~{"city":"Kiel","guests":2}`, `~Date(2026-11-21T00:00:00.000Z)`,
 *     `~Map("a"=>1)`, `~Set(1,2)`, `~Uint8Array(AQI)`. Strings within are quoted as in JSON, so
 *     that no text can imitate another notation.
 *   - A text over 200 bytes becomes `~h` and its SHA-256 [1], which no other form begins with.
 *
 * The same: objects whose properties differ in order, or in some that are undefined; Maps and Sets
 * whose members differ in order; 0 and -0; an instance of a class and another one with the same
 * `toJSON`. Not the same: 1 and '1' and 1n, a Map and an object, a Date and its number, strings
 * that look alike but differ in Unicode normal form.
 *
 * Refused with ERR_KEY, naming where: functions, symbols, instances of other classes, more than
 * 32 levels (so all cycles), more than 100 000 parts, lone surrogates (UTF-8 makes one of them
 * all, so that different keys would be one in Redis).
 *
 * [1] NIST FIPS 180-4. https://doi.org/10.6028/NIST.FIPS.180-4
 */

import { createHash } from 'node:crypto'
import { CacheError } from '../base/errors.ts'
import { isWellFormed } from './text.ts'

export const MAX_KEY_TEXT_BYTES = 200

const ESCAPE = '~'
/** The first unit of `}`; nearly all keys begin with a lower one, so that one test suffices. */
const CLOSING_BRACE = 0x7d
const TILDE = 0x7e
/** So many UTF-16 units are never more than 200 bytes of UTF-8. */
const SURELY_SHORT = Math.floor(MAX_KEY_TEXT_BYTES / 3)
const MAX_DEPTH = 32
const MAX_PARTS = 100_000

/**
 * The text that stands for the params of a key.
 *
 * @throws {CacheError} ERR_KEY when they cannot name an entry
 */
export function keyText(params: unknown): string {
  if (typeof params !== 'string') return bounded(ESCAPE + writeKey(params))
  if (!isWellFormed(params)) throw loneSurrogate([])
  if (params.charCodeAt(0) < CLOSING_BRACE && params.length <= SURELY_SHORT) return params
  return bounded(needsEscape(params) ? `${ESCAPE}s${params}` : params)
}

/**
 * Whether the text of these params, if they can be a key at all, is either themselves or a hash:
 * enough to look for them among texts, where the look-up must cost less than `keyText` does.
 */
export function isPlainKey(params: unknown): params is string {
  return typeof params === 'string' && params.charCodeAt(0) < CLOSING_BRACE
}

function needsEscape(text: string): boolean {
  const first = text.charCodeAt(0)
  return text === '' || first === TILDE || first === CLOSING_BRACE
}

function bounded(text: string): string {
  if (text.length <= SURELY_SHORT || Buffer.byteLength(text) <= MAX_KEY_TEXT_BYTES) return text
  return `${ESCAPE}h${createHash('sha256').update(text).digest('base64url')}`
}

function writeKey(params: unknown): string {
  try {
    return new KeyWriter().write(params)
  } catch (error) {
    if (error instanceof CacheError) throw error
    throw new CacheError('ERR_KEY', 'The params of a key cannot be read.', { cause: error })
  }
}

class KeyWriter {
  readonly #path: (string | number)[] = []
  #partsLeft = MAX_PARTS

  write(value: unknown): string {
    switch (typeof value) {
      case 'string':
        return this.#quote(value)
      case 'number':
        return value === 0 ? '0' : String(value)
      case 'bigint':
        return `${value}n`
      case 'boolean':
      case 'undefined':
        return String(value)
      case 'object':
        return value === null ? 'null' : this.#writeObject(value)
      default:
        throw refused(this.#path, `a ${typeof value}`)
    }
  }

  #quote(text: string): string {
    if (!isWellFormed(text)) throw loneSurrogate(this.#path)
    return JSON.stringify(text)
  }

  #writeObject(value: object): string {
    if (this.#path.length >= MAX_DEPTH) {
      throw refused(this.#path.slice(0, 4), `nested over ${MAX_DEPTH} levels deep, or in a cycle`)
    }
    if (Array.isArray(value)) return `[${this.#writeAll(value).join(',')}]`
    const prototype: unknown = Object.getPrototypeOf(value)
    if (prototype !== Object.prototype && prototype !== null) return this.#writeInstance(value)
    if (typeof (value as { toJSON?: unknown }).toJSON === 'function') return this.#writeJson(value)
    return this.#writeProperties(value as Record<string, unknown>)
  }

  #writeProperties(object: Record<string, unknown>): string {
    let text = ''
    for (const key of Object.keys(object).sort()) {
      const value = object[key]
      if (value === undefined) continue
      if (text !== '') text += ','
      text += `${this.#quote(key)}:${this.#writePart(key, value)}`
    }
    return `{${text}}`
  }

  #writeInstance(value: object): string {
    if (value instanceof Date) return `Date(${this.#writeDate(value)})`
    if (value instanceof Map) {
      const entries = Array.from(value, ([key, part], index) => {
        return `${this.#writePart(index, key)}=>${this.#writePart(index, part)}`
      })
      return `Map(${entries.sort().join(',')})`
    }
    if (value instanceof Set)
      return `Set(${this.#writeAll([...value])
        .sort()
        .join(',')})`
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return writeBinary(value)
    return this.#writeJson(value)
  }

  #writeDate(date: Date): string {
    const time = date.getTime()
    return Number.isNaN(time) ? 'NaN' : date.toISOString()
  }

  #writeJson(value: object): string {
    const { toJSON } = value as { toJSON?: unknown }
    if (typeof toJSON === 'function') {
      return `JSON(${this.#writePart('toJSON()', toJSON.call(value))})`
    }
    throw refused(this.#path, `an instance of ${value.constructor?.name ?? 'an unknown class'}`)
  }

  #writeAll(values: readonly unknown[]): string[] {
    if (values.length > this.#partsLeft) throw refused(this.#path, 'too large')
    return Array.from(values, (value, index) => this.#writePart(index, value))
  }

  #writePart(key: string | number, value: unknown): string {
    this.#partsLeft -= 1
    if (this.#partsLeft < 0) throw refused(this.#path.slice(0, 4), 'too large, or in a cycle')
    this.#path.push(key)
    const text = this.write(value)
    this.#path.pop()
    return text
  }
}

function writeBinary(value: ArrayBufferView | ArrayBuffer): string {
  const bytes = ArrayBuffer.isView(value)
    ? Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    : Buffer.from(value)
  // A Buffer names itself a Uint8Array here, as it should: the two hold the same.
  const kind = Object.prototype.toString.call(value).slice('[object '.length, -1)
  return `${kind}(${bytes.toString('base64url')})`
}

type Path = readonly (string | number)[]

function refused(path: Path, what: string): CacheError {
  const where =
    path.length === 0 ? 'A key' : `The part \`${path.join('.').slice(0, 120)}\` of a key`
  return new CacheError('ERR_KEY', `${where} is ${what}, which cannot name an entry.`)
}

function loneSurrogate(path: Path): CacheError {
  return refused(path, 'text with a lone surrogate')
}
