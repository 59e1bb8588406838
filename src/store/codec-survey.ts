import { isWellFormed } from './text.ts'

/*
 * One walk over a value tells which way of encoding keeps it exactly; after decoding, the same walk
 * tells whether what came out could have been encoded that way. About 6 ns a property.
 *
 * No set of visited objects: a cycle runs into the limit of depth, and objects that are shared so
 * often that a tree of them would never end run into the limit of nodes.
 */

/** What a value consists of, as bits; 0 is what JSON keeps exactly. */
export const PLAIN = 0
/** Dates, sets, binary data, undefined, big integers, NaN and infinities: MessagePack keeps them. */
export const NATIVE = 1
/** Something that has to be wrapped first, or that cannot be stored at all. */
export const SPECIAL = 2

export const MAX_DEPTH = 512
export const MAX_NODES: number = 2 ** 25

const NATIVE_PROTOTYPES: ReadonlySet<unknown> = new Set([
  Date.prototype,
  Buffer.prototype,
  ArrayBuffer.prototype,
  DataView.prototype,
  Int8Array.prototype,
  Uint8Array.prototype,
  Uint8ClampedArray.prototype,
  Int16Array.prototype,
  Uint16Array.prototype,
  Int32Array.prototype,
  Uint32Array.prototype,
  Float32Array.prototype,
  Float64Array.prototype,
  BigInt64Array.prototype,
  BigUint64Array.prototype,
])

/** Whether the object is a date or binary data, of exactly that class. */
export function isNative(value: object): boolean {
  return NATIVE_PROTOTYPES.has(Object.getPrototypeOf(value))
}

/** Whether the object is a plain one: `{}`, or made without a prototype. */
export function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/**
 * msgpackr turns a key `__proto__` into `__proto_`, so that neither can be kept. Reading the first
 * would be worse: assigned by careless code, it replaces a prototype.
 */
export function isForbiddenKey(key: string): boolean {
  return key === '__proto__' || key === '__proto_'
}

/** A text that UTF-8 or a decoder would alter: a lone surrogate, a leading byte order mark. */
export function isOddText(text: string): boolean {
  return text.charCodeAt(0) === 0xfeff || !isWellFormed(text)
}

let nodesLeft = 0

/** The bits of all that the value contains, but for odd texts: see `hasOddText`. */
export function survey(value: unknown): number {
  nodesLeft = MAX_NODES
  return look(value, 0)
}

/**
 * Whether a value that `survey` found not special contains an odd text. Asking each of its strings
 * costs as much as all the rest; the bytes of the packed value tell most values that need not be
 * asked (0.01 µs): a surrogate begins with 0xed in UTF-8, byte order mark and U+FFFD with 0xef.
 */
export function hasOddText(value: unknown, packed: Buffer): boolean {
  return (packed.indexOf(0xed) >= 0 || packed.indexOf(0xef) >= 0) && containsOddText(value)
}

function containsOddText(value: unknown): boolean {
  if (typeof value === 'string') return isOddText(value)
  if (typeof value !== 'object' || value === null || isNative(value)) return false
  if (Array.isArray(value) || value instanceof Set) return [...value].some(containsOddText)
  for (const [key, part] of Object.entries(value)) {
    if (isOddText(key) || containsOddText(part)) return true
  }
  return false
}

function look(value: unknown, depth: number): number {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return PLAIN
    case 'number':
      return lookAtNumber(value)
    case 'undefined':
    case 'bigint':
      return NATIVE
    case 'object':
      return value === null ? PLAIN : lookInside(value, depth)
    default:
      return SPECIAL
  }
}

function lookAtNumber(value: number): number {
  if (value - value !== 0) return NATIVE
  // msgpackr writes -0 as 0.
  return value === 0 && 1 / value < 0 ? SPECIAL : PLAIN
}

function lookInside(value: object, depth: number): number {
  nodesLeft -= 1
  if (depth >= MAX_DEPTH || nodesLeft < 0) return SPECIAL
  if (Array.isArray(value)) return lookAtArray(value, depth + 1)
  if (isPlainObject(value)) return lookAtObject(value as Record<string, unknown>, depth + 1)
  if (isNative(value)) return NATIVE
  if (Object.getPrototypeOf(value) === Set.prototype) {
    return NATIVE | lookAtArray([...(value as Set<unknown>)], depth + 1)
  }
  return SPECIAL
}

function lookAtArray(values: readonly unknown[], depth: number): number {
  nodesLeft -= values.length
  if (nodesLeft < 0) return SPECIAL
  let found = PLAIN
  for (let i = 0; i < values.length; i += 1) {
    found |= look(values[i], depth)
    if (found >= SPECIAL) return found
  }
  return found
}

function lookAtObject(object: Record<string, unknown>, depth: number): number {
  let found = PLAIN
  for (const key in object) {
    if (isForbiddenKey(key)) return SPECIAL
    found |= look(object[key], depth)
    if (found >= SPECIAL) return found
  }
  return found
}
