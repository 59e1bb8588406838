import type { Cache, Definition } from '../../../src/index.ts'
import type { Queryable } from '../db/database.ts'
import { type Activity, findActivity } from '../queries/activity.ts'
import { activityTag } from './tags.ts'

export function defineActivity(cache: Cache, database: Queryable): Definition<number, Activity[]> {
  return cache.define({
    name: 'activity',
    key: (userId: number) => userId,
    load: (userId, { signal }) => findActivity(database, userId, { signal }),
    ttl: '24h',
    grace: 0,
    tags: (userId) => [activityTag(userId)],
  })
}
