import { CacheError } from '../base/errors.ts'
import { isWellFormed } from './text.ts'

/** The tags of an envelope: each as its length, a u16, and its UTF-8. */

const MAX_TAG_BYTES = 0xffff
const NO_TAGS: readonly string[] = Object.freeze([])

/** The tags between two places, or undefined when their lengths do not end where they do. */
export function readTags(bytes: Buffer, from: number, end: number): readonly string[] | undefined {
  const count = countTags(bytes, from, end)
  if (count === undefined) return undefined
  if (count === 0) return NO_TAGS
  // One text for all of them, if all are ASCII: asking for each costs more than cutting them out.
  const all = bytes.toString('utf8', from, end)
  const isAscii = all.length === end - from
  const tags = new Array<string>(count)
  let start = from + 2
  for (let i = 0; i < count; i += 1) {
    const tagEnd = start + readLength(bytes, start - 2)
    tags[i] = isAscii
      ? all.slice(start - from, tagEnd - from)
      : bytes.toString('utf8', start, tagEnd)
    start = tagEnd + 2
  }
  return tags
}

function countTags(bytes: Buffer, from: number, end: number): number | undefined {
  let count = 0
  let at = from
  for (; at + 2 <= end; count += 1) at += 2 + readLength(bytes, at)
  return at === end ? count : undefined
}

function readLength(bytes: Buffer, at: number): number {
  return (bytes[at] as number) | ((bytes[at + 1] as number) << 8)
}

/** Writes all tags, from the given place on. */
export function writeTags(envelope: Buffer, from: number, tags: readonly string[]): void {
  let at = from
  for (let i = 0; i < tags.length; i += 1) {
    const tag = tags[i] as string
    const bytes = isAscii(tag) ? writeAscii(envelope, tag, at + 2) : envelope.write(tag, at + 2)
    envelope[at] = bytes
    envelope[at + 1] = bytes >> 8
    at += 2 + bytes
  }
}

/**
 * How many bytes `writeTags` needs.
 *
 * @throws {CacheError} ERR_VALUE when a tag is too long or not well-formed
 */
export function measureTags(tags: readonly string[]): number {
  let bytes = 0
  for (let i = 0; i < tags.length; i += 1) bytes += 2 + tagLength(tags[i] as string)
  return bytes
}

function tagLength(tag: string): number {
  const bytes = isAscii(tag) ? tag.length : Buffer.byteLength(tag)
  if (bytes > MAX_TAG_BYTES || !isWellFormed(tag)) {
    throw new CacheError('ERR_VALUE', 'A tag of an entry is too long or not well-formed Unicode.')
  }
  return bytes
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) if (text.charCodeAt(i) > 0x7f) return false
  return true
}

/** For the dozen characters that a tag or epoch has, cheaper than a call out of JavaScript. */
export function writeAscii(envelope: Buffer, text: string, at: number): number {
  for (let i = 0; i < text.length; i += 1) envelope[at + i] = text.charCodeAt(i)
  return text.length
}
