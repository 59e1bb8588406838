import type { Cache, Definition } from '../../../src/index.ts'
import type { Queryable } from '../db/database.ts'
import { findStatic, type StaticItem, type StaticKind } from '../queries/static.ts'

export function defineStatic(
  cache: Cache,
  database: Queryable,
): Definition<StaticKind, StaticItem[]> {
  return cache.define({
    name: 'static',
    key: (kind: StaticKind) => kind,
    load: (kind, { signal }) => findStatic(database, kind, { signal }),
    ttl: '24h',
    grace: '24h',
  })
}
