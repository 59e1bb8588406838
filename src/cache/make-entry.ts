import { toMs } from '../base/duration.ts'
import { CacheError, show } from '../base/errors.ts'
import type { Entry } from '../store/entry.ts'
import { isWellFormed } from '../store/text.ts'
import type { LoadNotes } from './load-context.ts'
import type { Policy } from './options.ts'

const MAX_TAGS = 128
const MAX_TAG_LENGTH = 512

export interface EntryParts {
  readonly value: unknown
  readonly policy: Policy
  readonly tags: readonly string[]
  readonly stamp: number
  readonly now: number
  readonly loadMs: number
  /** Uniform in [0, 1): shortens the ttl by its share of the jitter. */
  readonly chance: number
  /** What the loader decided, if there was one. */
  readonly notes?: LoadNotes
}

/**
 * The entry that a value becomes, or undefined where it must not be stored.
 *
 * @throws {CacheError} ERR_OPTION when the loader chose a ttl or a tag that cannot work
 */
export function makeEntry(parts: EntryParts): Entry | undefined {
  const { value, policy, notes, now } = parts
  if (notes?.isSkipped) return undefined
  const usualMs = value === null || value === undefined ? policy.negativeTtlMs : policy.ttlMs
  const ttlMs = notes?.ttl === undefined ? usualMs : toMs('ctx.ttl', notes.ttl)
  if (ttlMs === 0) return undefined
  const graceMs = notes?.grace === undefined ? policy.graceMs : toMs('ctx.grace', notes.grace)
  // Whole milliseconds: memory keeps them in half the space.
  const freshUntil = Math.floor(now + ttlMs * (1 - policy.jitter * parts.chance))
  return {
    value,
    createdAt: Math.floor(now),
    freshUntil,
    staleUntil: freshUntil + graceMs,
    loadMs: Math.round(parts.loadMs),
    tags: checkTags([...parts.tags, ...(notes?.tags ?? [])]),
    stamp: parts.stamp,
  }
}

/**
 * Tags as they are stored: each once.
 *
 * @throws {CacheError} ERR_OPTION when one is no tag, or they are too many for an entry
 */
export function checkTags(tags: readonly string[]): readonly string[] {
  if (tags.length === 0) return NO_TAGS
  for (const tag of tags) checkTag(tag)
  const once = [...new Set(tags)]
  if (once.length > MAX_TAGS) {
    throw new CacheError('ERR_OPTION', `An entry can have ${MAX_TAGS} tags, not ${once.length}.`)
  }
  return once
}

/** @throws {CacheError} ERR_OPTION */
export function checkTag(tag: unknown): void {
  const isTag = typeof tag === 'string' && tag.length > 0 && tag.length <= MAX_TAG_LENGTH
  if (isTag && isWellFormed(tag)) return
  const expected = `1 to ${MAX_TAG_LENGTH} characters of well-formed Unicode`
  throw new CacheError('ERR_OPTION', `Expected a tag to be ${expected}, got ${show(tag)}.`)
}

const NO_TAGS: readonly string[] = Object.freeze([])
