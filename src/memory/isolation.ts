import { CacheError } from '../base/errors.ts'
import { deepFreeze } from './freeze.ts'
import type { ResolvedMemoryOptions } from './options.ts'

/** What is done to a value on its way in. */
export function takeIn(value: unknown, options: ResolvedMemoryOptions): unknown {
  if (options.isolation === 'copy') return copyOf(value)
  return options.freeze ? deepFreeze(value) : value
}

/**
 * @throws {CacheError} ERR_VALUE when the value cannot be copied: it holds a function, a class
 *   with private state or the like
 */
export function copyOf(value: unknown): unknown {
  if (typeof value !== 'function' && (typeof value !== 'object' || value === null)) return value
  try {
    return structuredClone(value)
  } catch (cause) {
    const message = 'Expected a value that `structuredClone` can copy, as `isolation` is `copy`.'
    throw new CacheError('ERR_VALUE', message, { cause })
  }
}
