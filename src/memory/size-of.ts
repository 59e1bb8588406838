/*
 * Estimates how much memory a value takes. JavaScript does not tell, so this walks the value once
 * and adds up what V8 uses for each part on a 64-bit machine. At most `MAX_NODES` parts are looked
 * at; from a larger collection a share is, and the rest is taken to be like it, so that estimating
 * costs a bounded time whatever is stored. Within about a third for ordinary data, which is what a
 * bound needs; give the store a `sizeOf` of your own where you know better.
 */

const POINTER = 8
const NUMBER = 8
const OBJECT = 24
const STRING = 24
const COLLECTION = 64
const COLLECTION_ENTRY = 32
const FUNCTION = 64
const MAX_NODES = 2_000
/** Of one object or array, no more members than this are looked at. */
const MAX_MEMBERS = 200
/** Telling one byte a character from two needs a look at them; the first ones must do. */
const LOOKED_AT = 256

/** Estimated bytes of `value`, everything that only it refers to included. */
export function sizeOf(value: unknown): number {
  if (typeof value === 'string') return sizeOfText(value)
  if (typeof value !== 'object' || value === null) return sizeOfPrimitive(value)
  return new Walk().sizeOf(value)
}

/** Bytes of a string: one a character while all are Latin-1, else two. */
export function sizeOfText(text: string): number {
  const isWide = /[\u0100-\uffff]/.test(text.length > LOOKED_AT ? text.slice(0, LOOKED_AT) : text)
  return STRING + (isWide ? 2 : 1) * text.length
}

function sizeOfPrimitive(value: unknown): number {
  if (typeof value === 'string') return sizeOfText(value)
  if (typeof value === 'bigint') return 2 * POINTER + Math.ceil(value.toString(16).length / 2)
  return typeof value === 'function' ? FUNCTION : NUMBER
}

class Walk {
  readonly #seen = new Set<object>()
  #nodesLeft = MAX_NODES

  sizeOf(value: unknown): number {
    if (typeof value !== 'object' || value === null) return sizeOfPrimitive(value)
    if (this.#seen.has(value) || this.#nodesLeft <= 0) return POINTER
    this.#seen.add(value)
    this.#nodesLeft -= 1
    if (ArrayBuffer.isView(value)) return COLLECTION + value.byteLength
    if (value instanceof ArrayBuffer || value instanceof SharedArrayBuffer) {
      return COLLECTION + value.byteLength
    }
    if (Array.isArray(value)) return OBJECT + this.#sizeOfArray(value)
    if (value instanceof Map) return COLLECTION + this.#sizeOfPairs(value)
    if (value instanceof Set) return COLLECTION + this.#sizeOfMembers(value, value.size)
    if (value instanceof Date) return COLLECTION
    return OBJECT + this.#sizeOfObject(value)
  }

  #sizeOfArray(array: readonly unknown[]): number {
    const step = Math.max(1, Math.floor(array.length / MAX_MEMBERS))
    let bytes = 0
    let count = 0
    for (let index = 0; index < array.length && count < MAX_MEMBERS; index += step) {
      bytes += POINTER + this.sizeOf(array[index])
      count += 1
    }
    return scaled(bytes, count, array.length)
  }

  #sizeOfPairs(map: ReadonlyMap<unknown, unknown>): number {
    let bytes = 0
    let count = 0
    for (const [key, value] of map) {
      if (count >= MAX_MEMBERS) break
      bytes += COLLECTION_ENTRY + this.sizeOf(key) + this.sizeOf(value)
      count += 1
    }
    return scaled(bytes, count, map.size)
  }

  #sizeOfMembers(members: Iterable<unknown>, size: number): number {
    let bytes = 0
    let count = 0
    for (const member of members) {
      if (count >= MAX_MEMBERS) break
      bytes += COLLECTION_ENTRY + this.sizeOf(member)
      count += 1
    }
    return scaled(bytes, count, size)
  }

  #sizeOfObject(object: object): number {
    const names = Object.keys(object)
    const count = Math.min(names.length, MAX_MEMBERS)
    let bytes = 0
    for (let index = 0; index < count; index++) {
      const property = Object.getOwnPropertyDescriptor(object, names[index] as string)
      bytes += POINTER + this.sizeOf(property?.value)
    }
    return scaled(bytes, count, names.length)
  }
}

/** What the whole takes if it is like the part that was looked at. */
function scaled(bytes: number, lookedAt: number, size: number): number {
  return lookedAt === 0 ? 0 : Math.round((bytes * size) / lookedAt)
}
