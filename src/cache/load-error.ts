import { CacheError, isCacheError } from '../base/errors.ts'

/** What a loader threw, as callers get it: ERR_LOAD with the cause; our own refusals as they are. */
export function loadError(definition: string, error: unknown): CacheError {
  if (isCacheError(error, 'ERR_OVERLOAD') || isCacheError(error, 'ERR_CLOSED')) return error
  const reason = error instanceof Error ? error.message : String(error)
  return new CacheError('ERR_LOAD', `The loader of '${definition}' failed: ${reason}`, {
    cause: error,
  })
}
