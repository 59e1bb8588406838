import { hashPassword } from '../http/password.ts'
import { type Day, firstOfMonth, today } from './days.ts'
import type { Plan } from './generate.ts'
import { DEMO_PASSWORD } from './people.ts'

const SEED = 20_261
// All demo accounts share one password, so they may as well share its salt.
const DEMO_SALT = Buffer.from('stays demo salt!')

/** The full data set: some 50 000 listings and 680 000 bookings. */
export function fullPlan(): Promise<Plan> {
  return planOf(50_000, firstOfMonth(today()))
}

/** A small one of the same shape, for tests. */
export async function planOf(listings: number, anchor: Day): Promise<Plan> {
  return {
    seed: SEED,
    listings,
    places: Math.min(1_500, Math.max(20, Math.round(listings / 12))),
    hosts: Math.max(10, Math.round(listings / 4)),
    guests: Math.max(50, Math.round(listings * 0.6)),
    anchor,
    passwordHash: await hashPassword(DEMO_PASSWORD, DEMO_SALT),
  }
}
