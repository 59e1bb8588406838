import { CacheError } from '../base/errors.ts'
import {
  isForbiddenKey,
  isNative,
  isOddText,
  isPlainObject,
  MAX_DEPTH,
  MAX_NODES,
} from './codec-survey.ts'

/*
 * What MessagePack cannot say, said in what it can: a special value becomes an object with the one
 * key '~' that holds a list, its kind first. A plain object that has such a key itself is wrapped
 * as well, so that the two cannot be confused.
 */

/** The one key of a wrapped value. */
const MARK = '~'

type Path = (string | number)[]

/** Rebuilds a value from plain parts only, or throws ERR_VALUE naming the part that cannot be. */
export function wrap(value: unknown): unknown {
  return new Wrapper().wrap(value)
}

class Wrapper {
  readonly #path: Path = []
  #nodesLeft = MAX_NODES

  wrap(value: unknown): unknown {
    switch (typeof value) {
      case 'string':
        return isOddText(value) ? mark('text', Buffer.from(value, 'utf16le')) : value
      case 'number':
        return Object.is(value, -0) ? mark('-0') : value
      case 'object':
        return value === null ? null : this.#wrapObject(value)
      case 'function':
      case 'symbol':
        throw unstorable(this.#path, `a ${typeof value}`)
      default:
        return value
    }
  }

  #wrapObject(value: object): unknown {
    this.#nodesLeft -= 1
    if (this.#path.length >= MAX_DEPTH || this.#nodesLeft < 0) {
      throw unstorable(this.#path.slice(0, 4), 'nested too deeply, or in a cycle')
    }
    if (Array.isArray(value)) return this.#wrapAll(value)
    if (value instanceof Map) return mark('map', ...this.#wrapAll([...value].flat(1)))
    if (value instanceof Set) return new Set(this.#wrapAll([...value]))
    if (value instanceof Date) return new Date(value.getTime())
    if (isNative(value)) return value
    if (value instanceof Error) return this.#wrapError(value)
    return this.#wrapProperties(value)
  }

  /** Of a class we do not know: what its `toJSON` makes of it, else its own properties. */
  #wrapProperties(value: object): unknown {
    const { toJSON } = value as { toJSON?: unknown }
    if (typeof toJSON === 'function') return this.#wrapPart('toJSON()', toJSON.call(value))
    const kind = Object.prototype.toString.call(value)
    if (kind !== '[object Object]') throw unstorable(this.#path, `a value of class ${kind}`)

    const plain: Record<string, unknown> = {}
    const odd: unknown[] = []
    for (const [key, part] of Object.entries(value)) {
      if (isForbiddenKey(key)) throw unstorable(this.#path, `an object with a key ${key}`)
      if (isOddText(key)) odd.push(this.wrap(key), this.#wrapPart(key, part))
      else plain[key] = this.#wrapPart(key, part)
    }
    if (odd.length > 0) return mark('object', plain, ...odd)
    return Object.hasOwn(plain, MARK) ? mark('object', plain) : plain
  }

  #wrapError(error: Error): unknown {
    const own: Record<string, unknown> = { ...error }
    if (error.cause !== undefined) own.cause = error.cause
    if (error instanceof AggregateError) own.errors = error.errors
    return mark('error', String(error.name), String(error.message), this.#wrapProperties(own))
  }

  #wrapAll(values: readonly unknown[]): unknown[] {
    this.#nodesLeft -= values.length
    if (this.#nodesLeft < 0) throw unstorable(this.#path, 'too large')
    return Array.from(values, (part, index) => this.#wrapPart(index, part))
  }

  #wrapPart(key: string | number, part: unknown): unknown {
    this.#path.push(key)
    const wrapped = this.wrap(part)
    this.#path.pop()
    return wrapped
  }
}

function mark(...content: unknown[]): unknown {
  return { [MARK]: content }
}

function unstorable(path: Path, what: string): CacheError {
  const where = path.length === 0 ? 'The value' : `The value at \`${path.join('.').slice(0, 120)}\``
  return new CacheError('ERR_VALUE', `${where} cannot be stored: it is ${what}.`)
}

/** Undoes `wrap`, in place. Throws when the parts are none that `wrap` makes. */
export function unwrap(value: unknown, depth: number = 0): unknown {
  if (typeof value !== 'object' || value === null) return value
  // A wrapped error or object takes two levels more than what it was made of.
  if (depth > 3 * MAX_DEPTH) throw malformed()
  if (Array.isArray(value)) return unwrapAll(value, 0, depth)
  if (isNative(value)) return value
  if (value instanceof Set) return new Set(unwrapAll([...value], 0, depth))
  if (!isPlainObject(value)) throw malformed()
  if (Object.hasOwn(value, MARK)) return unmark((value as Record<string, unknown>)[MARK], depth)
  return unwrapProperties(value as Record<string, unknown>, depth)
}

function unwrapAll(values: unknown[], from: number, depth: number): unknown[] {
  for (let i = from; i < values.length; i += 1) values[i] = unwrap(values[i], depth + 1)
  return values
}

function unwrapProperties(object: Record<string, unknown>, depth: number): object {
  for (const key of Object.keys(object)) {
    if (isForbiddenKey(key)) throw malformed()
    object[key] = unwrap(object[key], depth + 1)
  }
  return object
}

function unmark(content: unknown, depth: number): unknown {
  if (!Array.isArray(content)) throw malformed()
  switch (content[0]) {
    case '-0':
      return -0
    case 'text':
      return decodeText(content[1])
    case 'map':
      return new Map(pairs(unwrapAll(content, 1, depth), 1) as [unknown, unknown][])
    case 'object':
      return unmarkObject(content, depth)
    case 'error':
      return unmarkError(content, depth)
    default:
      throw malformed()
  }
}

function decodeText(bytes: unknown): string {
  if (!Buffer.isBuffer(bytes)) throw malformed()
  return bytes.toString('utf16le')
}

function unmarkObject(content: unknown[], depth: number): object {
  const object = unwrapProperties(plainPart(content[1]), depth)
  for (const [key, part] of pairs(unwrapAll(content, 2, depth), 2)) {
    if (typeof key !== 'string' || isForbiddenKey(key)) throw malformed()
    ;(object as Record<string, unknown>)[key] = part
  }
  return object
}

function pairs(content: unknown[], from: number): unknown[][] {
  if ((content.length - from) % 2 !== 0) throw malformed()
  const found: unknown[][] = []
  for (let i = from; i < content.length; i += 2) found.push([content[i], content[i + 1]])
  return found
}

const ERRORS: ReadonlyMap<unknown, ErrorConstructor> = new Map(
  [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError].map((type) => [
    type.name,
    type as ErrorConstructor,
  ]),
)

function unmarkError(content: unknown[], depth: number): Error {
  const [, name, message, own] = content
  if (typeof name !== 'string' || typeof message !== 'string') throw malformed()
  const parts = unwrap(plainPart(own), depth + 1) as Record<string, unknown>
  const error = makeError(name, message, parts.errors)
  for (const key of Object.keys(parts)) {
    const enumerable = key !== 'cause' && key !== 'errors'
    const value = parts[key]
    Object.defineProperty(error, key, { value, enumerable, writable: true, configurable: true })
  }
  return error
}

function makeError(name: string, message: string, errors: unknown): Error {
  const isAggregate = name === 'AggregateError' && Array.isArray(errors)
  const type = ERRORS.get(name) ?? Error
  const error = isAggregate ? new AggregateError(errors, message) : new type(message)
  if (error.name !== name) hide(error, 'name', name)
  // Ours would show where it was decoded, theirs would put paths of another process into Redis.
  hide(error, 'stack', `${name}: ${message}`)
  return error
}

function hide(error: Error, key: string, value: string): void {
  Object.defineProperty(error, key, {
    value,
    enumerable: false,
    writable: true,
    configurable: true,
  })
}

function plainPart(part: unknown): Record<string, unknown> {
  if (typeof part !== 'object' || part === null || !isPlainObject(part)) throw malformed()
  return part as Record<string, unknown>
}

function malformed(): TypeError {
  return new TypeError('The wrapped value is malformed.')
}
