import { CacheError } from '../base/errors.ts'

/**
 * What follows from an error of the server or the connection.
 *
 * - `config`: we are refused altogether; trying again will not help until somebody changes something
 * - `denied`: this one command is not allowed to us; the others may be
 * - `relocate`: this server is no longer the right one; connect anew
 * - `memory`: it refuses writes for lack of memory; reads and deletes still work
 * - `unavailable`: it cannot answer for now
 * - `command`: this one command failed; the server is well
 */
export type FailureKind = 'config' | 'denied' | 'relocate' | 'memory' | 'unavailable' | 'command'

const BY_REPLY: readonly (readonly [RegExp, FailureKind])[] = [
  [/^(NOAUTH|WRONGPASS|DENIED)\b|invalid password|DB index/i, 'config'],
  [/^NOPERM\b|^ERR (The user executing the script can't|ACL failure in script)/, 'denied'],
  [/^READONLY\b|^UNBLOCKED\b/, 'relocate'],
  [/^OOM\b/, 'memory'],
  [/^(LOADING|BUSY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|NOREPLICAS|MISCONF)\b/, 'unavailable'],
  [/max number of clients/, 'unavailable'],
]

/** Codes with which Node refuses a certificate, and alerts with which a server refuses ours. */
const TLS_CODES =
  /^(CERT_|ERR_TLS_|ERR_SSL_|EPROTO$|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_|HOSTNAME_MISMATCH)/

export function classify(error: unknown): FailureKind {
  const { message, code, isReply } = describe(error)
  if (TLS_CODES.test(code)) return 'config'
  for (const [pattern, kind] of BY_REPLY) if (pattern.test(message)) return kind
  return isReply ? 'command' : 'unavailable'
}

/** The error as the user sees it: our class, the root cause kept, nothing secret in the sentence. */
export function storeError(error: unknown, doing: string): CacheError {
  if (error instanceof CacheError) return error
  const { message, code } = describe(error)
  const kind = classify(error)
  const reason = `${code === '' ? '' : `${code}: `}${message}`
  const isConfig = kind === 'config' || kind === 'denied'
  const advice = isConfig ? ` ${adviceFor(kind, message, code)}` : ''
  return new CacheError(
    isConfig ? 'ERR_CONFIG' : 'ERR_STORE',
    `Redis: ${doing} failed: ${reason}.${advice}`.trimEnd(),
    { cause: withoutArguments(error) },
  )
}

function describe(error: unknown): { message: string; code: string; isReply: boolean } {
  if (!(error instanceof Error)) return { message: String(error), code: '', isReply: false }
  const code = (error as NodeJS.ErrnoException).code ?? ''
  const message = error.message.replace(/\.+$/, '') || error.name
  return { message, code: String(code), isReply: error.name === 'ReplyError' }
}

function adviceFor(kind: FailureKind, message: string, code: string): string {
  if (kind === 'denied') return 'Give the user this right (see docs/redis.md, "Rights").'
  if (/^(NOAUTH|WRONGPASS)|password/i.test(message)) return 'Check the user name and the password.'
  if (/DB index/i.test(message)) return 'Choose a database that the server has.'
  if (code !== '') return 'Check the TLS options: ca, cert, key, servername.'
  return ''
}

/** ioredis hangs the command with its arguments on the error: keys, values, passwords. */
function withoutArguments(error: unknown): unknown {
  if (error instanceof Error && 'command' in error) delete error.command
  return error
}
