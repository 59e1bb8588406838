import type { Queryable, QueryOptions } from '../db/database.ts'

export const STATIC_KINDS = ['equipment', 'meals', 'services', 'rental-types'] as const
export type StaticKind = (typeof STATIC_KINDS)[number]

export interface StaticItem {
  readonly id: number
  readonly slug: string
  readonly name: string
  /** Of equipment only. */
  readonly category?: string
}

const STATEMENTS: Readonly<Record<StaticKind, string>> = {
  equipment: 'SELECT id, slug, name, category FROM equipment ORDER BY category, name',
  meals: 'SELECT id, slug, name FROM meals ORDER BY id',
  services: 'SELECT id, slug, name FROM services ORDER BY name',
  'rental-types': 'SELECT id, slug, name FROM rental_types ORDER BY name',
}

export function findStatic(
  database: Queryable,
  kind: StaticKind,
  options: QueryOptions = {},
): Promise<StaticItem[]> {
  return database.query<StaticItem>(STATEMENTS[kind], [], options)
}
