import { addDays, type Day } from './days.ts'
import type { Random } from './random.ts'

export interface Stay {
  readonly checkIn: Day
  readonly checkOut: Day
  readonly nights: number
  readonly bookedOn: Day
}

const PAST_DAYS = 60
const FUTURE_DAYS = 365
/** Guests book early, but most of them not that early: gaps double every so many days ahead. */
const THINNING_DAYS = 50
const STAY_LENGTHS = [1, 2, 2, 2, 3, 3, 3, 4, 4, 5, 5, 6, 7, 7, 7, 10, 14]

/**
 * The stays in one unit, one after the other.
 *
 * @param popularity 0 … 1: near 1 there is hardly a free night in the next weeks
 */
export function* staysOf(anchor: Day, popularity: number, random: Random): Generator<Stay> {
  const meanGap = 7 + 260 * (1 - popularity) ** 2
  let day = gap(meanGap, random) - PAST_DAYS
  while (day < FUTURE_DAYS) {
    const nights = random.pick(STAY_LENGTHS)
    const bookedOn = addDays(anchor, Math.min(day, 0) - random.between(1, 90))
    yield {
      checkIn: addDays(anchor, day),
      checkOut: addDays(anchor, day + nights),
      nights,
      bookedOn,
    }
    day += nights + gap(meanGap * 2 ** (Math.max(0, day) / THINNING_DAYS), random)
  }
}

/** Whole days until the next arrival, exponentially distributed. */
function gap(mean: number, random: Random): number {
  return Math.floor(-Math.log(1 - random.next()) * mean)
}
