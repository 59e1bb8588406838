import { addDays, type Day } from './days.ts'

export type Season = 'low' | 'mid' | 'high' | 'holiday'
export type Hemisphere = 'north' | 'south'

/** What a night costs in each season, as a share of the base price. */
export const SEASON_FACTORS: Readonly<Record<Season, number>> = {
  low: 0.8,
  mid: 1,
  high: 1.45,
  holiday: 1.7,
}

export const SEASONS: readonly Season[] = ['low', 'mid', 'high', 'holiday']

const SUMMER = new Set([6, 7, 8])
const SPRING_AND_AUTUMN = new Set([4, 5, 9, 10])

export function seasonOf(day: Day, hemisphere: Hemisphere): Season {
  const month = Number(day.slice(5, 7))
  const dayOfMonth = Number(day.slice(8, 10))
  if ((month === 12 && dayOfMonth >= 20) || (month === 1 && dayOfMonth <= 5)) return 'holiday'
  const northern = hemisphere === 'north' ? month : ((month + 5) % 12) + 1
  if (SUMMER.has(northern)) return 'high'
  return SPRING_AND_AUTUMN.has(northern) ? 'mid' : 'low'
}

export function hemisphereOf(latitude: number): Hemisphere {
  return latitude < 0 ? 'south' : 'north'
}

/** Every day from `from` on with its season, for both hemispheres. */
export function* seasonCalendar(from: Day, days: number): Generator<[Day, Hemisphere, Season]> {
  for (let offset = 0; offset < days; offset++) {
    const day = addDays(from, offset)
    yield [day, 'north', seasonOf(day, 'north')]
    yield [day, 'south', seasonOf(day, 'south')]
  }
}
