import { optionError } from './errors.ts'

/**
 * Refuses names that are not known, and says which one was probably meant.
 *
 * @throws {CacheError} ERR_OPTION
 */
export function checkNames(where: string, options: object, known: readonly string[]): void {
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue
    const near = known.find((each) => isNear(each, name))
    const advice = near === undefined ? `one of ${known.join(', ')}` : `'${near}'`
    throw optionError(`${where} option`, advice, name)
  }
}

/** The same letters but for case, order or one: a slip rather than another word. */
function isNear(known: string, given: string): boolean {
  const a = [...known.toLowerCase()].sort()
  const b = [...given.toLowerCase()].sort()
  if (Math.abs(a.length - b.length) > 2) return false
  const [short, long] = a.length < b.length ? [a, b] : [b, a]
  const rest = [...long]
  let missing = 0
  for (const letter of short) {
    const at = rest.indexOf(letter)
    if (at === -1) missing += 1
    else rest.splice(at, 1)
  }
  return missing <= 1
}
