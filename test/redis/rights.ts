import type { Tracking } from '../../src/redis/options.ts'

/*
 * The least rights with which a user of Redis 7 can run a cache; rights.redis.test.ts proves that
 * they suffice and that none is idle. docs/redis.md quotes them.
 */

const COMMON = [
  // What is sent: tests of the connection, reads, scripts, the sweeper's walk and its lock.
  '+ping',
  '+client|id',
  '+mget',
  '+eval',
  '+evalsha',
  '+scan',
  '+subscribe',
  // What scripts do to entries and leases.
  '+get',
  '+getrange',
  '+set',
  '+setrange',
  '+strlen',
  '+exists',
  '+pexpire',
  '+unlink',
  // What scripts do to the invalidation state.
  '+hset',
  '+hsetnx',
  '+hmget',
  '+hget',
  '+hgetall',
  '+hincrby',
  '+hdel',
  '+zadd',
  '+zrem',
  '+zcard',
  '+zcount',
  '+zscore',
  '+zrangebyscore',
  '+time',
  '+publish',
] as const

const TRACKS = ['+client|tracking'] as const

/** Commands, by the way in which the process hears of changes. */
export const COMMANDS: Readonly<Record<Tracking, readonly string[]>> = {
  keys: [...COMMON, ...TRACKS],
  broadcast: [...COMMON, ...TRACKS],
  pubsub: COMMON,
  off: COMMON.filter((right) => right !== '+subscribe'),
}

/** Keys and channels of one namespace. The second channel is the server's own, for tracking. */
export function patternsFor(namespace: string, tracking: Tracking): readonly string[] {
  const isTracked = tracking === 'keys' || tracking === 'broadcast'
  const own = [`~${namespace}:*`, `&${namespace}:*`]
  return isTracked ? [...own, '&__redis__:invalidate'] : own
}
