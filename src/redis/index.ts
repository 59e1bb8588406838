export { type RedisOptions, resolveRedisOptions, type Tracking } from './options.ts'
export { RedisStore } from './redis-store.ts'
export { RedisServer } from './server.ts'
