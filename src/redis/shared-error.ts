import { CacheError } from '../base/errors.ts'

const MAX_MESSAGE = 500

/**
 * The error of a failed load as it travels to those who waited in other processes.
 *
 * @param isSecret leaves its text out: it may tell what entries are encrypted to hide
 */
export function encodeSharedError(error: Error, isSecret: boolean): string {
  const { name } = error
  const message = isSecret ? 'the reason is known there' : error.message.slice(0, MAX_MESSAGE)
  const code = (error as NodeJS.ErrnoException).code
  return JSON.stringify({ name, message, code })
}

/** Never throws: what cannot be read is still a failed load. */
export function decodeSharedError(text: string): CacheError {
  const { name, message, code } = parse(text)
  const cause = new Error(message)
  cause.name = name
  if (code !== undefined) (cause as NodeJS.ErrnoException).code = code
  const sentence = `The load failed in another process: ${message}`
  return new CacheError('ERR_LOAD', sentence, { cause })
}

function parse(text: string): { name: string; message: string; code: string | undefined } {
  let fields: { name?: unknown; message?: unknown; code?: unknown } = {}
  try {
    fields = Object(JSON.parse(text))
  } catch {
    // Treated like an error without a word.
  }
  const code = typeof fields.code === 'string' ? fields.code : undefined
  return {
    name: String(fields.name ?? 'Error'),
    message: String(fields.message ?? 'no reason was given'),
    code,
  }
}
