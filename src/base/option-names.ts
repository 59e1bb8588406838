import { optionError } from './errors.ts'

/**
 * Refuses names that are not known, and says which one was probably meant.
 *
 * @throws {CacheError} ERR_OPTION
 */
export function checkNames(where: string, options: object, known: readonly string[]): void {
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue
    const near = nearest(known, name)
    const advice = near === undefined ? `one of ${known.join(', ')}` : `'${near}'`
    throw optionError(`${where} option`, advice, name)
  }
}

/** @throws {CacheError} ERR_OPTION unless it is a whole number of at least 1 */
export function checkCount(option: string, value: unknown): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1) return value
  throw optionError(option, 'a whole number of at least 1', value)
}

/** A slip of two letters at most is a slip; more is another word. */
const MAX_SLIPS = 2

function nearest(known: readonly string[], given: string): string | undefined {
  const [best] = known
    .map((name) => ({ name, slips: slips(name, given) }))
    .sort((a, b) => a.slips - b.slips)
  return best && best.slips <= MAX_SLIPS ? best.name : undefined
}

/** How many letters one has and the other has not; case and order do not count. */
function slips(known: string, given: string): number {
  const rest = [...given.toLowerCase()]
  let missing = 0
  for (const letter of known.toLowerCase()) {
    const at = rest.indexOf(letter)
    if (at === -1) missing += 1
    else rest.splice(at, 1)
  }
  return missing + rest.length
}
