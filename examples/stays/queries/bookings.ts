import { type Database, type Queryable, type QueryOptions, queryOne } from '../db/database.ts'
import { recordActivity } from './activity.ts'

export interface BookingRequest {
  readonly productId: number
  readonly roomId: number
  readonly guestId: number
  readonly checkIn: string
  readonly checkOut: string
  readonly guests: number
}

export interface Booking {
  readonly id: number
  readonly productId: number
  readonly productName: string
  readonly hostId: number
  readonly roomId: number
  readonly roomName: string
  readonly unitName: string
  readonly guestId: number
  readonly checkIn: string
  readonly checkOut: string
  readonly guests: number
  readonly total: number
  readonly createdAt: Date
}

/** Why a booking was not made is a value: the caller has a sentence for each. */
export type BookingOutcome =
  | { readonly outcome: 'booked'; readonly id: number }
  | { readonly outcome: 'no-such-room' | 'too-many-guests' | 'not-available' | 'no-price' }

/**
 * Books a free unit of a room.
 *
 * The room's row is locked first: of two guests who want its last unit, the second looks for a free
 * one only after the first has committed.
 */
export function createBooking(
  database: Database,
  request: BookingRequest,
): Promise<BookingOutcome> {
  return database.transaction(async (transaction) => {
    const room = await lockRoom(transaction, request)
    if (!room) return { outcome: 'no-such-room' }
    if (room.capacity < request.guests) return { outcome: 'too-many-guests' }
    const unitId = await findFreeUnit(transaction, request)
    if (unitId === undefined) return { outcome: 'not-available' }
    const total = await stayPrice(transaction, request)
    if (total === undefined) return { outcome: 'no-price' }
    const id = await insertBooking(transaction, request, unitId, total)
    const { guestId, productId, checkIn, checkOut } = request
    await recordActivity(transaction, {
      userId: guestId,
      action: 'booking',
      subject: `booking:${id}`,
      details: { productId, checkIn, checkOut },
    })
    return { outcome: 'booked', id }
  })
}

export function findBooking(
  database: Queryable,
  id: number,
  options: QueryOptions = {},
): Promise<Booking | undefined> {
  return queryOne<Booking>(
    database,
    `SELECT b.id, b.product_id AS "productId", p.name AS "productName", p.host_id AS "hostId",
       b.room_id AS "roomId", r.name AS "roomName", u.name AS "unitName", b.guest_id AS "guestId",
       b.check_in AS "checkIn", b.check_out AS "checkOut", b.guests, b.total,
       b.created_at AS "createdAt"
     FROM bookings b
     JOIN products p ON p.id = b.product_id
     JOIN rooms r ON r.id = b.room_id
     JOIN units u ON u.id = b.unit_id
     WHERE b.id = $1`,
    [id],
    options,
  )
}

function lockRoom(
  transaction: Queryable,
  { roomId, productId }: BookingRequest,
): Promise<{ capacity: number } | undefined> {
  return queryOne(
    transaction,
    'SELECT capacity FROM rooms WHERE id = $1 AND product_id = $2 FOR UPDATE',
    [roomId, productId],
  )
}

async function findFreeUnit(
  transaction: Queryable,
  { roomId, checkIn, checkOut }: BookingRequest,
): Promise<number | undefined> {
  const unit = await queryOne<{ id: number }>(
    transaction,
    `SELECT u.id FROM units u
     WHERE u.room_id = $1 AND NOT EXISTS (
       SELECT FROM bookings b
       WHERE b.unit_id = u.id AND b.check_in < $3::date AND b.check_out > $2::date
     )
     ORDER BY u.id LIMIT 1`,
    [roomId, checkIn, checkOut],
  )
  return unit?.id
}

/** Undefined where a night lies outside of the calendar of prices. */
async function stayPrice(
  transaction: Queryable,
  { roomId, checkIn, checkOut }: BookingRequest,
): Promise<number | undefined> {
  const price = await queryOne<{ total: number; priced: boolean }>(
    transaction,
    `SELECT sum(c.nightly)::int AS total, count(*) = $3::date - $2::date AS priced
     FROM rooms r
     JOIN products p ON p.id = r.product_id
     JOIN places l ON l.id = p.place_id
     JOIN season_days s ON s.hemisphere = CASE WHEN l.latitude < 0 THEN 'south' ELSE 'north' END
       AND s.day >= $2::date AND s.day < $3::date
     JOIN prices c ON c.room_id = r.id AND c.season = s.season
     WHERE r.id = $1`,
    [roomId, checkIn, checkOut],
  )
  return price?.priced ? price.total : undefined
}

async function insertBooking(
  transaction: Queryable,
  request: BookingRequest,
  unitId: number,
  total: number,
): Promise<number> {
  const { productId, roomId, guestId, checkIn, checkOut, guests } = request
  const row = await queryOne<{ id: number }>(
    transaction,
    `INSERT INTO bookings
       (product_id, room_id, unit_id, guest_id, check_in, check_out, guests, total)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id`,
    [productId, roomId, unitId, guestId, checkIn, checkOut, guests, total],
  )
  return (row as { id: number }).id
}
