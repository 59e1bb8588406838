/*
 * Freezes what a cache hands out by reference, so that a caller who changes it learns so at once,
 * in development, and not from another caller in production.
 *
 * Frozen are plain objects and arrays, at any depth. Left as they are: instances of classes (their
 * methods may have to change them), Map, Set and Date (freezing would not stop their methods),
 * buffers and typed arrays (the language forbids it), functions, and what getters return (calling
 * them could do anything).
 */
export function deepFreeze<T>(value: T): T {
  const seen = new Set<object>()
  const open: unknown[] = [value]
  while (open.length > 0) {
    const next = open.pop()
    if (!isFreezable(next) || seen.has(next)) continue
    seen.add(next)
    for (const key of Reflect.ownKeys(next)) {
      const property = Object.getOwnPropertyDescriptor(next, key)
      if (property !== undefined && 'value' in property) open.push(property.value)
    }
    Object.freeze(next)
  }
  return value
}

function isFreezable(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  if (Array.isArray(value)) return true
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
