import type { Cache, Definition } from '../../../src/index.ts'
import type { Queryable } from '../db/database.ts'
import { findProfile, type Profile } from '../queries/profiles.ts'
import { staysTag, userTag } from './tags.ts'

export function defineProfiles(
  cache: Cache,
  database: Queryable,
): Definition<number, Profile | undefined> {
  return cache.define({
    name: 'profiles',
    key: (userId: number) => userId,
    load: (userId, { signal }) => findProfile(database, userId, { signal }),
    ttl: '30m',
    grace: '1h',
    negativeTtl: '30s',
    tags: (userId) => [userTag(userId), staysTag(userId)],
  })
}
