import type { Queryable, QueryOptions } from '../db/database.ts'
import { findArea } from './area.ts'
import { type Filter, SqlFilter } from './sql-filter.ts'

export const SORTS = ['relevance', 'popular', 'rating', 'price', '-price'] as const
export type Sort = (typeof SORTS)[number]

/** A search as it was asked, already checked. Prices are cents a night. */
export interface SearchParams {
  readonly text?: string
  readonly place?: string
  readonly country?: string
  readonly checkIn?: string
  readonly checkOut?: string
  readonly minPrice?: number
  readonly maxPrice?: number
  readonly guests: number
  readonly sort: Sort
  readonly page: number
  readonly pageSize: number
}

export interface SearchHit {
  readonly id: number
  readonly name: string
  readonly type: string
  readonly place: string
  readonly country: string
  readonly capacity: number
  readonly rating: number
  readonly reviewCount: number
  /** Cents for a night: of the cheapest free room on those days, else the usual price. */
  readonly nightly: number
  /** Cents for the whole stay; `null` without days. */
  readonly total: number | null
}

export interface SearchResult {
  readonly hits: readonly SearchHit[]
  readonly total: number
  readonly page: number
  readonly pageSize: number
  /** The countries the hits could come from; `null` when the whole world was searched. */
  readonly countries: readonly string[] | null
}

type HitRow = SearchHit & { readonly matches: number }

const ORDERS: Readonly<Record<Sort, string>> = {
  relevance: 'relevance DESC, p.id',
  popular: 'p.rating * ln(2 + p.review_count) DESC, p.id',
  rating: 'p.rating DESC, p.review_count DESC, p.id',
  price: 'm.nightly, p.id',
  '-price': 'm.nightly DESC, p.id',
}

export async function searchProducts(
  database: Queryable,
  params: SearchParams,
  options: QueryOptions = {},
): Promise<SearchResult> {
  const { place, country, page, pageSize } = params
  const area = place === undefined ? undefined : await findArea(database, place, country, options)
  if (place !== undefined && !area) return { hits: [], total: 0, page, pageSize, countries: [] }

  const filter = candidateFilter(params, area?.placeIds)
  const { sql, values } = searchSql(params, filter)
  const rows = await database.query<HitRow>(sql, values, options)
  const countries = area?.countries ?? (country === undefined ? null : [country])
  const total = rows[0]?.matches ?? 0
  return { hits: rows.map(toHit), total, page, pageSize, countries }
}

/** The conditions that need no calendar. */
function candidateFilter(params: SearchParams, placeIds: readonly number[] | undefined): SqlFilter {
  const filter = new SqlFilter()
  filter.add('p.capacity >= ?', params.guests)
  filter.add("p.words @@ websearch_to_tsquery('english', ?)", params.text)
  filter.add('p.place_id = ANY(?::int[])', placeIds)
  if (!placeIds) filter.add('l.country = ?', params.country)
  return filter
}

function searchSql(params: SearchParams, filter: SqlFilter): Filter {
  const relevance = params.text === undefined ? '0' : rank(filter.value(params.text))
  const candidates = `
    SELECT p.id, p.base_price, CASE WHEN l.latitude < 0 THEN 'south' ELSE 'north' END AS hemisphere
    FROM products p JOIN places l ON l.id = p.place_id
    WHERE ${filter.condition}`
  const matches =
    params.checkIn === undefined
      ? `matches AS (SELECT id, base_price AS nightly, NULL::int AS total FROM candidates)`
      : freeOnThoseDays(params, filter)
  const price = new SqlFilter(filter.values)
  price.add('m.nightly >= ?', params.minPrice)
  price.add('m.nightly <= ?', params.maxPrice)
  const limit = price.value(params.pageSize)
  const offset = price.value((params.page - 1) * params.pageSize)
  const sql = `
    WITH candidates AS (${candidates}), ${matches},
    page AS (
      SELECT m.id, m.nightly, m.total, ${relevance} AS relevance, count(*) OVER ()::int AS matches
      FROM matches m JOIN products p ON p.id = m.id
      WHERE ${price.condition}
      ORDER BY ${ORDERS[params.sort]}
      LIMIT ${limit} OFFSET ${offset}
    )
    SELECT p.id, p.name, t.name AS type, l.name AS place, l.country, p.capacity,
      p.rating, p.review_count AS "reviewCount", m.nightly, m.total, m.matches
    FROM page m
    JOIN products p ON p.id = m.id
    JOIN places l ON l.id = p.place_id
    JOIN rental_types t ON t.id = p.rental_type_id
    ORDER BY ${ORDERS[params.sort]}`
  return { sql, values: price.values }
}

/**
 * Which candidates have a unit that nobody has booked on any of the nights, and what the cheapest
 * such room costs, night by night by season.
 */
function freeOnThoseDays(params: SearchParams, filter: SqlFilter): string {
  const checkIn = filter.value(params.checkIn)
  const checkOut = filter.value(params.checkOut)
  const guests = filter.value(params.guests)
  return `
    nights AS (
      SELECT hemisphere, season, count(*)::int AS nights FROM season_days
      WHERE day >= ${checkIn}::date AND day < ${checkOut}::date
      GROUP BY hemisphere, season
    ),
    free_rooms AS (
      SELECT DISTINCT c.id AS product_id, c.hemisphere, r.id AS room_id
      FROM candidates c
      JOIN rooms r ON r.product_id = c.id AND r.capacity >= ${guests}
      JOIN units u ON u.room_id = r.id
      WHERE NOT EXISTS (
        SELECT FROM bookings b WHERE b.unit_id = u.id
          AND b.check_in < ${checkOut}::date AND b.check_out > ${checkIn}::date
      )
    ),
    stays AS (
      SELECT f.product_id, f.room_id, sum(n.nights * c.nightly)::int AS total
      FROM free_rooms f
      JOIN nights n ON n.hemisphere = f.hemisphere
      JOIN prices c ON c.room_id = f.room_id AND c.season = n.season
      GROUP BY f.product_id, f.room_id
    ),
    matches AS (
      SELECT product_id AS id, min(total) AS total,
        min(total) / (${checkOut}::date - ${checkIn}::date) AS nightly
      FROM stays GROUP BY product_id
    )`
}

function rank(text: string): string {
  return `ts_rank(p.words, websearch_to_tsquery('english', ${text}))`
}

function toHit({ matches: _, ...hit }: HitRow): SearchHit {
  return hit
}
