export { type RedisOptions, type Tracking, resolveRedisOptions } from './options.ts'
export { RedisStore } from './redis-store.ts'
export { RedisServer } from './server.ts'
