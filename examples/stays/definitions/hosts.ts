import type { Cache, Definition } from '../../../src/index.ts'
import type { Queryable } from '../db/database.ts'
import { findHostProducts, type HostProducts } from '../queries/hosts.ts'
import { hostTag, userTag } from './tags.ts'

export function defineHosts(
  cache: Cache,
  database: Queryable,
): Definition<number, HostProducts | undefined> {
  return cache.define({
    name: 'host-products',
    key: (hostId: number) => hostId,
    load: (hostId, { signal }) => findHostProducts(database, hostId, { signal }),
    ttl: '10m',
    grace: '1h',
    jitter: 0.1,
    negativeTtl: '30s',
    tags: (hostId) => [hostTag(hostId), userTag(hostId)],
  })
}
