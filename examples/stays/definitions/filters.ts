import type { Cache, Definition } from '../../../src/index.ts'
import type { Queryable } from '../db/database.ts'
import { type Filters, findFilters } from '../queries/filters.ts'

/** Counts over the whole market. One more listing in 50 000 may wait for the half hour. */
export function defineFilters(cache: Cache, database: Queryable): Definition<'all', Filters> {
  return cache.define({
    name: 'filters',
    key: (scope: 'all') => scope,
    load: (_scope, { signal }) => findFilters(database, { signal }),
    ttl: '30m',
    grace: '1h',
  })
}
