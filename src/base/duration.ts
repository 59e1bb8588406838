import { optionError } from './errors.ts'

const MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Milliseconds, or a number with its unit: `500`, `'500ms'`, `'30s'`, `'5m'`, `'1h'`, `'7d'`. */
export type Duration = number | `${number}${keyof typeof MS}`

const BYTES = { b: 1, kb: 1_024, mb: 1_048_576, gb: 1_073_741_824 }

/** Bytes, or a number with its unit: `4096`, `'64kb'`, `'64mb'`, `'1gb'`. */
export type ByteSize = number | `${number}${keyof typeof BYTES}`

/**
 * Reads a duration at the border; inside, times are numbers that end in `Ms`.
 *
 * @param option named in the error
 * @throws {CacheError} ERR_OPTION when it is no duration, negative, or not finite
 */
export function toMs(option: string, value: Duration): number {
  const ms = measure(value, MS)
  if (ms === undefined) throw optionError(option, "a duration such as 500, '30s' or '5m'", value)
  return ms
}

/**
 * Reads a size at the border.
 *
 * @throws {CacheError} ERR_OPTION when it is no size, negative, or not finite
 */
export function toBytes(option: string, value: ByteSize): number {
  const bytes = measure(value, BYTES)
  if (bytes === undefined) throw optionError(option, "a size such as 4096, '64kb' or '64mb'", value)
  return Math.floor(bytes)
}

function measure(value: unknown, units: Readonly<Record<string, number>>): number | undefined {
  const amount = typeof value === 'number' ? value : fromText(value, units)
  return amount !== undefined && Number.isFinite(amount) && amount >= 0 ? amount : undefined
}

function fromText(value: unknown, units: Readonly<Record<string, number>>): number | undefined {
  if (typeof value !== 'string' || value.length > 40) return undefined
  const match = /^(\d+(?:\.\d+)?)([a-z]+)$/.exec(value)
  const unit = match?.[2]
  if (!match || unit === undefined || !Object.hasOwn(units, unit)) return undefined
  return Number(match[1]) * (units[unit] as number)
}
