/*
 * Patterns over the paths of entries, as in `product-search:*`: `*` is any text, `?` one UTF-16
 * unit, `\` makes the next character a literal one. Brackets are literal too, since key texts of
 * arrays contain them.
 *
 * A pattern is split at its stars once. What lies before the first must begin the text, what lies
 * after the last must end it; of the parts between, the leftmost place of each is the best one, so
 * that nothing is ever tried again: the time is at most (length of text × length of pattern),
 * whatever a hostile pattern looks like. A RegExp made of it would need exponential time for some.
 */

import { CacheError } from '../base/errors.ts'

/** Longer ones are a mistake, or an attack. */
const MAX_PATTERN_LENGTH = 1_024

/** A stretch without stars: UTF-16 units, `ANY` for a question mark; as text where it has none. */
interface Part {
  readonly units: readonly number[]
  readonly literal: string | undefined
}

const ANY = -1
const STAR = 0x2a
const QUESTION = 0x3f
const BACKSLASH = 0x5c

/** A text as a pattern, or a part of one, that matches it only: here and in Redis' `MATCH`. */
export function escapeGlob(text: string): string {
  return text.replace(/[*?[\]^\\]/g, '\\$&')
}

/**
 * Whether a text matches, asked many times.
 *
 * @throws {CacheError} ERR_KEY when the pattern is longer than 1 024 characters
 */
export function compilePattern(pattern: string): (text: string) => boolean {
  const [first, ...rest] = split(pattern)
  const last = rest.pop()
  if (!first) return () => false
  if (!last) return (text) => text.length === first.units.length && matchesAt(text, first, 0)
  const middle = rest.filter(({ units }) => units.length > 0)
  const shortest = [first, ...middle, last].reduce((sum, { units }) => sum + units.length, 0)

  return function matches(text: string): boolean {
    if (text.length < shortest || !matchesAt(text, first, 0)) return false
    const end = text.length - last.units.length
    if (!matchesAt(text, last, end)) return false
    let at = first.units.length
    for (const part of middle) {
      at = find(text, part, at, end)
      if (at < 0) return false
      at += part.units.length
    }
    return true
  }
}

/** Whether `compilePattern` takes it. */
export function canCompile(pattern: string): boolean {
  return pattern.length <= MAX_PATTERN_LENGTH
}

/** The text that everything the pattern matches begins with. */
export function patternPrefix(pattern: string): string {
  const units = split(pattern)[0]?.units ?? []
  const wild = units.indexOf(ANY)
  return String.fromCharCode(...(wild < 0 ? units : units.slice(0, wild)))
}

function split(pattern: string): Part[] {
  if (pattern.length > MAX_PATTERN_LENGTH) {
    throw new CacheError(
      'ERR_KEY',
      `A pattern has at most ${MAX_PATTERN_LENGTH} characters, this one has ${pattern.length}.`,
    )
  }
  const parts: number[][] = [[]]
  for (let i = 0; i < pattern.length; i += 1) {
    const unit = pattern.charCodeAt(i)
    if (unit === STAR) parts.push([])
    else if (unit === QUESTION) parts.at(-1)?.push(ANY)
    else if (unit === BACKSLASH && i + 1 < pattern.length) {
      i += 1
      parts.at(-1)?.push(pattern.charCodeAt(i))
    } else parts.at(-1)?.push(unit)
  }
  return parts.map((units) => {
    const literal = units.includes(ANY) ? undefined : String.fromCharCode(...units)
    return { units, literal }
  })
}

function matchesAt(text: string, part: Part, at: number): boolean {
  if (part.literal !== undefined) return text.startsWith(part.literal, at)
  const { units } = part
  if (at + units.length > text.length) return false
  for (let i = 0; i < units.length; i += 1) {
    if (units[i] !== ANY && units[i] !== text.charCodeAt(at + i)) return false
  }
  return true
}

/** The first place of a part that ends at `end` or before, or -1. */
function find(text: string, part: Part, from: number, end: number): number {
  const lastStart = end - part.units.length
  if (part.literal !== undefined) {
    const at = text.indexOf(part.literal, from)
    return at <= lastStart ? at : -1
  }
  for (let at = from; at <= lastStart; at += 1) if (matchesAt(text, part, at)) return at
  return -1
}
