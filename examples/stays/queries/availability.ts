import type { Queryable, QueryOptions } from '../db/database.ts'

/** A product and a range of nights: `from` is the first, `to` the morning of leaving. */
export interface AvailabilityParams {
  readonly productId: number
  readonly from: string
  readonly to: string
}

export interface RoomAvailability {
  readonly id: number
  readonly name: string
  readonly capacity: number
  readonly units: number
  /** Units that are free on every one of the nights. */
  readonly freeUnits: number
  /** Cents for the whole range. */
  readonly total: number
  readonly nights: readonly Night[]
}

export interface Night {
  readonly day: string
  readonly freeUnits: number
  readonly price: number
}

export interface UnitAvailability {
  readonly id: number
  readonly roomId: number
  readonly name: string
  /** Free on every one of the nights. */
  readonly free: boolean
  /** The stays that touch the range, as days. */
  readonly taken: readonly { readonly from: string; readonly to: string }[]
}

/** Kinds of rooms, night by night, with prices. Empty when there is no such product. */
export function findRoomAvailability(
  database: Queryable,
  { productId, from, to }: AvailabilityParams,
  options: QueryOptions = {},
): Promise<RoomAvailability[]> {
  return database.query<RoomAvailability>(ROOMS, [productId, from, to], options)
}

/** The single doors behind them. */
export function findUnitAvailability(
  database: Queryable,
  { productId, from, to }: AvailabilityParams,
  options: QueryOptions = {},
): Promise<UnitAvailability[]> {
  return database.query<UnitAvailability>(UNITS, [productId, from, to], options)
}

const ROOMS = `
  WITH taken AS (
    SELECT unit_id, check_in, check_out FROM bookings
    WHERE product_id = $1 AND check_in < $3::date AND check_out > $2::date
  ),
  unit_nights AS (
    SELECT u.room_id, u.id AS unit_id, s.day, s.season,
      NOT EXISTS (
        SELECT FROM taken b
        WHERE b.unit_id = u.id AND b.check_in <= s.day AND b.check_out > s.day
      ) AS free
    FROM units u
    JOIN products p ON p.id = u.product_id
    JOIN places l ON l.id = p.place_id
    JOIN season_days s
      ON s.hemisphere = CASE WHEN l.latitude < 0 THEN 'south' ELSE 'north' END
      AND s.day >= $2::date AND s.day < $3::date
    WHERE u.product_id = $1
  ),
  room_nights AS (
    SELECT n.room_id, n.day, count(*) FILTER (WHERE n.free)::int AS free_units, c.nightly
    FROM unit_nights n JOIN prices c ON c.room_id = n.room_id AND c.season = n.season
    GROUP BY n.room_id, n.day, c.nightly
  ),
  room_units AS (
    SELECT u.room_id, count(*)::int AS units,
      count(*) FILTER (WHERE NOT EXISTS (SELECT FROM taken b WHERE b.unit_id = u.id))::int AS free
    FROM units u WHERE u.product_id = $1 GROUP BY u.room_id
  )
  SELECT r.id, r.name, r.capacity, v.units, v.free AS "freeUnits", sum(n.nightly)::int AS total,
    json_agg(json_build_object('day', n.day, 'freeUnits', n.free_units, 'price', n.nightly)
      ORDER BY n.day) AS nights
  FROM rooms r
  JOIN room_units v ON v.room_id = r.id
  JOIN room_nights n ON n.room_id = r.id
  WHERE r.product_id = $1
  GROUP BY r.id, r.name, r.capacity, v.units, v.free
  ORDER BY r.id`

const UNITS = `
  SELECT u.id, u.room_id AS "roomId", u.name, count(b.id) = 0 AS free,
    coalesce(json_agg(json_build_object('from', b.check_in, 'to', b.check_out) ORDER BY b.check_in)
      FILTER (WHERE b.id IS NOT NULL), '[]') AS taken
  FROM units u
  LEFT JOIN bookings b
    ON b.unit_id = u.id AND b.check_in < $3::date AND b.check_out > $2::date
  WHERE u.product_id = $1
  GROUP BY u.id, u.room_id, u.name
  ORDER BY u.id`
