import { type Queryable, type QueryOptions, queryOne } from '../db/database.ts'

export interface Choice {
  readonly value: string
  readonly label: string
  readonly products: number
}

/** What a search can be narrowed by, with how many products each choice has. */
export interface Filters {
  readonly countries: readonly Choice[]
  readonly types: readonly Choice[]
  readonly equipment: readonly Choice[]
  readonly meals: readonly Choice[]
  readonly services: readonly Choice[]
  readonly prices: {
    readonly lowest: number
    readonly highest: number
    /** Cents a night. */
    readonly histogram: readonly { readonly from: number; readonly products: number }[]
  }
}

const PRICE_STEP = 2_500

export async function findFilters(
  database: Queryable,
  options: QueryOptions = {},
): Promise<Filters> {
  const choices = (sql: string): Promise<Choice[]> => database.query<Choice>(sql, [], options)
  const [countries, types, equipment, meals, services, prices] = await Promise.all([
    choices(COUNTRIES),
    choices(TYPES),
    choices(linked('equipment', 'product_equipment', 'equipment_id')),
    choices(linked('meals', 'product_meals', 'meal_id')),
    choices(linked('services', 'product_services', 'service_id')),
    queryOne<Filters['prices']>(database, PRICES, [], options),
  ])
  return { countries, types, equipment, meals, services, prices: prices as Filters['prices'] }
}

const COUNTRIES = `
  SELECT c.code AS value, c.name AS label, count(*)::int AS products
  FROM products p JOIN places l ON l.id = p.place_id JOIN countries c ON c.code = l.country
  GROUP BY c.code, c.name ORDER BY c.name`

const TYPES = `
  SELECT t.slug AS value, t.name AS label, count(*)::int AS products
  FROM products p JOIN rental_types t ON t.id = p.rental_type_id
  GROUP BY t.slug, t.name ORDER BY products DESC`

const PRICES = `
  SELECT min(base_price) AS lowest, max(base_price) AS highest,
    (SELECT json_agg(json_build_object('from', step * ${PRICE_STEP}, 'products', products)
        ORDER BY step)
      FROM (SELECT base_price / ${PRICE_STEP} AS step, count(*) AS products
        FROM products GROUP BY step) steps) AS histogram
  FROM products`

function linked(table: string, link: string, key: string): string {
  return `
    SELECT e.slug AS value, e.name AS label, count(*)::int AS products
    FROM ${link} x JOIN ${table} e ON e.id = x.${key}
    GROUP BY e.slug, e.name ORDER BY products DESC`
}
