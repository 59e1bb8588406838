import { optionError } from '../base/errors.ts'
import type { Change } from '../store/invalidation-log.ts'
import { entryPath } from '../store/key.ts'
import { isWellFormed } from '../store/text.ts'
import type { Collection } from './collection.ts'
import { checkTag } from './make-entry.ts'
import type { Realm } from './realm.ts'
import type { Scope } from './scope.ts'

/** What became of an invalidation, a delete or a write. */
export interface Applied {
  /**
   * `'all'`: it holds in every tier and for every process. `'local'`: the shared tier could not be
   * reached; it holds in this process, and is sent before the shared tier is used again.
   */
  readonly applied: 'all' | 'local'
  /**
   * For `get(…, { after: number })` in any process. Undefined when it was applied locally, and for
   * writes, which are not numbered.
   */
  readonly number: number | undefined
}

const MAX_PATTERN_LENGTH = 512

/** @throws {CacheError} ERR_OPTION, ERR_CLOSED */
export function invalidateTags(scope: Scope, tags: readonly string[]): Promise<Applied> {
  if (!Array.isArray(tags)) throw optionError('tags', 'an array of tags', tags)
  for (const tag of tags) checkTag(tag)
  const once = [...new Set(tags)]
  return apply(scope, { kind: 'tags', tags: once }, 'tags', once)
}

/** @throws {CacheError} ERR_OPTION, ERR_CLOSED */
export function invalidatePattern(scope: Scope, pattern: string): Promise<Applied> {
  const length = typeof pattern === 'string' ? pattern.length : 0
  if (length === 0 || length > MAX_PATTERN_LENGTH || !isWellFormed(pattern)) {
    throw optionError('pattern', `1 to ${MAX_PATTERN_LENGTH} characters, * for any`, pattern)
  }
  return apply(scope, { kind: 'pattern', pattern }, 'pattern', [pattern])
}

/** @throws {CacheError} ERR_CLOSED */
export function clear(scope: Scope): Promise<Applied> {
  return apply(scope, { kind: 'clear' }, 'clear', [])
}

/** Deletes entries in every tier, and makes loads that are under way begin anew. */
export async function deleteKeys(
  collection: Collection,
  keys: readonly string[],
): Promise<Applied> {
  const { scope } = collection
  scope.checkOpen()
  const drop = (): void => {
    for (const key of keys) dropKey(collection, key)
  }
  const number = await settle(scope, drop, () => collection.shared?.delete(keys))
  return done(scope, 'delete', paths(collection, keys), number)
}

/** Makes entries stale in every tier; they stay for their grace, and go if they have none. */
export async function expireKeys(
  collection: Collection,
  keys: readonly string[],
): Promise<Applied> {
  const { scope } = collection
  scope.checkOpen()
  const expire = (): void => {
    for (const key of keys) expireKey(collection, key)
  }
  const number = await settle(scope, expire, () => collection.shared?.expire(keys))
  return done(scope, 'expire', paths(collection, keys), number)
}

async function apply(
  scope: Scope,
  change: Change,
  kind: 'tags' | 'pattern' | 'clear',
  targets: readonly string[],
): Promise<Applied> {
  scope.checkOpen()
  scope.dropLocal(change)
  if (!scope.shared) return done(scope, kind, targets, scope.log.record(change))
  const number = await scope.shared.invalidate(change)
  if (number === undefined) {
    // Nothing has a number that could tell which loads began too early, so none may be kept.
    scope.voidAll()
    scope.dropLocal(change)
  }
  return done(scope, kind, targets, number)
}

/**
 * Applies a change of keys here, in the shared tier, and here once more: an answer that was given
 * before the change may have come in meanwhile, and nobody tells us of our own changes.
 */
async function settle(
  scope: Realm,
  applyHere: () => void,
  applyThere: () => Promise<number | undefined> | undefined,
): Promise<number | undefined> {
  applyHere()
  const shared = applyThere()
  if (!shared) return scope.log.record({ kind: 'none' })
  const number = await shared
  applyHere()
  return number
}

function dropKey(collection: Collection, key: string): void {
  collection.voidKey(key)
  collection.local.delete(key)
}

function expireKey(collection: Collection, key: string): void {
  collection.voidKey(key)
  const entry = collection.local.get(key)
  if (!entry) return
  const hasGrace = entry.freshUntil < entry.staleUntil
  if (hasGrace) collection.local.set(key, { ...entry, freshUntil: 0 })
  else collection.local.delete(key)
}

function done(
  scope: Realm,
  kind: 'delete' | 'expire' | 'tags' | 'pattern' | 'clear',
  targets: readonly string[],
  number: number | undefined,
): Applied {
  if (scope.events.wants('invalidate')) {
    scope.events.emit('invalidate', { kind, targets, origin: 'local', number })
  }
  return { applied: number === undefined ? 'local' : 'all', number }
}

function paths({ name }: Collection, keys: readonly string[]): readonly string[] {
  return keys.map((key) => entryPath(name, key))
}
