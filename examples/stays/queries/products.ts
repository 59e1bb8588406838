import { type Queryable, type QueryOptions, queryOne } from '../db/database.ts'

export interface RoomDetails {
  readonly id: number
  readonly name: string
  readonly capacity: number
  readonly units: number
  /** Cents for a night in each season. */
  readonly prices: Readonly<Record<string, number>>
}

export interface Extra {
  readonly slug: string
  readonly name: string
  readonly price: number
}

export interface ProductDetails {
  readonly id: number
  readonly name: string
  readonly description: string
  readonly type: string
  readonly place: string
  readonly country: string
  readonly countryCode: string
  readonly latitude: number
  readonly longitude: number
  readonly capacity: number
  readonly basePrice: number
  readonly rating: number
  readonly reviewCount: number
  readonly host: { readonly id: number; readonly name: string; readonly about: string }
  readonly rooms: readonly RoomDetails[]
  readonly equipment: readonly { readonly slug: string; readonly name: string }[]
  readonly meals: readonly Extra[]
  readonly services: readonly Extra[]
  readonly updatedAt: Date
}

/** Everything a page about one product shows, or `undefined`. */
export function findProduct(
  database: Queryable,
  id: number,
  options: QueryOptions = {},
): Promise<ProductDetails | undefined> {
  return queryOne<ProductDetails>(database, DETAILS, [id], options)
}

const DETAILS = `
  SELECT p.id, p.name, p.description, t.name AS type, l.name AS place, c.name AS country,
    c.code AS "countryCode", p.latitude, p.longitude, p.capacity, p.base_price AS "basePrice",
    p.rating, p.review_count AS "reviewCount", p.updated_at AS "updatedAt",
    json_build_object('id', h.id, 'name', h.name, 'about', h.about) AS host,
    (SELECT coalesce(json_agg(json_build_object(
        'id', r.id, 'name', r.name, 'capacity', r.capacity,
        'units', (SELECT count(*) FROM units u WHERE u.room_id = r.id),
        'prices', (SELECT json_object_agg(season, nightly) FROM prices WHERE room_id = r.id)
      ) ORDER BY r.id), '[]') FROM rooms r WHERE r.product_id = p.id) AS rooms,
    (SELECT coalesce(json_agg(json_build_object('slug', e.slug, 'name', e.name) ORDER BY e.id), '[]')
      FROM product_equipment x JOIN equipment e ON e.id = x.equipment_id
      WHERE x.product_id = p.id) AS equipment,
    ${extras('meals', 'product_meals', 'meal_id')},
    ${extras('services', 'product_services', 'service_id')}
  FROM products p
  JOIN rental_types t ON t.id = p.rental_type_id
  JOIN places l ON l.id = p.place_id
  JOIN countries c ON c.code = l.country
  JOIN users h ON h.id = p.host_id
  WHERE p.id = $1`

function extras(table: string, link: string, key: string): string {
  return `
    (SELECT coalesce(json_agg(
        json_build_object('slug', e.slug, 'name', e.name, 'price', x.price) ORDER BY e.id), '[]')
      FROM ${link} x JOIN ${table} e ON e.id = x.${key} WHERE x.product_id = p.id) AS ${table}`
}
