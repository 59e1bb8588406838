/** Why it failed. A code never changes its meaning; the sentence beside it may. */
export type CacheErrorCode =
  /** The cache was closed. Nothing can be read or written through it any more. */
  | 'ERR_CLOSED'
  /** The server or its set-up refuses us, and trying again will not help: credentials, rights, TLS. */
  | 'ERR_CONFIG'
  /** A key or its params cannot name an entry: a cycle, a function, a lone surrogate. */
  | 'ERR_KEY'
  /** The loader threw. Its error is the `cause`. */
  | 'ERR_LOAD'
  /** The loader took longer than `hardTimeout`, and no stale entry was there to serve. */
  | 'ERR_LOAD_TIMEOUT'
  /** An option has a value that cannot work. Thrown where the option is given, never later. */
  | 'ERR_OPTION'
  /** Too many loads wait for their turn already. See `maxQueuedLoads`. */
  | 'ERR_OVERLOAD'
  /** A store could not be reached or answered nonsense. Its error is the `cause`. */
  | 'ERR_STORE'
  /** A store did not answer within its time budget. */
  | 'ERR_STORE_TIMEOUT'
  /** A value cannot be stored: it cannot be encoded, or it is larger than allowed. */
  | 'ERR_VALUE'

/**
 * The one class that this library throws. Tell cases apart by `code`.
 *
 * @example
 * ```ts
 * try {
 *   return await users.get('1')
 * } catch (error) {
 *   if (isCacheError(error, 'ERR_LOAD_TIMEOUT')) return guest
 *   throw error
 * }
 * ```
 */
export class CacheError extends Error {
  override readonly name: string = 'CacheError'
  readonly code: CacheErrorCode

  constructor(code: CacheErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** Holds for an error from a second copy of this package too, where `instanceof` would not. */
export function isCacheError(error: unknown, code?: CacheErrorCode): error is CacheError {
  if (!(error instanceof Error) || error.name !== 'CacheError') return false
  return code === undefined || (error as CacheError).code === code
}

/** "Expected `ttl` to be a duration such as '5m', got 'soon'." */
export function optionError(option: string, expected: string, got: unknown): CacheError {
  return new CacheError('ERR_OPTION', `Expected \`${option}\` to be ${expected}, got ${show(got)}.`)
}

const SHOWN_LENGTH = 60

/** A value as a sentence can carry it: short, and never an object's contents. */
export function show(value: unknown): string {
  if (typeof value === 'string') {
    const text = value.length > SHOWN_LENGTH ? `${value.slice(0, SHOWN_LENGTH)}…` : value
    return `'${text}'`
  }
  if (typeof value === 'function') return 'a function'
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'object' && value !== null) return 'an object'
  if (typeof value === 'bigint') return `${value}n`
  return String(value)
}
