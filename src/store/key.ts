import { optionError } from '../base/errors.ts'

/*
 * The names of entries in Redis: `<namespace>:<definition>:{<key text>}`, and the same with `:l` for
 * the lease. The braces are a hash tag, so that both lie in one slot of a cluster: the slot is that
 * of the text between the first `{` and the next `}`, hence a key text begins with no `}`.
 *
 * The form can be read in one way only. Neither namespace nor definition contains a brace, a
 * definition contains no colon, and an entry ends with `}` where a lease ends with `:l`, whatever
 * the key text contains.
 */

const LEASE_SUFFIX = ':l'
const MAX_NAME_LENGTH = 64
const NAMESPACE = /^[A-Za-z0-9._-]+(?::[A-Za-z0-9._-]+)*$/
const NAME = /^[A-Za-z0-9._-]+$/

/** The definition of entries that were stored by key alone, with `cache.set` and its like. */
export const KEY_VALUE_DEFINITION = 'kv'

/** Where an entry is. */
export interface EntryName {
  readonly definition: string
  readonly keyText: string
  readonly kind: 'entry' | 'lease'
}

/** @param keyText see `keyText` */
export function entryKey(namespace: string, definition: string, keyText: string): string {
  return `${namespace}:${definition}:{${keyText}}`
}

/** The lease of an entry, both as whole Redis keys. Lies in the entry's slot. */
export function leaseOf(entry: string): string {
  return entry + LEASE_SUFFIX
}

/** The entry of a lease: the inverse of `leaseOf`. */
export function entryOf(lease: string): string {
  return lease.slice(0, -LEASE_SUFFIX.length)
}

export function leaseKey(namespace: string, definition: string, keyText: string): string {
  return leaseOf(entryKey(namespace, definition, keyText))
}

/** The inverse of `entryKey` and `leaseKey`; `undefined` for keys that are neither. */
export function parseEntryKey(redisKey: string, namespace: string): EntryName | undefined {
  const nameAt = namespace.length + 1
  if (!redisKey.startsWith(namespace) || redisKey[nameAt - 1] !== ':') return undefined
  const nameEnd = redisKey.indexOf(':', nameAt)
  if (nameEnd <= nameAt || redisKey[nameEnd + 1] !== '{') return undefined
  const definition = redisKey.slice(nameAt, nameEnd)
  if (!isName(definition)) return undefined

  const kind = redisKey.endsWith('}') ? 'entry' : 'lease'
  if (kind === 'lease' && !redisKey.endsWith(`}${LEASE_SUFFIX}`)) return undefined
  const textEnd = redisKey.length - (kind === 'lease' ? LEASE_SUFFIX.length : 0) - 1
  const keyText = redisKey.slice(nameEnd + 2, textEnd)
  const isPossible = keyText !== '' && !keyText.startsWith('}')
  return isPossible ? { definition, keyText, kind } : undefined
}

/** What patterns see of an entry: `<definition>:<key text>`, or the key text alone. */
export function entryPath(definition: string, keyText: string): string {
  return definition === KEY_VALUE_DEFINITION ? keyText : `${definition}:${keyText}`
}

/** @throws {CacheError} ERR_OPTION */
export function validateNamespace(namespace: unknown): string {
  if (typeof namespace === 'string' && namespace.length <= MAX_NAME_LENGTH) {
    if (NAMESPACE.test(namespace)) return namespace
  }
  const expected = "1 to 64 letters, digits, '.', '_' or '-', with ':' between parts"
  throw optionError('namespace', expected, namespace)
}

/** Checks the name of a definition. @throws {CacheError} ERR_OPTION */
export function validateName(name: unknown): string {
  if (typeof name === 'string' && isName(name)) return name
  throw optionError('name', "1 to 64 letters, digits, '.', '_' or '-'", name)
}

function isName(text: string): boolean {
  return text.length <= MAX_NAME_LENGTH && NAME.test(text)
}
