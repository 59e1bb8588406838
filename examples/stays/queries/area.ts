import { type Queryable, type QueryOptions, queryOne } from '../db/database.ts'

/** What a search calls a place: the town of that name with the most people, and its surroundings. */
export interface Area {
  readonly name: string
  readonly country: string
  readonly placeIds: readonly number[]
  /** More than one near a border. */
  readonly countries: readonly string[]
}

const RADIUS_KM = 30
const KM_PER_DEGREE = 111.2

interface Centre {
  readonly name: string
  readonly country: string
  readonly latitude: number
  readonly longitude: number
}

export async function findArea(
  database: Queryable,
  place: string,
  country: string | undefined,
  options: QueryOptions = {},
): Promise<Area | undefined> {
  const centre = await queryOne<Centre>(
    database,
    `SELECT name, country, latitude, longitude FROM places
     WHERE lower(name) = lower($1) AND ($2::text IS NULL OR country = $2)
     ORDER BY population DESC LIMIT 1`,
    [place, country ?? null],
    options,
  )
  if (!centre) return undefined
  const around = await placesAround(database, centre, options)
  return {
    name: centre.name,
    country: centre.country,
    placeIds: around.map(({ id }) => id),
    countries: [...new Set(around.map((found) => found.country))].sort(),
  }
}

function placesAround(
  database: Queryable,
  { latitude, longitude }: Centre,
  options: QueryOptions,
): Promise<{ id: number; country: string }[]> {
  const height = RADIUS_KM / KM_PER_DEGREE
  const width = height / Math.max(0.1, Math.cos((latitude * Math.PI) / 180))
  return database.query(
    `SELECT id, country FROM places
     WHERE latitude BETWEEN $1 AND $2 AND longitude BETWEEN $3 AND $4`,
    [latitude - height, latitude + height, longitude - width, longitude + width],
    options,
  )
}
