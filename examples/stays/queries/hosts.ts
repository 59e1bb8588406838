import { type Queryable, type QueryOptions, queryOne } from '../db/database.ts'

export interface HostProducts {
  readonly host: { readonly id: number; readonly name: string; readonly about: string }
  readonly products: readonly HostProduct[]
}

export interface HostProduct {
  readonly id: number
  readonly name: string
  readonly type: string
  readonly place: string
  readonly country: string
  readonly capacity: number
  readonly basePrice: number
  readonly rating: number
  readonly reviewCount: number
}

/** A host with all their products, or `undefined` when there is no such host. */
export async function findHostProducts(
  database: Queryable,
  hostId: number,
  options: QueryOptions = {},
): Promise<HostProducts | undefined> {
  const host = await queryOne<HostProducts['host']>(
    database,
    `SELECT id, name, about FROM users WHERE id = $1 AND role = 'host'`,
    [hostId],
    options,
  )
  if (!host) return undefined
  const products = await database.query<HostProduct>(
    `SELECT p.id, p.name, t.name AS type, l.name AS place, l.country, p.capacity,
       p.base_price AS "basePrice", p.rating, p.review_count AS "reviewCount"
     FROM products p
     JOIN rental_types t ON t.id = p.rental_type_id
     JOIN places l ON l.id = p.place_id
     WHERE p.host_id = $1 ORDER BY p.id`,
    [hostId],
    options,
  )
  return { host, products }
}
