import { type InputError, Problem } from './problem.ts'

interface Range {
  readonly min: number
  readonly max: number
}

const DAY = /^\d{4}-\d{2}-\d{2}$/

/**
 * Reads a query or a body field by field and collects what is wrong, so that one answer tells it
 * all. Readers return `undefined` for a field that is absent or wrong; `check` throws for the latter.
 */
export class Input {
  readonly #source: Readonly<Record<string, unknown>>
  readonly #errors: InputError[] = []

  /** @param source anything; what is no object has no fields */
  constructor(source: unknown) {
    const isRecord = typeof source === 'object' && source !== null && !Array.isArray(source)
    this.#source = isRecord ? (source as Record<string, unknown>) : {}
  }

  has(field: string): boolean {
    return this.#raw(field) !== undefined
  }

  text(field: string, { min, max }: Range): string | undefined {
    const raw = this.#raw(field)
    if (raw === undefined) return undefined
    const text = typeof raw === 'string' ? raw.trim() : ''
    if (typeof raw === 'string' && text.length >= min && text.length <= max && isPlain(text)) {
      return text
    }
    return this.fail(field, `Expected a text of ${min} to ${max} characters.`)
  }

  whole(field: string, { min, max }: Range): number | undefined {
    const raw = this.#raw(field)
    if (raw === undefined) return undefined
    const value = typeof raw === 'string' && /^\d{1,15}$/.test(raw) ? Number(raw) : raw
    if (Number.isInteger(value) && (value as number) >= min && (value as number) <= max) {
      return value as number
    }
    return this.fail(field, `Expected a whole number from ${min} to ${max}.`)
  }

  day(field: string): string | undefined {
    const raw = this.#raw(field)
    if (raw === undefined) return undefined
    if (typeof raw === 'string' && isDay(raw)) return raw
    return this.fail(field, 'Expected a day such as 2027-05-31.')
  }

  oneOf<Choice extends string>(field: string, choices: readonly Choice[]): Choice | undefined {
    const raw = this.#raw(field)
    if (raw === undefined) return undefined
    if (choices.includes(raw as Choice)) return raw as Choice
    return this.fail(field, `Expected one of ${choices.join(', ')}.`)
  }

  matching(field: string, pattern: RegExp, expected: string): string | undefined {
    const raw = this.#raw(field)
    if (raw === undefined) return undefined
    if (typeof raw === 'string' && pattern.test(raw)) return raw
    return this.fail(field, `Expected ${expected}.`)
  }

  list(field: string, max: number): readonly unknown[] | undefined {
    const raw = this.#raw(field)
    if (raw === undefined) return undefined
    if (Array.isArray(raw) && raw.length <= max) return raw
    return this.fail(field, `Expected a list of at most ${max}.`)
  }

  /** Makes a field that is absent an error. */
  required<Value>(field: string, value: Value | undefined): Value | undefined {
    if (value === undefined && !this.has(field)) this.fail(field, 'This is needed.')
    return value
  }

  fail(field: string, message: string): undefined {
    this.#errors.push({ field, message })
    return undefined
  }

  get errors(): readonly InputError[] {
    return this.#errors
  }

  /** @throws {Problem} 400, with all that was wrong */
  check(): void {
    if (this.#errors.length === 0) return
    const fields = this.#errors.map(({ field }) => field).join(', ')
    throw new Problem(400, 'Bad request', `Not understood: ${fields}.`, this.#errors)
  }

  #raw(field: string): unknown {
    const raw = Object.hasOwn(this.#source, field) ? this.#source[field] : undefined
    return raw === '' || raw === null ? undefined : raw
  }
}

/** PostgreSQL stores no NUL, and a lone surrogate is no text. */
function isPlain(text: string): boolean {
  return !text.includes('\0') && !/\p{Surrogate}/u.test(text)
}

function isDay(text: string): boolean {
  if (!DAY.test(text)) return false
  const time = Date.parse(`${text}T00:00:00Z`)
  // A 30th of February is rolled over by some parsers, refused by others.
  return Number.isFinite(time) && new Date(time).toISOString().startsWith(text)
}

/** A number in the path. */
export function idFrom(text: unknown, what: string): number {
  const id = typeof text === 'string' && /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  if (id > 0) return id
  throw new Problem(400, 'Bad request', `A ${what} has a number from 1 to 999999999.`)
}
