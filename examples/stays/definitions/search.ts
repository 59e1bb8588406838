import type { Cache, Definition } from '../../../src/index.ts'
import type { Queryable } from '../db/database.ts'
import { type SearchParams, type SearchResult, searchProducts } from '../queries/search.ts'
import { searchTag } from './tags.ts'

/** One entry for each search and page. Tagged by country: a change in Italy leaves Japan alone. */
export function defineSearch(
  cache: Cache,
  database: Queryable,
): Definition<SearchParams, SearchResult> {
  return cache.define({
    name: 'product-search',
    key: (params: SearchParams) => params,
    load: (params, { signal }) => searchProducts(database, params, { signal }),
    ttl: '5m',
    grace: '10m',
    jitter: 0.1,
    tags: (_params, { countries }) => (countries ?? [null]).map(searchTag),
  })
}
