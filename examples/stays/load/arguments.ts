import { parseArgs } from 'node:util'

/** What a run can be told on the command line. */
export interface LoadOptions {
  /** How long each pass is measured. */
  readonly seconds: number
  /** How long it is sent the same kind of traffic before that. */
  readonly warmUp: number
  /** How many visitors click at the same time. */
  readonly visitors: number
  readonly seed: number
}

export function readArguments(words: readonly string[]): LoadOptions {
  const { values } = parseArgs({
    args: [...words],
    options: {
      seconds: { type: 'string', default: '20' },
      'warm-up': { type: 'string', default: '30' },
      visitors: { type: 'string', default: '8' },
      seed: { type: 'string', default: '1' },
    },
  })
  return {
    seconds: whole('seconds', values.seconds, 3_600),
    warmUp: whole('warm-up', values['warm-up'], 3_600),
    visitors: whole('visitors', values.visitors, 256),
    seed: whole('seed', values.seed, 2 ** 31),
  }
}

function whole(name: string, text: string, max: number): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 1 && value <= max) return value
  throw new Error(`Expected --${name} to be a whole number from 1 to ${max}, got '${text}'.`)
}
