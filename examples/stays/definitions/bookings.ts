import type { Cache, Definition } from '../../../src/index.ts'
import type { Queryable } from '../db/database.ts'
import { type Booking, findBooking } from '../queries/bookings.ts'
import { productTag } from './tags.ts'

export function defineBookings(
  cache: Cache,
  database: Queryable,
): Definition<number, Booking | undefined> {
  return cache.define({
    name: 'bookings',
    key: (id: number) => id,
    load: (id, { signal }) => findBooking(database, id, { signal }),
    ttl: '15m',
    grace: '15m',
    // A number that is asked for before it is given must not hide the booking that gets it.
    negativeTtl: 0,
    // It shows the names of the product and its rooms.
    tags: (_id, booking) => (booking ? [productTag(booking.productId)] : []),
  })
}
