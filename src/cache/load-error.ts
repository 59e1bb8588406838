import { CacheError, isCacheError } from '../base/errors.ts'

/** What a loader threw, as callers get it: ERR_LOAD with the cause; our own refusals as they are. */
export function loadError(definition: string, error: unknown): CacheError {
  for (const code of ['ERR_OVERLOAD', 'ERR_CLOSED', 'ERR_LOAD_TIMEOUT'] as const) {
    if (isCacheError(error, code)) return error
  }
  return new CacheError('ERR_LOAD', `The loader of '${definition}' failed: ${reasonOf(error)}`, {
    cause: error,
  })
}

/** Anything can be thrown, and reading it can throw again. */
function reasonOf(error: unknown): string {
  try {
    return error instanceof Error ? String(error.message) : String(error)
  } catch {
    return 'it threw something without a text'
  }
}
