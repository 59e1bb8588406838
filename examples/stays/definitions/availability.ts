import type { Cache, Definition } from '../../../src/index.ts'
import type { Queryable } from '../db/database.ts'
import {
  type AvailabilityParams,
  findRoomAvailability,
  findUnitAvailability,
  type RoomAvailability,
  type UnitAvailability,
} from '../queries/availability.ts'
import { availabilityTag } from './tags.ts'

const LIFE = { ttl: '5m', grace: '5m', jitter: 0.1 } as const

/** Kinds of rooms with their prices, night by night. */
export function defineRoomAvailability(
  cache: Cache,
  database: Queryable,
): Definition<AvailabilityParams, RoomAvailability[]> {
  return cache.define({
    name: 'room-availability',
    key: (params: AvailabilityParams) => params,
    load: (params, { signal }) => findRoomAvailability(database, params, { signal }),
    ...LIFE,
    tags: ({ productId }) => [availabilityTag(productId)],
  })
}

/** Single units, apart from the rooms: few ask for them, and then only for them. */
export function defineUnitAvailability(
  cache: Cache,
  database: Queryable,
): Definition<AvailabilityParams, UnitAvailability[]> {
  return cache.define({
    name: 'unit-availability',
    key: (params: AvailabilityParams) => params,
    load: (params, { signal }) => findUnitAvailability(database, params, { signal }),
    ...LIFE,
    tags: ({ productId }) => [availabilityTag(productId)],
  })
}
