import type { Cache } from '../../../src/index.ts'
import type { Queryable } from '../db/database.ts'
import { defineActivity } from './activity.ts'
import { defineRoomAvailability, defineUnitAvailability } from './availability.ts'
import { defineBookings } from './bookings.ts'
import { defineFilters } from './filters.ts'
import { defineHosts } from './hosts.ts'
import { defineProducts } from './products.ts'
import { defineProfiles } from './profiles.ts'
import { defineSearch } from './search.ts'
import { defineSessions } from './sessions.ts'
import { defineStatic } from './static.ts'

/** Everything this system caches: one definition for each kind of answer. */
export interface Definitions {
  readonly search: ReturnType<typeof defineSearch>
  readonly products: ReturnType<typeof defineProducts>
  readonly hosts: ReturnType<typeof defineHosts>
  readonly roomAvailability: ReturnType<typeof defineRoomAvailability>
  readonly unitAvailability: ReturnType<typeof defineUnitAvailability>
  readonly bookings: ReturnType<typeof defineBookings>
  readonly sessions: ReturnType<typeof defineSessions>
  readonly profiles: ReturnType<typeof defineProfiles>
  readonly activity: ReturnType<typeof defineActivity>
  readonly static: ReturnType<typeof defineStatic>
  readonly filters: ReturnType<typeof defineFilters>
}

export function createDefinitions(cache: Cache, database: Queryable): Definitions {
  return {
    search: defineSearch(cache, database),
    products: defineProducts(cache, database),
    hosts: defineHosts(cache, database),
    roomAvailability: defineRoomAvailability(cache, database),
    unitAvailability: defineUnitAvailability(cache, database),
    bookings: defineBookings(cache, database),
    sessions: defineSessions(cache, database),
    profiles: defineProfiles(cache, database),
    activity: defineActivity(cache, database),
    static: defineStatic(cache, database),
    filters: defineFilters(cache, database),
  }
}
