import type { Cache, Definition } from '../../../src/index.ts'
import type { Queryable } from '../db/database.ts'
import { findProduct, type ProductDetails } from '../queries/products.ts'
import { productTag, userTag } from './tags.ts'

export function defineProducts(
  cache: Cache,
  database: Queryable,
): Definition<number, ProductDetails | undefined> {
  return cache.define({
    name: 'product-details',
    key: (id: number) => id,
    load: (id, { signal }) => findProduct(database, id, { signal }),
    ttl: '30m',
    grace: '1h',
    jitter: 0.1,
    negativeTtl: '30s',
    tags: (id, product) => [productTag(id), ...(product ? [userTag(product.host.id)] : [])],
  })
}
