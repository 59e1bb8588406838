const DAY_MS = 86_400_000

/** A day as text, `'2026-11-30'`. Days have no time zone. */
export type Day = string

export function addDays(day: Day, count: number): Day {
  return new Date(Date.parse(day) + count * DAY_MS).toISOString().slice(0, 10)
}

/** How many nights lie between two days. */
export function nightsBetween(from: Day, to: Day): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS)
}

export function today(): Day {
  return new Date().toISOString().slice(0, 10)
}

export function firstOfMonth(day: Day): Day {
  return `${day.slice(0, 8)}01`
}
